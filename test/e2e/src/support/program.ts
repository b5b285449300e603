import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { program } from '@fairlead/lab/fleet';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Over the environment of `cleanEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** This process's environment, without what would steer fairlead, docker or npm, and with the programs of the project. */
export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(FAIRLEAD|DOCKER|npm)_|^NODE_OPTIONS$/i.test(name));
  const folders = [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH'] ?? ''];
  return { ...Object.fromEntries(kept), PATH: folders.join(':'), ...more };
}

/**
 * A program that was started, with what it has said so far.
 * Invariant: it leads a process group of its own, which `kill` reaches as a whole, as Ctrl-C does.
 */
export class Running {
  stdout = '';
  stderr = '';
  readonly ended: Promise<CommandResult & { readonly signal: NodeJS.Signals | null }>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) =>
        resolve({ code: code ?? -1, signal, stdout: this.stdout, stderr: this.stderr }),
      );
    });
    this.ended.catch(() => undefined);
  }

  static start(command: string, args: readonly string[], { env, cwd = root }: RunOptions = {}): Running {
    const options = { cwd, env: cleanEnvironment(env), detached: true };
    return new Running(spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** `fairlead …` */
  static fairlead(args: readonly string[], options?: RunOptions): Running {
    return Running.start(process.execPath, [program, ...args], options);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the program was not started');
    return this.child.pid;
  }

  /** Waits until it has said this, on either channel. @throws Error with all it said, where it does not or ends before */
  async says(words: RegExp, withinMs?: number): Promise<RegExpMatchArray> {
    let over = false;
    const end = (): boolean => (over = true);
    this.ended.then(end, end);
    const heard = (): RegExpMatchArray | null => words.exec(this.stdout) ?? words.exec(this.stderr);
    await until(async () => over || heard() !== null, `it says ${words}`, withinMs).catch(() => undefined);
    const found = heard();
    if (found === null) throw new Error(`it did not say ${words}, but:\n${this.stdout}${this.stderr}`);
    return found;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-this.pid, signal);
  }

  /** Asks it to end, and waits for it. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): typeof this.ended {
    this.kill(signal);
    return this.ended;
  }
}

/** Runs `fairlead …` to its end, without a terminal. */
export const fairlead = (args: readonly string[], options?: RunOptions): Promise<CommandResult> =>
  Running.fairlead(args, options).ended;

/** Runs a command line as a user's shell does. */
export const shell = (line: string, options?: RunOptions): Promise<CommandResult> =>
  Running.start('/bin/sh', ['-c', line], options).ended;

/** Asks again until it holds. The time is generous: what is promised about time is measured by the bench. */
export async function until(holds: () => Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`after ${withinMs / 1000} s it does not hold: ${what}`);
    await delay(50);
  }
}

/** Process ids of a process's children (Linux). */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

/** Whether a process runs; one that has ended and waits to be noticed by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
