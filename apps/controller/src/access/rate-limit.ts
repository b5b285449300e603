import { TooMany } from './attempts.js';

export interface Rate {
  readonly perSecond: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

/**
 * More than any program needs that waits for its answers (one request at a time comes to about 150/s on the same
 * machine), and little enough that one of them does not take the controller for itself.
 */
export const REQUEST_RATE: Rate = { perSecond: 200, burst: 600 };
/** For what nobody has signed in for: 1/s is plenty for a person. */
export const LOGIN_RATE: Rate = { perSecond: 1, burst: 20 };

const MOST_KEYS = 10_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A bucket for each key, which fills at `perSecond` up to `burst`. Invariant: at most MOST_KEYS of them. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds of a clock that does not jump */
  constructor(
    private readonly rate: Rate,
    private readonly now: () => number,
  ) {}

  /** @throws FairleadError `overloaded` */
  take(key: string): void {
    const at = this.now();
    const { perSecond, burst } = this.rate;
    const bucket = this.buckets.get(key) ?? { tokens: burst, filledAt: at };
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = at;
    if (!this.buckets.has(key)) this.admit(key, bucket);
    if (bucket.tokens < 1) throw new TooMany('requests', (1 - bucket.tokens) / perSecond);
    bucket.tokens -= 1;
  }

  private admit(key: string, bucket: Bucket): void {
    this.buckets.set(key, bucket);
    if (this.buckets.size <= MOST_KEYS) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
