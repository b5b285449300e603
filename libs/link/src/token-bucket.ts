import type { Rate } from './limits.js';

/**
 * Allows `burst` at once and `perSecond` for ever.
 *
 * Invariants: never holds more than `burst`; may be overdrawn by `charge`, and then refuses until it is refilled.
 */
export class TokenBucket {
  private level: number;
  private filledAt: number;

  /** @param now milliseconds, by a clock that only grows */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.level = burst;
    this.filledAt = now;
  }

  /** Takes one where there is one. */
  take(now: number): boolean {
    this.fill(now);
    if (this.level < 1) return false;
    this.level -= 1;
    return true;
  }

  /** Takes `amount` whether it is there or not. Returns whether it was. */
  charge(amount: number, now: number): boolean {
    this.fill(now);
    this.level -= amount;
    return this.level >= 0;
  }

  holds(amount: number, now: number): boolean {
    this.fill(now);
    return this.level >= amount;
  }

  /** Milliseconds until one is there; 0 where one is. */
  waitMs(now: number): number {
    this.fill(now);
    return this.level >= 1 ? 0 : Math.ceil(((1 - this.level) / this.perSecond) * 1000);
  }

  /** Whether it has not been used for so long that a new one would be the same. */
  isFull(now: number): boolean {
    return this.holds(this.burst, now);
  }

  private fill(now: number): void {
    if (now <= this.filledAt) return;
    this.level = Math.min(this.burst, this.level + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
  }
}

/** One bucket for each key; those that are full again are forgotten. */
export class TokenBuckets {
  private readonly buckets = new Map<string, TokenBucket>();
  private sweepAt = 1_000;

  /** @param rateOf of a key, asked when its bucket is made */
  constructor(private readonly rateOf: (key: string) => Rate) {}

  take(key: string, now: number): boolean {
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      if (this.buckets.size >= this.sweepAt) this.sweep(now);
      const { perSecond, burst } = this.rateOf(key);
      bucket = new TokenBucket(perSecond, burst, now);
      this.buckets.set(key, bucket);
    }
    return bucket.take(now);
  }

  get size(): number {
    return this.buckets.size;
  }

  private sweep(now: number): void {
    for (const [key, bucket] of this.buckets) if (bucket.isFull(now)) this.buckets.delete(key);
    this.sweepAt = Math.max(1_000, this.buckets.size * 2);
  }
}
