import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '@fairlead/api';
import { program } from '@fairlead/lab/fleet';

/** Ports that are not a developer's own. */
const API = 17_810;
const LINK = 17_811;

/**
 * A controller with its link on loopback, and agents of simulated hosts in processes of their own that have joined.
 * Invariant: after `stop` none of them runs any more, and their folder is gone.
 */
export class Site {
  readonly client: Client;
  readonly linkAddress = `127.0.0.1:${LINK}`;
  readonly baseUrl = `http://127.0.0.1:${API}`;
  readonly folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  private readonly children: ChildProcess[] = [];
  private controller: ChildProcess | undefined;
  /** Of an admin's requests, once the controller runs. */
  headers: Record<string, string> = {};

  private constructor(private readonly flags: readonly string[]) {
    // Asked at each request: the token is there once the controller runs.
    this.client = createClient({
      baseUrl: this.baseUrl,
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...this.headers } }),
    });
  }

  /** @param flags of the controller beside ports and folder */
  static async start(flags: readonly string[] = []): Promise<Site> {
    const site = new Site(flags);
    try {
      await site.startController();
      return site;
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  /** Starts the controller, anew after `endController`; resolves when it serves. */
  async startController(): Promise<void> {
    const where = ['--port', `${API}`, '--link-port', `${LINK}`, '--link-host', '127.0.0.1', '--log-level', 'warn'];
    const args = [program, 'controller', ...where, '--data-dir', this.file('data'), ...this.flags];
    this.controller = this.run('controller', args);
    await this.until(async () => (await fetch(`${this.baseUrl}/readyz`)).ok, 60_000);
    const token = readFileSync(this.file('data/admin.token'), 'utf8').trim();
    this.headers = { authorization: `Bearer ${token}` };
  }

  /** Resolves when it has ended. */
  async endController(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { controller } = this;
    if (controller === undefined) return;
    const ended = new Promise((resolve) => controller.once('exit', resolve));
    controller.kill(signal);
    await ended;
  }

  get controllerPid(): number {
    return this.controller?.pid ?? NaN;
  }

  async joinToken(maxUses = 1): Promise<string> {
    const body = { maxUses, controller: this.linkAddress, ...(maxUses > 1 && { expiresIn: '1h' }) };
    return (await this.client.createJoinToken({ body })).token;
  }

  /** Starts agents of so many simulated hosts, `PREFIX-0` up, in one process; waits until all hosts of the site are live. */
  async addAgents(prefix: string, hosts: number, total: number): Promise<void> {
    const env = { FAIRLEAD_AGENT_JOIN_TOKEN: await this.joinToken(hosts) };
    const script = join(import.meta.dirname, 'agents-main.js');
    this.run(prefix, [script, this.linkAddress, prefix, `${hosts}`, this.file(prefix)], env);
    await this.until(async () => (await this.liveHosts()) >= total, 600_000);
  }

  async liveHosts(): Promise<number> {
    return (await this.client.listHosts({ query: { freshness: ['live'] } })).total;
  }

  async stop(): Promise<void> {
    const ended = this.children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    const running = this.children.map(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    for (const child of [...this.children].reverse()) child.kill('SIGKILL');
    await Promise.all(ended.filter((_, index) => running[index]));
    rmSync(this.folder, { recursive: true, force: true });
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Starts a Node program; what it prints is appended to NAME.log in the folder. It ends with the site. */
  run(name: string, args: readonly string[], env: Record<string, string> = {}, channel: 'ipc' | 'none' = 'none') {
    const log = openSync(this.file(`${name}.log`), 'a');
    const stdio: ('ignore' | 'ipc' | number)[] = ['ignore', log, log, ...(channel === 'ipc' ? (['ipc'] as const) : [])];
    const child = spawn(process.execPath, args, { stdio, env: { ...process.env, ...env } });
    closeSync(log);
    this.children.push(child);
    return child;
  }

  /** @throws Error where it does not come to hold in time */
  async until(holds: () => Promise<boolean>, withinMs: number, lookMs = 100): Promise<void> {
    const end = performance.now() + withinMs;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > end)
        throw new Error(`what the site was to come to did not hold within ${withinMs / 1000} s; ${this.folder}`);
      await delay(lookMs);
    }
  }
}

/** CPU time that a process has used so far, in milliseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime, in ticks of 10 ms on every Linux that Node runs on.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
