import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilEnded, untilServing } from './child.js';
import type { LabHost } from './host.js';
import type { Lab } from './lab.js';

/** The `fairlead` program of this repository, as built. */
export const program = fileURLToPath(new URL('../../../apps/cli/bin/fairlead.js', import.meta.url));

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
  private readonly processes: ChildProcess[] = [];

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
    const { address } = await lab.tunnel({ port: ports.link });
    await Promise.all(lab.hosts.map((host) => fleet.startAgent(host, address)));
    return fleet;
  }

  /** Asks all to end, agents first, and waits for it for 5 s. */
  async stop(): Promise<void> {
    for (const child of this.processes.toReversed()) child.kill('SIGTERM');
    await Promise.all(this.processes.map((child) => untilEnded(child, 5000)));
  }

  private async startController(): Promise<void> {
    const { api, link } = this.ports;
    const args = ['controller', '--port', `${api}`, '--link-port', `${link}`, '--data-dir', this.path('controller')];
    const child = this.launch('controller', args, (...command) => this.lab.spawn(...command));
    await this.until(child, 'controller', () => this.says('/readyz', () => true));
  }

  private async startAgent(host: LabHost, controller: string): Promise<void> {
    const { name, engineUrl } = host;
    const where = ['--controller', controller, '--engine', engineUrl, '--data-dir', this.path(name)];
    const child = this.launch(name, ['agent', '--name', name, ...where], (...command) => host.spawn(...command));
    await this.until(child, name, () => this.says(`/api/v1/hosts/${name}`, isLive));
  }

  private launch(name: string, args: string[], spawn: LabHost['spawn']): ChildProcess {
    const log = openSync(this.log(name), 'a');
    const options: SpawnOptions = { detached: true, stdio: ['ignore', log, log] }; // Ctrl-C is for us to pass on
    const child = spawn(process.execPath, [program, ...args], options);
    closeSync(log);
    this.processes.push(child);
    return child;
  }

  private until(child: ChildProcess, name: string, serves: () => Promise<boolean>): Promise<void> {
    const title = name === 'controller' ? 'The controller' : `The agent of ${name}`;
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
