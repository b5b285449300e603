import { FairleadError, type Network, toFairleadError } from '@fairlead/domain';
import { type EnginePort, readInventory } from '@fairlead/engine';
import { Bell } from '../concurrency/bell.js';
import type { Timing } from '../concurrency/timing.js';
import { within } from '../concurrency/within.js';
import { ReadPace } from './read-pace.js';

const PING_EVERY_MS = 5_000;
const PING_LIMIT_MS = 5_000;
const FIRST_RETRY_MS = 200;
/** An engine that is back is read within 2 s; a try on a local socket costs nothing. */
const LONGEST_RETRY_MS = 2_000;

export interface FollowerParts {
  readonly engine: EnginePort;
  readonly timing: Timing;
  /** The event stream has been opened: what is read from now on belongs to a new stream of revisions. */
  readonly opened: () => void;
  readonly read: (networks: readonly Network[]) => void;
  /** The engine does not answer, or has ended the event stream. Called again at each attempt that fails. */
  readonly lost: (error: FairleadError) => void;
}

/**
 * Reads the whole inventory whenever it may have changed.
 *
 * Invariants
 * - The engine's events are drained at once into one mark, "something has changed"; nothing of them is kept, and
 *   nobody can hold them up: an engine with a stalled subscriber slows down as a whole (104 ms a call on 20.10).
 * - A read begins after the events are subscribed to; one read at a time runs; what a read brings after its event
 *   stream has ended is thrown away.
 * - A frozen engine keeps its event stream open without a word; the ping every 5 s finds it.
 */
export class EngineFollower {
  private readonly hinted: Bell;
  private readonly readDone: Bell;
  private pace: ReadPace;
  /** The event stream is open. */
  private open = false;
  /** Reads that were asked for, and how many of them a finished read has covered. */
  private asked = 0;
  private covered = 0;

  constructor(private readonly parts: FollowerParts) {
    this.hinted = new Bell(parts.timing);
    this.readDone = new Bell(parts.timing);
    this.pace = new ReadPace(parts.timing);
  }

  /** Follows the engine until `signal` aborts, and tries again whenever it is lost. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { timing, lost } = this.parts;
    const pause = new Bell(timing);
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.follow(signal, () => (failures = 0));
      } catch (error) {
        if (!signal.aborted) lost(toFairleadError(error));
      }
      const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures++, 10));
      await pause.wait(ceiling * (0.5 + timing.random() / 2), signal);
    }
  }

  /**
   * Resolves when a read that began after this call has ended; at once when the engine is not followed; in any case
   * when `signal` aborts. Those who ask at the same time share the read.
   */
  async readNow(signal: AbortSignal): Promise<void> {
    const turn = ++this.asked;
    this.hinted.ring();
    while (this.open && this.covered < turn && !signal.aborted) await this.readDone.wait(Infinity, signal);
  }

  private async follow(outer: AbortSignal, opened: () => void): Promise<void> {
    await this.ping();
    const session = new AbortController();
    const signal = AbortSignal.any([outer, session.signal]);
    const works = [this.followEvents(signal, opened), this.readWhenDue(signal), this.pingNowAndThen(signal)];
    // What fails after the first has failed was caused by its end.
    for (const work of works) work.catch(() => undefined);
    try {
      await Promise.race(works);
    } finally {
      this.open = false;
      session.abort();
      this.readDone.ring();
    }
  }

  private async followEvents(signal: AbortSignal, opened: () => void): Promise<void> {
    const handlers = {
      opened: () => {
        if (signal.aborted) return;
        opened();
        this.parts.opened();
        this.pace = new ReadPace(this.parts.timing);
        this.open = true;
        this.hinted.ring();
      },
      event: () => {
        this.pace.hint();
        this.hinted.ring();
      },
    };
    await this.parts.engine.followEvents(handlers, signal);
    if (!signal.aborted) throw new FairleadError('engine_unavailable', 'The event stream of the engine has ended');
  }

  private async readWhenDue(signal: AbortSignal): Promise<void> {
    const { engine, timing, read } = this.parts;
    for (;;) {
      await this.untilDue(signal);
      if (signal.aborted) return;
      const covers = this.asked;
      const begunAt = timing.now();
      this.pace.begin();
      const networks = await readInventory(engine);
      if (signal.aborted) return;
      read(networks);
      this.pace.end(begunAt);
      this.covered = covers;
      this.readDone.ring();
    }
  }

  private async untilDue(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ms = this.open ? this.pace.remaining() : Infinity;
      if (ms <= 0 || (this.open && this.asked > this.covered)) return;
      await this.hinted.wait(ms, signal);
    }
  }

  private async pingNowAndThen(signal: AbortSignal): Promise<void> {
    const pause = new Bell(this.parts.timing);
    while (!signal.aborted) {
      await pause.wait(PING_EVERY_MS, signal);
      if (!signal.aborted) await this.ping();
    }
  }

  private ping(): Promise<void> {
    const { engine, timing } = this.parts;
    return within(timing, PING_LIMIT_MS, 'The engine could not be reached', engine.ping());
  }
}
