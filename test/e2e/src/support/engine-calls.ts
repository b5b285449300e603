import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Calls of an engine's HTTP API, without the docker CLI, which takes longer to start than a call takes. */
export class EngineCalls {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly socketPath: string) {}

  /** @throws Error with the engine's words */
  async call<T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const { status, body: text } = await this.send(method, path, body === undefined ? '' : JSON.stringify(body));
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, body: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const { agent, socketPath } = this;
      const call = request({ agent, socketPath, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      });
      call.on('error', reject);
      call.end(body);
    });
  }
}

/** One call that changed something. */
export interface Made {
  /**
   * `told`: it made no device and gave no address; all that takes time is its event. `untold`: it has not even that.
   * `heavy`: all else.
   */
  readonly kind: 'told' | 'untold' | 'heavy';
  /** Milliseconds. */
  readonly took: number;
}

/**
 * Changes an engine at a steady pace, by networks that come and go, of which one in seven gets a container meanwhile
 * and the others are mere configurations.
 * Invariant: a change is begun when it is due, however long those before it take.
 */
export class SteadyChanges {
  readonly made: Made[] = [];
  private going = true;
  private readonly running: Promise<void>;
  private readonly pending = new Set<Promise<void>>();
  private readonly errors: unknown[] = [];

  /** @param container that runs; of 16 changes 10 have an event, and one of them, its leaving a network, has two */
  constructor(
    private readonly calls: EngineCalls,
    private readonly container: string,
    perSecond: number,
  ) {
    this.running = this.run(1000 / perSecond);
  }

  /** Removes what is left. @throws Error where a call failed */
  async stop(): Promise<void> {
    this.going = false;
    await this.running;
    await Promise.all(this.pending);
    if (this.errors.length > 0) throw this.errors[0];
  }

  private async run(everyMs: number): Promise<void> {
    const begun = performance.now();
    for (let turn = 0; this.going; turn++) {
      const wait = begun + turn * 4 * everyMs - performance.now();
      if (wait > 0) await delay(wait);
      const life = this.live(turn, everyMs).catch((error: unknown) => void this.errors.push(error));
      this.pending.add(life);
      void life.then(() => this.pending.delete(life));
    }
  }

  /** Four changes, each begun one pace after the other at the earliest: two networks, or one with a container. */
  private async live(turn: number, everyMs: number): Promise<void> {
    const Container = this.container;
    if (turn % 4 === 0) {
      const id = await this.create({ Name: `steady-${turn}` });
      await delay(everyMs);
      await this.change('heavy', 'POST', `/networks/${id}/connect`, { Container });
      await delay(everyMs);
      await this.change('heavy', 'POST', `/networks/${id}/disconnect`, { Container });
      await delay(everyMs);
      await this.change('heavy', 'DELETE', `/networks/${id}`);
      return;
    }
    for (const part of ['a', 'b']) {
      const id = await this.create({ Name: `steady-${turn}-${part}`, ConfigOnly: true });
      await delay(everyMs);
      // Engines say nothing when a configuration goes.
      await this.change('untold', 'DELETE', `/networks/${id}`);
      await delay(everyMs);
    }
  }

  private async create(spec: { Name: string; ConfigOnly?: boolean }): Promise<string> {
    const kind = spec.ConfigOnly === true ? 'told' : 'heavy';
    return (await this.change<{ Id: string }>(kind, 'POST', '/networks/create', spec)).Id;
  }

  private async change<T>(kind: Made['kind'], method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const begun = performance.now();
    const answer = await this.calls.call<T>(method, path, body);
    this.made.push({ kind, took: performance.now() - begun });
    return answer;
  }
}

/** The time that a tenth of the changes of this kind kept to: what a busy machine adds to the others does not count. */
export function quickTenth(made: readonly Made[], wanted: Made['kind']): number {
  const sorted = made.flatMap(({ kind, took }) => (kind === wanted ? [took] : [])).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 10)] ?? NaN;
}
