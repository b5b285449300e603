import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { toHostName } from '@fairlead/domain';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.js';
import { childEnvironment, defaultDataDir, ownCommand } from '../config.js';
import { runningControllers } from '../credentials/admin-token.js';
import { integer } from '../flags.js';
import { type AppName, runApp } from '../launcher/apps.js';
import { catchInterrupts } from '../launcher/interrupts.js';
import { DEMO_HOSTS } from '../launcher/subject.js';
import type { Launch } from '../launcher/supervisor.js';
import { up } from '../launcher/up.js';

interface UpFlags {
  readonly dataDir: string;
  readonly port: number;
  readonly linkPort: string;
  readonly linkHost?: string;
  readonly engine?: string;
  readonly name: string;
  readonly demo?: number | true;
}

const HELP = `
The engine is found as the docker CLI finds it: DOCKER_HOST, the current docker context, then the usual sockets of
Docker, rootless Docker and Podman. Where none answers, a demo fleet of simulated hosts is shown, and marked as such.

The other commands need no login for it, at whatever port. With --link-port other hosts may join: 'fairlead host
join-token create' prints the command for them.

Examples:
  fairlead up
  fairlead up --link-port 7801
  fairlead up --demo 5
  fairlead up --data-dir ./state --port 7900 --name web-1 --engine unix:///var/run/docker.sock`;

export function registerProcesses(program: Command, cli: Cli): void {
  registerUp(program, cli);
  registerApp(program, cli, 'controller', 'Run the central service alone: inventory, operations, REST');
  registerApp(program, cli, 'agent', 'Run the agent of one engine alone');
}

function registerUp(program: Command, cli: Cli): void {
  const { env } = cli.around;
  program
    .command('up')
    .description('Run a controller and an agent for the local engine, data in one folder, until Ctrl-C')
    .option('--data-dir <folder>', 'where to keep data', defaultDataDir(env))
    .option('--port <port>', 'port of the REST interface on 127.0.0.1', toPort, 7800)
    .option('--link-port <port>', 'port where agents of further hosts attach over TLS, or none', toLinkPort, 'none')
    .option('--link-host <address>', 'address of that port (default: all of this machine)')
    .option('--engine <url>', 'engine to watch over, such as unix:///var/run/docker.sock')
    .option('--name <host>', 'name of this host', toHostName(hostname()))
    .option('--demo [hosts]', `show simulated hosts (default: ${DEMO_HOSTS})`, toHostCount)
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: UpFlags & { api?: never; output?: never }) => start(cli, flags)));
}

function start(cli: Cli, { demo, engine, linkHost, ...flags }: UpFlags): Promise<number> {
  const { env, terminal } = cli.around;
  const hosts = demo === true ? DEMO_HOSTS : demo;
  const options = { ...flags, engine, linkHost, demo: hosts, command: ownCommand(env) };
  const controllers = runningControllers(env);
  return up(options, { terminal, launch: launchSelf(env), interrupts: catchInterrupts(), controllers });
}

const ownProgram = fileURLToPath(new URL('../../bin/fairlead.js', import.meta.url));

/** An agent has little to do and should weigh little: a small young generation keeps it 30 MB smaller under load. */
const flagsOf = (app: string | undefined): string[] => (app === 'agent' ? ['--max-semi-space-size=1'] : []);

/**
 * In a process group of its own, so that Ctrl-C reaches it only by way of this program, in good order; and without the
 * secrets of this program's environment.
 */
const launchSelf =
  (env: Cli['around']['env']): Launch =>
  (argv) =>
    spawn(process.execPath, [...flagsOf(argv[0]), ownProgram, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: childEnvironment(env),
    });

function registerApp(program: Command, cli: Cli, name: AppName, description: string): void {
  program
    .command(name)
    .description(`${description}; see 'fairlead ${name} --help'`)
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(cli.action(async (argv: string[], _: { api?: never; output?: never }) => runApp(name, argv)));
}

function toPort(text: string): number {
  const port = integer(text);
  if (port < 0 || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return port;
}

const toLinkPort = (text: string): string => (text === 'none' ? text : String(toPort(text)));

function toHostCount(text: string): number {
  const hosts = integer(text);
  if (hosts < 1 || hosts > 100) throw new InvalidArgumentError('It must be 1 to 100.');
  return hosts;
}
