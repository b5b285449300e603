import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
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

export interface FleetOptions {
  /**
   * Where the controller runs. `machine`: outside of the lab; hosts reach it by a tunnel. `switch`: a machine of its
   * own on the hosts' network, which sees their true addresses and can dial them; REST is published to the machine.
   */
  controller?: 'machine' | 'switch';
  /** More flags for the controller. */
  controllerFlags?: readonly string[];
  /** Whether an agent is started beside each engine, and joins. Default: yes. */
  agents?: boolean;
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
    private readonly options: FleetOptions,
  ) {
    this.url = `http://127.0.0.1:${ports.api}`;
    this.directory = join(lab.directory, 'fleet');
  }

  /**
   * Starts all and waits until the controller has a live session with every host.
   * @throws LabError with the end of the log of the one that failed
   */
  static async start(lab: Lab, ports: Ports, options: FleetOptions = {}): Promise<Fleet> {
    const fleet = new Fleet(lab, ports, options);
    mkdirSync(fleet.directory);
    if (fleet.isOnSwitch) await lab.publish(ports.api);
    await fleet.startController();
    if (options.agents !== false) await Promise.all(lab.hosts.map((host) => fleet.startAgent(host)));
    return fleet;
  }

  /** Where the controller keeps the admin's token. */
  get tokenFile(): string {
    return join(this.path(controllerName), 'admin.token');
  }

  /** The admin's token. */
  get token(): string {
    return readFileSync(this.tokenFile, 'utf8').trim();
  }

  /** Headers of an admin's requests. */
  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  /** Process id of the controller. @throws LabError if it was never started */
  get controllerPid(): number {
    return this.pidOf(controllerName);
  }

  /** Process id of the agent beside this host's engine. @throws LabError if it was never started */
  agentPid(host: LabHost): number {
    return this.pidOf(host.name);
  }

  /** Data folder of this host's agent. */
  agentFolder(host: LabHost): string {
    return this.path(host.name);
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
    const where = ['--port', `${api}`, '--link-port', `${link}`, '--link-host', this.linkHost];
    const args = ['controller', ...where, '--data-dir', this.path(controllerName)];
    const flags = this.options.controllerFlags ?? [];
    const spawn: LabHost['spawn'] = this.isOnSwitch
      ? (...command) => this.lab.spawnOnSwitch(...command)
      : (...command) => this.lab.spawn(...command);
    const child = this.launch(controllerName, [...args, ...flags], spawn);
    await this.until(child, controllerName, () => this.says('/readyz', () => true));
  }

  /** Where an agent on a host dials the controller. */
  async linkAddress(): Promise<string> {
    if (this.isOnSwitch) return `${this.lab.switchAddress}:${this.ports.link}`;
    return (await this.lab.tunnel({ port: this.ports.link })).address;
  }

  /**
   * Starts the agent beside this host's engine, with the data it left; one that has none joins. Waits until the host
   * is live.
   */
  async startAgent(host: LabHost): Promise<void> {
    const { name } = host;
    const joined = existsSync(join(this.agentFolder(host), 'identity.json'));
    const env = joined ? {} : { FAIRLEAD_AGENT_JOIN_TOKEN: await this.joinToken() };
    const child = this.launchAgent(host, ['--name', name, '--controller', await this.linkAddress()], env);
    await this.until(child, name, () => this.says(`/api/v1/hosts/${name}`, isLive));
  }

  /** Starts `fairlead agent` with these flags beside this host's engine, and waits for nothing. */
  launchAgent(
    host: LabHost,
    flags: readonly string[],
    env: NodeJS.ProcessEnv = {},
    dataDir = this.agentFolder(host),
  ): ChildProcess {
    const args = ['agent', ...flags, '--engine', host.engineUrl, '--data-dir', dataDir];
    return this.launch(host.name, args, (...command) => host.spawn(...command), env);
  }

  /** A join token, as `fairlead host join-token create` makes it. */
  async joinToken(request: object = {}): Promise<string> {
    const response = await fetch(`${this.url}/api/v1/join-tokens`, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ controller: await this.linkAddress(), ...request }),
    });
    const body = (await response.json()) as { token?: string };
    if (body.token === undefined) throw new LabError(`No join token was made: ${JSON.stringify(body)}`);
    return body.token;
  }

  private get isOnSwitch(): boolean {
    return this.options.controller === 'switch';
  }

  private get linkHost(): string {
    return this.isOnSwitch ? this.lab.switchAddress : '127.0.0.1';
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

  private launch(name: string, args: string[], spawn: LabHost['spawn'], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const log = openSync(this.log(name), 'a');
    const options: SpawnOptions = {
      detached: true, // Ctrl-C is for us to pass on
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    };
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
      const headers = path.startsWith('/api') ? this.headers : {};
      const response = await fetch(this.url + path, { headers, signal: AbortSignal.timeout(2000) });
      return response.ok && expected(path.startsWith('/api') ? await response.json() : undefined);
    } catch {
      return false; // not yet
    }
  }

  /** Path of a log: `controller` or a host's name. */
  log(name: string): string {
    return this.path(`${name}.log`);
  }

  private path(name: string): string {
    return join(this.directory, name);
  }
}

function isLive(host: unknown): boolean {
  return (host as { freshness?: unknown }).freshness === 'live';
}
