import { type Outcome } from './outcome.js';

/** A notice on its way to one channel. Instants are milliseconds since the epoch. */
export interface Waiting {
  /** Attempts until now. */
  readonly attempts: number;
  readonly createdAt: number;
}

/** What a row says after an attempt. */
export interface Verdict {
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly nextAt: number;
  readonly endedAt: number | null;
  readonly error: string | null;
}

export interface Moment {
  readonly now: number;
  /** When this controller began to deliver: what waited while none ran is tried for as long as what is new. */
  readonly since: number;
  /** 0 (included) to 1 (excluded). */
  readonly random: number;
}

const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** What could not be delivered for so long is given up. */
export const GIVEN_UP_AFTER_MS = 24 * 3_600_000;

/**
 * Exponential backoff with full jitter, so that many controllers do not come back to a receiver at the same instant:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
const pauseAfter = (attempts: number, random: number): number =>
  Math.ceil(random * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1)));

/** A last attempt is made when the time is up, whatever pause the receiver asks for. */
export function verdictOf(row: Waiting, outcome: Outcome, { now, since, random }: Moment): Verdict {
  const attempts = row.attempts + 1;
  const ended = { attempts, nextAt: now, endedAt: now };
  if (outcome.kind === 'delivered') return { ...ended, state: 'delivered', error: outcome.remark };
  const { error } = outcome;
  const end = Math.max(row.createdAt, since) + GIVEN_UP_AFTER_MS;
  if (outcome.kind === 'refused' || now >= end) return { ...ended, state: 'failed', error };
  const pause = Math.max(pauseAfter(attempts, random), outcome.retryAfterMs);
  return { attempts, state: 'waiting', nextAt: Math.min(now + pause, end), endedAt: null, error };
}

/** One that waits for longer than anything can was put off by a clock that has been put back since. */
export const isDue = (nextAt: number, now: number): boolean => nextAt <= now || nextAt > now + GIVEN_UP_AFTER_MS;
