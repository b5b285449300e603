import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilEnded, untilServing } from './child.js';
import { LabError } from './command.js';
import type { LabHost } from './host.js';
import type { Lab } from './lab.js';

/** The `fairlead` program of this repository, as built. */
export const program = fileURLToPath(new URL('../../../apps/cli/bin/fairlead.js', import.meta.url));

const controllerName = 'controller';

/** As `fairlead up` starts it: an agent has little to do and should weigh little. */
const agentFlags = ['--max-semi-space-size=1'];

export interface Ports {
  /** Of REST and console. */
  api: number;
  /** Of the link for agents. */
  link: number;
}

/** A controller beside a lab and an agent on each of its hosts, all in one folder, each with a log of its own. */
export class Fleet {
  readonly url: string;
  /** Folder of data and logs: controller.log, lab1.log … */
  readonly directory: string;
  private readonly processes = new Map<string, ChildProcess>();

  private constructor(
    private readonly lab: Lab,
    private readonly ports: Ports,
  ) {
    this.url = `http://127.0.0.1:${ports.api}`;
    this.directory = join(lab.directory, 'fleet');
  }

  /**
   * Starts all and waits until the controller has a live session with every host.
   * @throws LabError with the end of the log of the one that failed
   */
  static async start(lab: Lab, ports: Ports): Promise<Fleet> {
    const fleet = new Fleet(lab, ports);
    mkdirSync(fleet.directory);
    await fleet.startController();
    await Promise.all(lab.hosts.map((host) => fleet.startAgent(host)));
    return fleet;
  }

  /** Process id of the controller. @throws LabError if it was never started */
  get controllerPid(): number {
    return this.pidOf(controllerName);
  }

  /** Process id of the agent beside this host's engine. @throws LabError if it was never started */
  agentPid(host: LabHost): number {
    return this.pidOf(host.name);
  }

  /** SIGKILL to the controller, and waits for its end. */
  killController(): Promise<void> {
    return this.kill(controllerName);
  }

  /** SIGKILL to the agent beside this host's engine, and waits for its end. */
  killAgent(host: LabHost): Promise<void> {
    return this.kill(host.name);
  }

  /** Asks all to end, agents first, and waits for it for 5 s. */
  async stop(): Promise<void> {
    const processes = [...this.processes.values()].reverse();
    for (const child of processes) child.kill('SIGTERM');
    await Promise.all(processes.map((child) => untilEnded(child, 5000)));
  }

  /** Starts the controller, with the data it left, and waits until it can do its work. */
  async startController(): Promise<void> {
    const { api, link } = this.ports;
    const args = ['controller', '--port', `${api}`, '--link-port', `${link}`, '--data-dir', this.path('controller')];
    const child = this.launch(controllerName, args, (...command) => this.lab.spawn(...command));
    await this.until(child, controllerName, () => this.says('/readyz', () => true));
  }

  /** Starts the agent beside this host's engine, with the data it left, and waits until the host is live. */
  async startAgent(host: LabHost): Promise<void> {
    const { name, engineUrl } = host;
    const { address: controller } = await this.lab.tunnel({ port: this.ports.link });
    const where = ['--controller', controller, '--engine', engineUrl, '--data-dir', this.path(name)];
    const child = this.launch(name, ['agent', '--name', name, ...where], (...command) => host.spawn(...command));
    await this.until(child, name, () => this.says(`/api/v1/hosts/${name}`, isLive));
  }

  private async kill(name: string): Promise<void> {
    const child = this.processes.get(name);
    child?.kill('SIGKILL');
    if (child) await untilEnded(child, 5000);
  }

  private pidOf(name: string): number {
    const pid = this.processes.get(name)?.pid;
    if (pid === undefined) throw new LabError(`${name} was never started.`);
    return pid;
  }

  private launch(name: string, args: string[], spawn: LabHost['spawn']): ChildProcess {
    const log = openSync(this.log(name), 'a');
    const options: SpawnOptions = { detached: true, stdio: ['ignore', log, log] }; // Ctrl-C is for us to pass on
    const child = spawn(process.execPath, [...(args[0] === 'agent' ? agentFlags : []), program, ...args], options);
    closeSync(log);
    this.processes.set(name, child);
    return child;
  }

  private until(child: ChildProcess, name: string, serves: () => Promise<boolean>): Promise<void> {
    const title = name === controllerName ? 'The controller' : `The agent of ${name}`;
    return untilServing(child, title, this.log(name), 20_000, serves);
  }

  /** Whether the controller answers a GET of this path with success, and with what is expected. */
  private async says(path: string, expected: (body: unknown) => boolean): Promise<boolean> {
    try {
      const response = await fetch(this.url + path, { signal: AbortSignal.timeout(2000) });
      return response.ok && expected(path.startsWith('/api') ? await response.json() : undefined);
    } catch {
      return false; // not yet
    }
  }

  private log(name: string): string {
    return this.path(`${name}.log`);
  }

  private path(name: string): string {
    return join(this.directory, name);
  }
}

function isLive(host: unknown): boolean {
  return (host as { freshness?: unknown }).freshness === 'live';
}
