import { toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type Channel } from './channel.js';
import { isDue, type Verdict, verdictOf } from './delivery-schedule.js';
import { type NotificationsStore, type StoredNotification } from './notifications.store.js';
import { type Outcome, refused } from './outcome.js';

/** Runs something later. @returns what calls it off */
export type After = (ms: number, run: () => void) => () => void;

export interface SenderParts {
  readonly store: NotificationsStore;
  readonly channels: readonly Channel[];
  readonly now: Clock;
  readonly log: Log;
  readonly after: After;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
}

/** Deliveries under way at the same time, over all channels. */
const AT_ONCE = 4;
/** Longest time between two looks at what waits: who forgot to wake the sender, and a clock that jumps, cost no more. */
const LOOK_EVERY_MS = 60_000;
/** Time between two attempts to write down what became of a delivery. */
const RECORD_AGAIN_MS = 5_000;
/** Time that deliveries under way have to end when the sender is stopped. */
const GRACE_MS = 2_000;

/**
 * Delivers what waits in the outbox.
 *
 * Invariants: at most AT_ONCE deliveries at a time, and one for each channel, that of its oldest row; a delivery ends when
 * what became of it is written down, so that a database that cannot be written sends nothing twice; after `stop` has
 * resolved nothing is sent or written. What is cut off by that, or by the end of the process, is sent once more.
 */
export class Sender {
  /** By channel. */
  private readonly running = new Map<string, Promise<void>>();
  private readonly cut = new AbortController();
  private readonly channels: ReadonlyMap<string, Channel>;
  private looking: Promise<void> = Promise.resolve();
  /** Something has changed since the last look began. */
  private stirred = false;
  private isLooking = false;
  private state: 'new' | 'started' | 'stopped' = 'new';
  private since = 0;
  private callOff = (): void => undefined;

  constructor(private readonly parts: SenderParts) {
    this.channels = new Map(parts.channels.map((channel) => [channel.name, channel]));
  }

  start(): void {
    if (this.state !== 'new') return;
    this.state = 'started';
    this.since = this.parts.now();
    this.wake();
  }

  /** Rows may be waiting. */
  wake(): void {
    if (this.state !== 'started') return;
    this.stirred = true;
    if (!this.isLooking) this.looking = this.look();
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
    this.callOff();
    const callOff = this.parts.after(GRACE_MS, () => this.cut.abort());
    await Promise.all([this.looking, ...this.running.values()]);
    callOff();
  }

  /** What was read before something changed may have been delivered since: it is read again. Never rejects. */
  private async look(): Promise<void> {
    this.isLooking = true;
    while (this.stirred && this.state === 'started') {
      this.stirred = false;
      const heads = await this.heads();
      if (!this.stirred && this.state === 'started') this.begin(heads);
    }
    this.isLooking = false;
  }

  private async heads(): Promise<StoredNotification[]> {
    try {
      return await this.parts.store.heads();
    } catch (error) {
      this.parts.log('it could not be seen which notifications wait', { error: toFairleadError(error).message });
      return [];
    }
  }

  private begin(heads: readonly StoredNotification[]): void {
    const now = this.parts.now();
    const free = heads.filter(({ channel }) => !this.running.has(channel));
    const due = free.filter(({ nextAt }) => isDue(nextAt, now));
    for (const row of due.slice(0, AT_ONCE - this.running.size)) this.deliver(row);
    const waits = free.filter((row) => !due.includes(row)).map(({ nextAt }) => nextAt - now);
    this.callOff();
    this.callOff = this.parts.after(Math.min(LOOK_EVERY_MS, ...waits), () => this.wake());
  }

  private deliver(row: StoredNotification): void {
    const work = this.attempt(row).finally(() => {
      this.running.delete(row.channel);
      this.wake();
    });
    this.running.set(row.channel, work);
  }

  /** Never rejects. */
  private async attempt(row: StoredNotification): Promise<void> {
    const outcome = await this.tell(row);
    if (this.cut.signal.aborted && outcome.kind !== 'delivered') return;
    await this.record(row, outcome);
  }

  /** A notice that an older version wrote in another shape must not keep the later ones waiting. */
  private async tell({ channel, notice }: StoredNotification): Promise<Outcome> {
    const known = this.channels.get(channel);
    if (known === undefined) return refused('there is no such channel in the file of --notifications any more');
    try {
      return await known.send(notice, this.cut.signal);
    } catch {
      return refused('it could not be put into words');
    }
  }

  private async record(row: StoredNotification, outcome: Outcome): Promise<void> {
    const { now, random, log } = this.parts;
    const verdict = verdictOf(row, outcome, { now: now(), since: this.since, random: random() });
    while (!(await this.write(row.id, verdict))) {
      if (this.cut.signal.aborted) return;
      await this.pause(RECORD_AGAIN_MS);
    }
    if (verdict.state !== 'failed') return;
    const { id, event, runId } = row.notice;
    const { attempts, error } = verdict;
    log('a notification was given up', { channel: row.channel, notice: id, event, run: runId, attempts, error });
  }

  private async write(id: string, verdict: Verdict): Promise<boolean> {
    try {
      await this.parts.store.settle(id, verdict);
      return true;
    } catch (error) {
      const { message } = toFairleadError(error);
      this.parts.log('what became of a notification could not be written down', { error: message });
      return false;
    }
  }

  /** Ends early when deliveries are cut off. */
  private pause(ms: number): Promise<void> {
    const { signal } = this.cut;
    return new Promise((resolve) => {
      const end = (): void => {
        callOff();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const callOff = this.parts.after(ms, end);
      signal.addEventListener('abort', end);
    });
  }
}
