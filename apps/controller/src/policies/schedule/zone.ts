import { FairleadError } from '@fairlead/domain';
import { remembered } from './remembered.js';
import { DAY, HOUR } from './schedule.js';
import { adviceOnZone, isAbbreviation } from './zone-names.js';

/** Instants from `start` to `end` (excluded) in which the wall clock is `offset` ms ahead of UTC. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** More than any two offsets of a zone have ever differed, and than any is from UTC. */
const REACH = 32 * HOUR;
/** Within so long the offset changes once at most. */
const STEP = 4 * DAY;
/** Of each zone: eleven years. */
const STEPS_KEPT = 1000;
const ZONES_KEPT = 600;

/**
 * The wall clock of an IANA zone. A wall time is written as the milliseconds since the epoch that it would be in UTC.
 *
 * Invariant: a change of the offset is seen by looking every four days, for the shortest time between two that the rules
 * know since 1970 is a week (Recife in 2000, Gaza in 2040).
 */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  readonly #step = remembered(STEPS_KEPT, (step: number) => this.#spansOf(step * STEP, (step + 1) * STEP));

  /** @throws RangeError where the zone is unknown */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /** All instants from `from` to `to` (excluded), in order. */
  spans(from: number, to: number): Span[] {
    const spans: Span[] = [];
    for (let step = Math.floor(from / STEP); step * STEP < to; step++) {
      for (const { start, end, offset } of this.#step(step)) {
        const span = { start: Math.max(start, from), end: Math.min(end, to), offset };
        const before = spans.at(-1);
        if (before?.offset === offset) spans[spans.length - 1] = { ...before, end: span.end };
        else if (span.start < span.end) spans.push(span);
      }
    }
    return spans;
  }

  /** The first wall time that no instant up to `instant` has shown or jumped over. */
  firstUnseen(instant: number): number {
    return Math.max(...this.spans(instant - REACH, instant + 1).map(({ end, offset }) => end + offset));
  }

  /** The first instant at which the clock shows this wall time or has jumped over it. */
  instantOf(wall: number): number {
    const reached = this.spans(wall - REACH, wall + REACH).filter(({ end, offset }) => end + offset > wall);
    return Math.min(...reached.map(({ start, offset }) => Math.max(start, wall - offset)));
  }

  #spansOf(start: number, end: number): Span[] {
    const offset = this.#offsetAt(start);
    const later = this.#offsetAt(end - 1);
    if (offset === later) return [{ start, end, offset }];
    const change = this.#changeBetween(start, end, offset);
    return [
      { start, end: change, offset },
      { start: change, end, offset: later },
    ];
  }

  /** The first second at which the offset is no longer this one. */
  #changeBetween(start: number, end: number, offset: number): number {
    let [before, after] = [start / 1000, end / 1000];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#offsetAt(middle * 1000) === offset) before = middle;
      else after = middle;
    }
    return after * 1000;
  }

  /** Intl writes `GMT`, `GMT+05:45`, and before 1972 even `GMT-00:44:30`. */
  #offsetAt(instant: number): number {
    const [, sign, hours, minutes, seconds = 0] =
      /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(this.#format.format(instant)) ?? [];
    if (sign === undefined) return 0;
    const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -ms : ms;
  }
}

/** @throws FairleadError `invalid_argument` for what is no zone, with what is to be written instead */
export const zoneOf = remembered(ZONES_KEPT, (name: string): Zone => {
  try {
    if (!isAbbreviation(name)) return new Zone(name);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
  }
  const what = name.trim() === '' ? 'no time zone is given' : `'${name}' is not a time zone`;
  throw new FairleadError('invalid_argument', `${what}; ${adviceOnZone(name)}`);
});

/** Which edition of the zone rules instants are worked out by: that of this Node, such as `2025c`. */
export const zoneRules = (): string => process.versions['tz'] ?? 'unknown';
