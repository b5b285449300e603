import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuOf, Site } from '../identity/site.js';
import { memoryOf } from '../resident.js';
import { AgentsProcess } from './agents-process.js';
import { pick, seeded } from './chance.js';
import { type Made, type Recruit } from './orders.js';
import { DEFAULT_SCALE, type Scale } from './plan.js';
import { sumOf, type Tally } from './tally.js';

/** All hosts are on one address here, and join and come back as fast as the controller can take them. */
const FLAGS = ['--enrolments-per-address', '10000', '--connections-per-address', '10000'];
const AGENTS_FLAGS = ['--max-old-space-size=4096', '--max-semi-space-size=16'];
/** Callers that ask REST in turn: each may ask 200 times a second, and a look every 2 ms is more. */
const READERS = 8;
const HOSTS_PER_PROCESS = 2_500;
/** The agents of a real fleet take nothing of the controller's machine: here they get what it leaves. */
const AGENTS_NICENESS = 10;
/** Between two looks at whether the fleet has come to something: a look at 10,000 hosts is work for the controller. */
const LOOK_MS = 500;
/** Below the link's own limit of 200 handshakes a second. */
const DIALS_PER_SECOND = 150;
const FLEET_SEED = 4;

/** Labels that hosts get with the token they join by; a third has each environment. */
const ENVIRONMENTS = ['prod', 'stage', 'dev'] as const;
const ROLES = ['web', 'db', 'ci'] as const;

/** A controller and a fleet of simulated hosts, `host-00000` up, in a few processes. */
export class FleetSite {
  readonly names: readonly string[];
  private readonly processes: AgentsProcess[] = [];
  private readonly random = seeded(7);
  private readonly readers: string[] = [];
  private asked = 0;

  private constructor(
    readonly site: Site,
    readonly hosts: number,
    private readonly scale: Scale,
  ) {
    this.names = Array.from({ length: hosts }, (_, index) => nameOf(index));
  }

  /** Starts controller and processes; no host has joined. */
  static async start(hosts: number, scale: Scale = DEFAULT_SCALE): Promise<FleetSite> {
    const fleet = new FleetSite(await Site.start(FLAGS), hosts, scale);
    const script = join(import.meta.dirname, 'agents-main.js');
    // At least two: what the agents do is shared among the cores.
    for (let count = Math.max(2, Math.ceil(hosts / HOSTS_PER_PROCESS)); count > 0; count--) {
      const child = fleet.site.run('agents', [...AGENTS_FLAGS, script], {}, 'ipc');
      if (child.pid !== undefined) setPriority(child.pid, AGENTS_NICENESS);
      fleet.processes.push(new AgentsProcess(child));
    }
    for (let count = 0; count < READERS; count++) await fleet.addReader();
    return fleet;
  }

  /** Asks REST, by one reader after the other, and reads the answer to its end. @param path behind `/api/v1/` */
  async get(path: string, signal?: AbortSignal): Promise<Response> {
    const authorization = `Bearer ${this.readers[this.asked++ % this.readers.length] ?? ''}`;
    const wish = { headers: { authorization }, ...(signal && { signal }) };
    const response = await fetch(`${this.site.baseUrl}/api/v1/${path}`, wish);
    await response.arrayBuffer();
    return response;
  }

  private async addReader(): Promise<void> {
    const body = { name: `reader-${this.readers.length}`, role: 'viewer' as const };
    this.readers.push((await this.site.client.createApiToken({ body })).token);
  }

  /** Lets all hosts join; none has a session then. @param asleep whether their engines do not answer before `awaken` */
  async enrol(asleep = false): Promise<void> {
    const groups = ENVIRONMENTS.flatMap((env) => ROLES.map((role) => ({ env, role })));
    const tokens = await Promise.all(
      groups.map(async (labels) => {
        const body = { labels, maxUses: this.hosts, controller: this.site.linkAddress, expiresIn: '1h' };
        return (await this.site.client.createJoinToken({ body })).token;
      }),
    );
    const recruits = this.names.map((name, index): Recruit => ({
      name,
      index,
      token: tokens[index % tokens.length] ?? '',
    }));
    const place = { controller: this.site.linkAddress, fleetSeed: FLEET_SEED, scale: this.scale, asleep };
    await Promise.all(
      this.processes.map((agents, turn) =>
        agents.ask('enrol', { ...place, recruits: recruits.filter(({ index }) => this.processOf(index) === turn) }),
      ),
    );
  }

  /** Lets all hosts dial, as fast as the link takes new connections: who comes faster is sent away, and tries again later. */
  async connect(): Promise<void> {
    const perSecond = DIALS_PER_SECOND / this.processes.length;
    await this.tell('connect', { controller: this.site.linkAddress, perSecond });
  }

  /** The engines of all hosts answer for the first time. */
  async awaken(): Promise<void> {
    await this.tell('awaken', null);
  }

  async disconnect(): Promise<void> {
    await this.tell('disconnect', null);
  }

  /** Changes a second over the whole fleet; `onMade` is told of each. */
  async change(perSecond: number, onMade?: (made: readonly Made[]) => void): Promise<void> {
    for (const agents of this.processes) agents.onMade = onMade ?? (() => undefined);
    await this.tell('rate', { perSecond: perSecond / this.processes.length, report: onMade !== undefined });
  }

  /** A network appears on a host now. */
  async appear(host: string, network: string): Promise<Made> {
    return this.agentsOf(host).ask('appear', { host, network });
  }

  /** Breaks so many links. */
  async drop(hosts: number): Promise<void> {
    await this.tell('drop', { hosts: Math.ceil(hosts / this.processes.length) });
  }

  async tally(): Promise<Tally> {
    return sumOf(await Promise.all(this.processes.map((agents) => agents.ask('tally', null))));
  }

  /** Resolves when all hosts are live. @returns how long that took, in milliseconds */
  async untilLive(withinMs: number): Promise<number> {
    const begun = performance.now();
    await this.site.until(async () => (await this.live()) >= this.hosts, withinMs, LOOK_MS);
    return performance.now() - begun;
  }

  /** Resolves when every agent has a session. */
  async untilConnected(withinMs: number): Promise<void> {
    await this.site.until(async () => (await this.tally()).watched >= this.hosts, withinMs, LOOK_MS);
  }

  /** How many hosts are live. */
  async live(): Promise<number> {
    return (await this.site.client.listHosts({ query: { freshness: ['live'], limit: 1 } })).total;
  }

  someHost(): string {
    return pick(this.random, this.names);
  }

  /** CPU of the agents' processes so far, in milliseconds. */
  agentsCpu(): number {
    return this.processes.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
  }

  agentsMemory(): number {
    return this.processes.reduce((sum, { pid }) => sum + memoryOf(pid).resident, 0);
  }

  controllerCpu(): number {
    return cpuOf(this.site.controllerPid);
  }

  /** In MB. */
  controllerMemory(): number {
    return memoryOf(this.site.controllerPid).resident;
  }

  /** What the controller uses of a core over some time, in per cent. */
  async controllerLoad(ms: number): Promise<number> {
    const [cpu, begun] = [this.controllerCpu(), performance.now()];
    await delay(ms);
    return ((this.controllerCpu() - cpu) / (performance.now() - begun)) * 100;
  }

  get database(): string {
    return this.site.file('data/fairlead.db');
  }

  stop(): Promise<void> {
    return this.site.stop();
  }

  private processOf(index: number): number {
    return index % this.processes.length;
  }

  private agentsOf(host: string): AgentsProcess {
    const agents = this.processes[this.processOf(this.names.indexOf(host))];
    if (agents === undefined) throw new Error(`There is no host ${host}`);
    return agents;
  }

  private async tell<K extends 'connect' | 'awaken' | 'disconnect' | 'rate' | 'drop'>(
    order: K,
    ask: Parameters<typeof AgentsProcess.prototype.ask<K>>[1],
  ): Promise<void> {
    await Promise.all(this.processes.map((agents) => agents.ask(order, ask)));
  }
}

const nameOf = (index: number): string => `host-${String(index).padStart(5, '0')}`;
