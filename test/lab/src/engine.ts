import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnded, untilEnded, untilServing } from './child.js';
import { LabError } from './command.js';
import { ask } from './engine-api.js';
import { type EngineProgram } from './engine-program.js';
import type { Machine } from './machine.js';
import { identityOf } from './processes.js';
import { poll } from './waiting.js';

/** Paths of Unix sockets hold 107 bytes; this is the longest that an engine makes below its machine's folder. */
const longestSocket = 'exec/containerd/containerd-debug.sock';
const longestPath = 107;

/**
 * The dockerd of one machine, or what stands for it, with all its state in the machine's folder.
 * Invariant: at most one process at a time, which is ours to wait for.
 */
export class Engine {
  readonly socketPath: string;
  private process: ChildProcess | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly program: EngineProgram,
  ) {
    this.socketPath = join(machine.directory, 'docker.sock');
    const room = longestPath - longestSocket.length - 1;
    if (machine.directory.length <= room) return;
    throw new LabError(
      `The path ${machine.directory} is too long for Unix sockets. Use a folder of ${room} characters.`,
    );
  }

  /** @throws LabError if it does not run */
  get pid(): number {
    return this.running().pid;
  }

  /** Starts the engine and waits until it answers, for a minute at most. */
  async start(): Promise<void> {
    if (this.process && !hasEnded(this.process)) return;
    this.forgetKilled();
    const log = this.log;
    this.process = this.machine.startInside(this.program.command, log);
    await untilServing(this.process, `The engine of ${this.machine.name}`, log, 60_000, () => this.answers());
  }

  /**
   * Ends the engine as `systemctl stop` does. Without --live-restore it first stops the containers, each of which
   * gets 10 s before it is killed.
   */
  async stop(): Promise<void> {
    await this.end('SIGTERM', 60_000);
  }

  /** Ends the engine without warning. The containers and their shims may go on. */
  async kill(): Promise<void> {
    await this.end('SIGKILL', 10_000);
    await poll(2000, () => (this.containerdRuns() ? undefined : true)); // the kernel ends it with its parent
  }

  /** Freezes the engine: it takes connections and never answers. On a busy machine its threads stand still a moment later. */
  async pause(): Promise<void> {
    const child = this.running();
    child.kill('SIGSTOP');
    const stands = await poll(10_000, () => (standsStill(child.pid) ? true : undefined));
    if (!stands) throw new LabError(`The engine of ${this.machine.name} does not stand still 10 s after SIGSTOP.`);
  }

  resume(): void {
    this.running().kill('SIGCONT');
  }

  private async end(signal: NodeJS.Signals, limit: number): Promise<void> {
    const child = this.running();
    child.kill(signal);
    if (await untilEnded(child, limit)) return;
    const log = this.log;
    throw new LabError(
      `The engine of ${this.machine.name} did not end within ${limit / 1000} s of ${signal}. See ${log}.`,
    );
  }

  /**
   * Removes what a killed engine left and a new one would trip over: its pid, which may be somebody else's by now,
   * and that of its containerd, which died with it. Until that zombie is reaped dockerd takes it for alive, waits
   * for its answer and gives up.
   */
  private forgetKilled(): void {
    rmSync(this.path('docker.pid'), { force: true });
    rmSync(this.socketPath, { force: true });
    if (!this.containerdRuns()) rmSync(this.containerdPidFile, { force: true });
  }

  private containerdRuns(): boolean {
    if (!existsSync(this.containerdPidFile)) return false;
    return identityOf(Number(readFileSync(this.containerdPidFile, 'utf8'))) !== undefined;
  }

  private get containerdPidFile(): string {
    return this.path('exec/containerd/containerd.pid');
  }

  private running(): ChildProcess & { pid: number } {
    const child = this.process;
    if (child?.pid && !hasEnded(child)) return child as ChildProcess & { pid: number };
    throw new LabError(`The engine of ${this.machine.name} does not run. Start it with startEngine().`);
  }

  private async answers(): Promise<boolean> {
    const answer = await ask(this.socketPath, { path: '/_ping', timeout: 5000 }).catch(() => undefined);
    return answer?.status === 200;
  }

  private get log(): string {
    return this.machine.log(this.program.name);
  }

  private path(name: string): string {
    return join(this.machine.directory, name);
  }
}

/** Whether all threads of a process are stopped. */
function standsStill(pid: number | undefined): boolean {
  const threads = `/proc/${pid}/task`;
  try {
    return readdirSync(threads).every((thread) => {
      const stat = readFileSync(`${threads}/${thread}/stat`, 'utf8');
      return stat.startsWith('T', stat.lastIndexOf(')') + 2);
    });
  } catch {
    return false; // A thread has ended meanwhile: they do not stand still.
  }
}
