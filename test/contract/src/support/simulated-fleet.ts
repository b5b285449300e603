import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient, type HostView } from '@fairlead/api';
import { emptyTally, SimulatedAgent, SimulatedIdentity } from '@fairlead/bench';
import { parseJoinToken } from '@fairlead/domain';

const program = join(import.meta.dirname, '../../../../apps/cli/bin/fairlead.js');
const FLEET_SEED = 8;
/** Hosts that join at the same time: all share this process, and each has a limited time for its connection. */
const JOIN_AT_ONCE = 8;
/** All hosts are on one address here, and come back as fast as the controller can take them. */
const FLAGS = ['--enrolments-per-address', '10000', '--connections-per-address', '10000'];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to standard error. */
  readonly said: string;
}

/**
 * A controller, in a process of its own so that it can be killed, and simulated hosts in this one.
 * Invariant: after `stop` the process has ended, no agent dials, and the folder is gone.
 */
export class SimulatedFleet {
  readonly folder = mkdtempSync(join(tmpdir(), 'fairlead-faults-'));
  readonly tally: ReturnType<typeof emptyTally> = emptyTally();
  readonly agents: SimulatedAgent[] = [];
  readonly client: Client;
  private controller: ChildProcess | undefined;
  private ended: Promise<Ended> | undefined;
  private said = '';

  private constructor(
    private readonly ports: { readonly api: number; readonly link: number },
    private readonly scale: { readonly networks: number; readonly endpoints: number },
  ) {
    this.client = createClient({
      baseUrl: this.url,
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...this.headers } }),
    });
  }

  /** Nothing runs yet. */
  static async make(scale = { networks: 30, endpoints: 10 }): Promise<SimulatedFleet> {
    return new SimulatedFleet({ api: await freePort(), link: await freePort() }, scale);
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** Of an admin's requests. */
  get headers(): Record<string, string> {
    return { authorization: `Bearer ${readFileSync(join(this.dataDir, 'admin.token'), 'utf8').trim()}` };
  }

  private get url(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  private get link(): string {
    return `127.0.0.1:${this.ports.link}`;
  }

  /** Starts the controller on what it left; resolves when it serves. @throws Error with what it said, where it ends */
  async startController(): Promise<void> {
    const ended = this.launchController();
    let over: Ended | undefined;
    void ended.then((end) => (over = end));
    const serves = async (): Promise<boolean> => over !== undefined || (await fetch(`${this.url}/readyz`)).ok;
    await until(serves, 'the controller serves');
    if (over !== undefined) throw new Error(`the controller ended with ${over.code}:\n${over.said}`);
  }

  /** Starts the controller; resolves when it has ended by itself or by a signal. */
  launchController(): Promise<Ended> {
    const { api, link } = this.ports;
    const where = ['--port', `${api}`, '--link-port', `${link}`, '--link-host', '127.0.0.1', '--log-level', 'warn'];
    const folders = ['--data-dir', this.dataDir, '--keys-dir', join(this.folder, 'keys')];
    const args = [program, 'controller', ...where, ...folders, ...FLAGS];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    this.controller = child;
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, said: this.said }));
    });
    return this.ended;
  }

  /** Sends a signal to the controller and waits for its end. */
  async endController(signal: NodeJS.Signals): Promise<void> {
    this.controller?.kill(signal);
    await this.ended;
  }

  /** Lets hosts join, `host-0` up, whose engines do not answer before `awaken`; none dials yet. */
  async join(hosts: number): Promise<void> {
    const body = { maxUses: hosts, controller: this.link, expiresIn: '1h' };
    const ticket = parseJoinToken((await this.client.createJoinToken({ body })).token);
    const { scale, tally } = this;
    const enter = async (index: number): Promise<SimulatedAgent> => {
      const name = `host-${index}`;
      const agent = new SimulatedAgent({ name, index, fleetSeed: FLEET_SEED, scale, tally, asleep: true });
      agent.identity = await SimulatedIdentity.join(this.link, name, ticket);
      return agent;
    };
    for (let first = 0; first < hosts; first += JOIN_AT_ONCE) {
      const indices = Array.from({ length: Math.min(JOIN_AT_ONCE, hosts - first) }, (_, place) => first + place);
      this.agents.push(...(await Promise.all(indices.map(enter))));
    }
  }

  connect(): void {
    for (const agent of this.agents) agent.connect(this.link);
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.disconnect()));
  }

  awaken(): void {
    for (const agent of this.agents) agent.awaken();
  }

  async hosts(): Promise<readonly HostView[]> {
    return (await this.client.listHosts({ query: { limit: 500 } })).items;
  }

  async live(): Promise<number> {
    return (await this.client.listHosts({ query: { freshness: ['live'], limit: 1 } })).total;
  }

  /**
   * Resolves when every host is live and its inventory is what its agent says, each asked as `doctor --consistency`
   * does. @throws Error with what differs, where it does not come to that in time
   */
  async agree(withinMs = 120_000): Promise<void> {
    const end = performance.now() + withinMs;
    const allLive = async (): Promise<boolean> => (await this.live()) === this.agents.length;
    await until(allLive, 'every host is live', withinMs).catch((error: Error) => {
      throw new Error(`${error.message}; the agents say ${JSON.stringify(this.tally.lost)}`);
    });
    let differing = '';
    const agrees = async ({ name }: SimulatedAgent): Promise<boolean> => {
      const { consistent, differences } = await this.client.checkHost({ params: { host: name } });
      differing = `${name} differs: ${JSON.stringify(differences).slice(0, 500)}`;
      return consistent;
    };
    for (const agent of this.agents) {
      const left = Math.max(0, end - performance.now());
      await until(() => agrees(agent), `${agent.name} agrees`, left).catch((error: Error) => {
        throw new Error(`${error.message}; ${differing}`);
      });
    }
  }

  async stop(): Promise<void> {
    await this.disconnect();
    await this.endController('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Asks again until it holds. */
export async function until(holds: () => Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > end) throw new Error(`after ${withinMs / 1000} s it does not hold: ${what}`);
    await delay(5);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
