import { cadenceOf } from './cadence.js';
import { type Calendar, nextWall } from './calendar.js';
import { DAY, HORIZON_YEARS, type Schedule } from './schedule.js';
import { type Zone, zoneOf } from './zone.js';

/** Instants of a span; `count` is exact unless there are `more`, `last` always. */
export interface InstantRange {
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly more: boolean;
}

/** As far as instants are counted: a month of every five minutes. */
export const COUNT_LIMIT = 10_000;
const HORIZON = HORIZON_YEARS * 366 * DAY;
/** Longer than any change of the clocks. */
const LOOK = 2 * DAY;

/**
 * The first instant strictly after `after`; undefined where there is none within 8 years.
 * @param anchor where `every N` counts from; its first instant is a whole interval later
 * @throws FairleadError `invalid_argument` for what `checkSchedule` refuses
 */
export function nextInstant({ when, zone }: Schedule, after: number, anchor: number): number | undefined {
  const cadence = cadenceOf(when);
  switch (cadence.kind) {
    case 'every':
      return anchor + Math.max(1, Math.floor((after - anchor) / cadence.ms) + 1) * cadence.ms;
    case 'fixed':
      return nextFixed(cadence.calendar, zoneOf(zone), after);
    case 'elapsed':
      return nextElapsed(cadence.calendar, zoneOf(zone), after);
  }
}

/** What the clock has shown or jumped over has run: times in a gap run at its end together, those that come again not. */
function nextFixed(calendar: Calendar, zone: Zone, after: number): number | undefined {
  const wall = nextWall(calendar, zone.firstUnseen(after));
  return wall === undefined ? undefined : zone.instantOf(wall);
}

/** Each instant at which the clock shows a fitting time. */
function nextElapsed(calendar: Calendar, zone: Zone, after: number): number | undefined {
  for (let from = after + 1; from - after <= HORIZON;) {
    for (const { start, end, offset } of zone.spans(from, from + LOOK)) {
      const wall = nextWall(calendar, start + offset);
      if (wall !== undefined && wall - offset < end) return wall - offset;
    }
    // Once two days have passed, no clock of any zone shows a time before `from`: what fits is no earlier than `wall`.
    const wall = nextWall(calendar, from);
    if (wall === undefined) return undefined;
    from = Math.max(from + LOOK, wall - LOOK);
  }
  return undefined;
}

/** The first `count` instants after `after`, fewer where there are not so many. */
export function nextInstants(schedule: Schedule, after: number, anchor: number, count: number): number[] {
  const instants: number[] = [];
  for (let last = after; instants.length < count;) {
    const next = nextInstant(schedule, last, anchor);
    if (next === undefined) break;
    instants.push((last = next));
  }
  return instants;
}

/** The instants after `after`, `until` included; undefined where there are none. Counts to COUNT_LIMIT at most. */
export function instantsBetween(
  schedule: Schedule,
  after: number,
  until: number,
  anchor: number,
): InstantRange | undefined {
  const within = (from: number): number | undefined => {
    const next = nextInstant(schedule, from, anchor);
    return next === undefined || next > until ? undefined : next;
  };
  const first = within(after);
  if (first === undefined) return undefined;
  let [count, last, next] = [1, first, within(first)];
  for (; next !== undefined && count < COUNT_LIMIT; next = within(next)) [count, last] = [count + 1, next];
  return { count, first, last: next === undefined ? last : lastWithin(within, next, until), more: next !== undefined };
}

/** The last instant up to `until`, by halving. @param found one of them @param within the next of them after an instant */
function lastWithin(within: (from: number) => number | undefined, found: number, until: number): number {
  let [last, none] = [found, until];
  while (none - last > 1) {
    const middle = last + Math.floor((none - last) / 2);
    const later = within(middle);
    if (later === undefined) none = middle;
    else last = later;
  }
  return last;
}
