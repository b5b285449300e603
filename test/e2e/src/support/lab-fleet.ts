import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type NetworkView } from '@fairlead/api';
import { Lab, type LabHost, type LabOptions } from '@fairlead/lab';

const bin = join(import.meta.dirname, '../../../../apps/cli/bin/fairlead.js');

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Ready {
  readonly address: string;
  readonly link: readonly string[];
}

/**
 * A lab with a controller in the root namespace and an agent beside each engine, all as a user starts them. Agents
 * reach the controller through the lab's tunnels, so that cutting a host's link cuts its agent off.
 */
export class LabFleet {
  private controller: ChildProcess | undefined;
  private readonly agents = new Map<string, ChildProcess>();
  private ports = { rest: 0, link: 0 };
  address = '';

  private constructor(readonly lab: Lab) {}

  static async start(options: LabOptions): Promise<LabFleet> {
    const fleet = new LabFleet(await Lab.start(options));
    try {
      await fleet.startController();
      await Promise.all(fleet.hosts.map((host) => fleet.startAgent(host)));
      await fleet.until(async () => (await fleet.liveHosts()).length === fleet.hosts.length, 'all hosts are live');
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  get hosts(): readonly LabHost[] {
    return this.lab.hosts;
  }

  get client() {
    return createClient({ baseUrl: this.address });
  }

  host(index: number): LabHost {
    const host = this.hosts[index];
    if (host === undefined) throw new Error(`the lab has no host ${index}`);
    return host;
  }

  get controllerPid(): number {
    return pidOf(this.controller);
  }

  agentPid(host: LabHost): number {
    return pidOf(this.agents.get(host.name));
  }

  /** Starts the controller on the ports it had before. */
  async startController(): Promise<void> {
    const flags = [
      '--data-dir',
      join(this.lab.directory, 'controller'),
      '--port',
      `${this.ports.rest}`,
      '--link-port',
      `${this.ports.link}`,
    ];
    const child = spawn(process.execPath, [bin, 'controller', ...flags], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.pipe(createWriteStream(join(this.lab.directory, 'controller.log'), { flags: 'a' }));
    this.controller = child;
    const { address, link } = await ready(child);
    this.address = address;
    this.ports = { rest: portOf(address), link: portOf(link[0] ?? '') };
  }

  async startAgent(host: LabHost): Promise<void> {
    const { address } = await this.lab.tunnel({ port: this.ports.link });
    const folder = join(this.lab.directory, `${host.name}-agent`);
    const flags = ['--name', host.name, '--engine', host.engineUrl, '--controller', address, '--data-dir', folder];
    const child = host.spawn(process.execPath, [bin, 'agent', ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.pipe(createWriteStream(join(this.lab.directory, `${host.name}-agent.log`), { flags: 'a' }));
    this.agents.set(host.name, child);
  }

  async killController(): Promise<void> {
    await kill(this.controller);
  }

  async killAgent(host: LabHost): Promise<void> {
    await kill(this.agents.get(host.name));
  }

  /** Runs `fairlead …` against this controller, without a terminal. */
  cli(...args: string[]): Promise<CommandResult> {
    const child = spawn(process.execPath, [bin, ...args, '--api', this.address], { stdio: ['ignore', 'pipe', 'pipe'] });
    return new Promise((resolve, reject) => {
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    });
  }

  /** As `cli`, with `-o json`, which has to succeed. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.cli(...args, '-o', 'json');
    if (code !== 0) throw new Error(`fairlead ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  async liveHosts(): Promise<string[]> {
    const { items } = await this.client.listHosts({ query: { freshness: ['live'] } });
    return items.map(({ name }) => name);
  }

  /** What the controller shows of a host. */
  async inventory(host: LabHost): Promise<NetworkView[]> {
    const { items } = await this.client.listNetworks({ query: { host: [host.name], limit: 500 } });
    return [...items];
  }

  /** Whether the controller shows exactly what `docker network ls` shows on every host. */
  async agrees(hosts: readonly LabHost[] = this.hosts): Promise<boolean> {
    const checks = hosts.map(async (host) => {
      const [ours, theirs] = await Promise.all([this.inventory(host), engineView(host)]);
      const shown = ours.map(
        ({ id, name, driver, scope, freshness }) => `${id} ${name} ${driver} ${scope} ${freshness}`,
      );
      return JSON.stringify(shown.sort()) === JSON.stringify(theirs.map((line) => `${line} live`).sort());
    });
    return (await Promise.all(checks)).every(Boolean);
  }

  /** Asks again until it holds. The time is generous: what is promised about time is measured by the bench. */
  async until(holds: () => Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
    const end = Date.now() + withinMs;
    for (;;) {
      if (await holds().catch(() => false)) return;
      if (Date.now() > end) throw new Error(`after ${withinMs / 1000} s it does not hold: ${what}`);
      await delay(50);
    }
  }

  async stop(): Promise<void> {
    await kill(this.controller);
    await this.lab.stop();
  }
}

async function engineView(host: LabHost): Promise<string[]> {
  const lines = await host.docker(
    'network',
    'ls',
    '--no-trunc',
    '--format',
    '{{.ID}} {{.Name}} {{.Driver}} {{.Scope}}',
  );
  return lines.split('\n').filter((line) => line !== '');
}

function ready(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('exit', (code) => reject(new Error(`the controller ended with ${code} before it was ready`)));
  });
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const portOf = (address: string): number => Number(/:(\d+)$/.exec(address)?.[1]);

function pidOf(child: ChildProcess | undefined): number {
  if (child?.pid === undefined) throw new Error('the process does not run');
  return child.pid;
}
