import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { checkHostName, FairleadError } from '@fairlead/domain';
import { ADMIN_TOKEN_FILE } from '../credentials/admin-token.js';
import type { RunningControllers } from '../credentials/running-controllers.js';
import type { Terminal } from '../terminal.js';
import { lines } from '../output/rows.js';
import { ProgramEnded } from './child.js';
import type { Interrupts } from './interrupts.js';
import { LogFile } from './log-file.js';
import { Interrupted, type Launch, Supervisor } from './supervisor.js';
import { agentArguments, chooseSubject, type Subject } from './subject.js';
import { welcome } from './welcome.js';

export interface UpOptions {
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Port for further agents, or `none`. */
  readonly linkPort: string;
  /** Address of that port; undefined: all of this machine. */
  readonly linkHost: string | undefined;
  readonly engine: string | undefined;
  readonly name: string;
  /** Number of simulated hosts; undefined: the local engine where there is one. */
  readonly demo: number | undefined;
  /** How the user calls this program. */
  readonly command: string;
}

export interface UpSurroundings {
  readonly terminal: Terminal;
  readonly launch: Launch;
  readonly interrupts: Interrupts;
  /** Where the client looks for controllers that run. */
  readonly controllers: Pick<RunningControllers, 'add' | 'remove'>;
}

/**
 * Runs a controller and an agent until Ctrl-C, data in one folder. Resolves with the exit code.
 * @throws FairleadError where they cannot be started, or when one of them ends by itself
 */
export async function up(options: UpOptions, surroundings: UpSurroundings): Promise<number> {
  const { terminal, launch, interrupts } = surroundings;
  checkHostName(options.name);
  await checkPort(options.port);
  const subject = await chooseSubject(options, launch);
  const dataDir = prepareDataDir(folderFor(subject, options.dataDir));
  const log = new LogFile(join(dataDir, 'up.log'));
  const supervisor = new Supervisor(launch, (line) => log.write(line), interrupts);
  let forget = (): void => undefined;
  try {
    const { address = '' } = await supervisor.start('controller', controllerArguments(options, dataDir));
    forget = note(address, dataDir, surroundings);
    await supervisor.start('agent', agentArguments(subject, linkSocket(dataDir), dataDir));
    const linkPort = options.linkPort === 'none' ? undefined : options.linkPort;
    terminal.write(welcome({ address, subject, dataDir, linkPort, command: options.command }));
    await supervisor.untilEnd();
    terminal.warn('Stopping …\n');
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) return 0;
    if (error instanceof ProgramEnded) terminal.warn(lines([...error.lastLines, `The whole log is ${log.path}.`]));
    throw error;
  } finally {
    forget();
    await supervisor.stop();
    log.close();
    interrupts.close();
  }
}

/** Lets the client find the controller's token by its address. Gives what takes the note back. */
function note(url: string, dataDir: string, { controllers, terminal }: UpSurroundings): () => void {
  const entry = { url, tokenFile: join(dataDir, ADMIN_TOKEN_FILE), pid: process.pid };
  const attempt = (what: () => void): void => {
    try {
      what();
    } catch (error) {
      // The controller serves all the same, to those who name the token.
      terminal.warn(lines([`The client may not find the token by itself: ${(error as Error).message}`]));
    }
  };
  attempt(() => controllers.add(entry));
  return () => attempt(() => controllers.remove(entry));
}

/** Simulated hosts keep to a folder of their own: they must not show beside real ones once there is an engine. */
const folderFor = (subject: Subject, dataDir: string): string =>
  subject.kind === 'demo' ? join(dataDir, 'demo') : dataDir;

/** The folder, made where it is missing and readable by its owner alone. */
function prepareDataDir(path: string): string {
  const dataDir = resolve(path);
  // The kernel's limit for the path of a Unix socket is 108 bytes, its end included.
  if (Buffer.byteLength(linkSocket(dataDir)) > 107) {
    throw new FairleadError('invalid_argument', `The path of the data folder is too long for a socket: ${dataDir}`, {
      hint: 'Choose a shorter one with --data-dir.',
    });
  }
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
    return dataDir;
  } catch (cause) {
    throw new FairleadError('storage_failed', `The data folder cannot be made: ${(cause as Error).message}`, {
      hint: 'Choose another with --data-dir.',
      cause,
    });
  }
}

const linkSocket = (dataDir: string): string => join(dataDir, 'link.sock');

/** Says early and clearly what a program further down would only log. */
async function checkPort(port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (cause) {
    throw new FairleadError('already_exists', `Port ${port} of 127.0.0.1 cannot be used: ${(cause as Error).message}`, {
      hint: "Is Fairlead running here already? Try 'fairlead host ls'. Else choose another with --port.",
      cause,
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const controllerArguments = ({ port, linkPort, linkHost }: UpOptions, dataDir: string): string[] => [
  'controller',
  ...['--data-dir', dataDir],
  ...['--port', String(port)],
  ...['--link-socket', linkSocket(dataDir)],
  ...['--link-port', linkPort],
  ...(linkHost === undefined ? [] : ['--link-host', linkHost]),
];
