import type { Timing } from '../concurrency/timing.js';

/** A change seldom comes alone: `docker network connect` is two or three events within a few milliseconds. */
export const DEBOUNCE_MS = 15;
const MIN_GAP_MS = 50;
/** So that reading takes at most a sixth of the time where it lasts for long. */
const GAP_FACTOR = 5;
/** Of a read that seems to have lasted for a minute most was something else: a machine or a process that stood still. */
const MAX_GAP_MS = 10_000;
/** A list of 100 networks takes an engine 1 to 2 ms, one of 1,000 some 10 ms (20.10 to 28.5). */
const RELIST_MS = 22_000;

/**
 * When to read again: 15 ms after the first hint of a change, no sooner than 5 times the last read's duration
 * (50 ms to 10 s) after the last read; and every 22 s ± 20 % without any hint, because events get lost without a word and
 * connecting a stopped container makes none (seen on Docker 20.10 to 28.5): within half a minute that shows all the same.
 */
export class ReadPace {
  private earliest = 0;
  private relistAt = 0;
  private dueAt = Infinity;

  constructor(private readonly timing: Pick<Timing, 'now' | 'random'>) {}

  /** Something may have changed. */
  hint(): void {
    if (this.dueAt === Infinity) this.dueAt = Math.max(this.timing.now() + DEBOUNCE_MS, this.earliest);
  }

  /** A read begins: what is hinted at from now on is not in it. */
  begin(): void {
    this.dueAt = Infinity;
  }

  /** A read has ended that began at `begunAt`. */
  end(begunAt: number): void {
    const now = this.timing.now();
    this.earliest = now + Math.min(MAX_GAP_MS, Math.max(MIN_GAP_MS, GAP_FACTOR * (now - begunAt)));
    this.relistAt = now + RELIST_MS * (0.8 + 0.4 * this.timing.random());
    if (this.dueAt !== Infinity) this.dueAt = this.earliest;
  }

  /** Milliseconds until the next read; 0 or less when it is due. */
  remaining(): number {
    return Math.min(this.dueAt, this.relistAt) - this.timing.now();
  }
}
