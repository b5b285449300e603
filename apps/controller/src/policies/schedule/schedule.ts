/**
 * When a policy runs, as it says so. Instants are milliseconds since the epoch; no function here looks at a clock.
 *
 * What holds when the clocks of the zone are changed (all of it is in docs/guides/schedules.md too):
 * - A wall time that does not exist runs once, at the first instant after the gap; several within one gap run once.
 * - A wall time that comes twice runs once, when it comes first.
 * - A pattern for every hour (`*`, `0-23`) goes by elapsed time instead: in an hour that comes twice it runs in both, in
 *   an hour that does not exist not at all.
 * - `every N` counts elapsed time from its anchor, which is no instant itself, and knows no wall clock.
 */
export interface Schedule {
  /**
   * A cron pattern of five fields (minute hour day month weekday) as croner reads them: names, lists, ranges, steps, `L`
   * for the last, `W` for the nearest working day, `FRI#2`; where day and weekday are both given either is enough. Or
   * `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`, or an interval such as `every 6h`.
   */
  readonly when: string;
  /** IANA zone, such as Europe/Berlin. */
  readonly zone: string;
  /** How long after its instant a run may start at most by chance, in ms; null: a tenth of the period, 5 min at most. */
  readonly jitterMs: number | null;
  /** When runs may act; null: always. */
  readonly window: ScheduleWindow | null;
}

/** Local times of the zone, `HH:MM`; where `to` is not later than `from` it passes midnight. `to` may be 24:00. */
export interface ScheduleWindow {
  readonly from: string;
  readonly to: string;
  /** The days on which it opens, 0 (Sunday) to 6; empty: all. */
  readonly days: readonly number[];
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** As far as instants are looked for: 29 February of 2096 is followed by that of 2104. */
export const HORIZON_YEARS = 8;

/** 0 (Sunday) to 6 of the nth day since the epoch, which was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
