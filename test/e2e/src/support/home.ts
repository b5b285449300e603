import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@fairlead/api';
import { type CommandResult, fairlead, Running, type RunOptions, until } from './program.js';

/**
 * A folder of a user who has nothing yet, and all that was started there.
 * Invariant: after `clear` none of it runs any more, and the folder is gone.
 */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'fairlead-e2e-'));
  private readonly started: Running[] = [];

  /** So that nobody's docker context or data is found. */
  readonly env = { HOME: this.path, XDG_STATE_HOME: this.file('state'), XDG_RUNTIME_DIR: this.file('run') };

  file(name: string): string {
    return join(this.path, name);
  }

  /** Starts `fairlead …`. */
  start(args: readonly string[], { env = {}, ...options }: RunOptions = {}): Running {
    return this.keep(Running.fairlead(args, { ...options, env: { ...this.env, ...env } }));
  }

  /** Starts a command line as a shell does. */
  startLine(line: string, { env = {}, ...options }: RunOptions = {}): Running {
    return this.keep(Running.start('/bin/sh', ['-c', line], { ...options, env: { ...this.env, ...env } }));
  }

  /** Runs `fairlead …` to its end. */
  run(...args: string[]): Promise<CommandResult> {
    return fairlead(args, { env: this.env });
  }

  async clear(): Promise<void> {
    for (const running of this.started) running.kill('SIGTERM');
    await Promise.all(this.started.map(({ ended }) => ended.catch(() => undefined)));
    rmSync(this.path, { recursive: true, force: true });
  }

  private keep(running: Running): Running {
    this.started.push(running);
    return running;
  }
}

/** `fairlead up`, once it has said that it runs, and a user beside it. */
export class Up {
  readonly client: Client;

  private constructor(
    readonly home: Home,
    readonly running: Running,
    readonly url: string,
    readonly dataDir: string,
  ) {
    this.client = createClient({ baseUrl: url, headers: this.headers });
  }

  /** @param args beside `--port` and `--data-dir` */
  static async start(home: Home, args: readonly string[], options: RunOptions & { data?: string } = {}): Promise<Up> {
    const dataDir = home.file(options.data ?? 'data');
    const running = home.start(['up', '--port', '0', '--data-dir', dataDir, ...args], options);
    const [, url = ''] = await running.says(/running at (\S+)\n[^]*Ctrl-C/);
    return new Up(home, running, url, dataDir);
  }

  /** The admin's, as the controller left it in its data folder. */
  get token(): string {
    const demo = join(this.dataDir, 'demo/admin.token');
    return readFileSync(existsSync(demo) ? demo : join(this.dataDir, 'admin.token'), 'utf8').trim();
  }

  /** Headers of an admin's requests. */
  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  /** Waits until so many hosts are connected and followed. */
  async live(hosts: number): Promise<this> {
    const names = async (): Promise<number> =>
      (await this.client.listHosts()).items.filter(({ freshness }) => freshness === 'live').length;
    await until(async () => (await names()) === hosts, `${hosts} hosts are live`);
    return this;
  }

  /** The command lines that it gives to try. */
  get advice(): string[] {
    const [, lines = ''] = /Try:\n((?: {2}.*\n)+)/.exec(this.running.stdout) ?? [];
    return lines
      .trimEnd()
      .split('\n')
      .map((line) => line.trim());
  }

  /** Runs `fairlead …` against it. */
  cli(...args: string[]): Promise<CommandResult> {
    return this.home.run(...args, '--api', this.url);
  }

  /** As `cli`, with JSON output; it has to succeed. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.cli(...args, '--output', 'json');
    if (code !== 0) throw new Error(`fairlead ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }
}
