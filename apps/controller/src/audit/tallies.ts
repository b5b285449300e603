import { type Refusal } from './refusals.js';

const MINUTE_MS = 60_000;

interface Tally {
  readonly latest: Refusal;
  /** When its minute began, in milliseconds since the epoch. */
  readonly since: number;
  /** Rows in this minute. */
  readonly rows: number;
  /** Refusals in this minute that got no row of their own. */
  readonly count: number;
}

/**
 * Counts refusals by key: the first ones of a minute get rows of their own, the others one row at its end.
 *
 * Invariant: holds at most `most` keys, each for the minute after its last refusal.
 */
export class Tallies {
  private readonly byKey = new Map<string, Tally>();

  /** @param rowsEach rows of one key in a minute */
  constructor(
    private readonly most: number,
    private readonly rowsEach: number,
  ) {}

  /** `row`: it gets one. `counted`: it is in the row at the end of the minute. `full`: there is no place for its key. */
  take(key: string, latest: Refusal, now: number): 'row' | 'counted' | 'full' {
    const tally = this.byKey.get(key);
    if (tally === undefined && this.byKey.size >= this.most) return 'full';
    const { since, rows, count } = tally ?? { since: now, rows: 0, count: 0 };
    const own = rows < this.rowsEach;
    this.byKey.set(key, { latest, since, rows: own ? rows + 1 : rows, count: own ? count : count + 1 });
    return own ? 'row' : 'counted';
  }

  /** Ends the minutes that are over: @returns the last refusal of each key that was counted, and how many they were. */
  end(now: number, anyway: boolean): { readonly latest: Refusal; readonly count: number }[] {
    return [...this.byKey].flatMap(([key, { latest, since, count }]) => {
      if (!anyway && !isOver(since, now)) return [];
      if (count === 0) {
        this.byKey.delete(key);
        return [];
      }
      // The row of the count is the first one of the next minute.
      this.byKey.set(key, { latest, since: now, rows: 1, count: 0 });
      return [{ latest, count }];
    });
  }
}

/** A clock that was put back must not make a minute longer. */
export const isOver = (since: number, now: number): boolean => now - since >= MINUTE_MS || now < since;
