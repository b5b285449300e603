import { FairleadError } from '@fairlead/domain';
import { DAY, MINUTE, type Schedule, type ScheduleWindow, weekdayOf } from './schedule.js';
import { type Zone, zoneOf } from './zone.js';

export interface WindowState {
  readonly open: boolean;
  /** When it closes, or opens, in ms since the epoch; Infinity where it never does. */
  readonly until: number;
}

/** From when to when the window is open. */
interface Opening {
  readonly opens: number;
  readonly closes: number;
}

const MINUTES_A_DAY = DAY / MINUTE;
/** Days around an instant on which a window may open that matters for it: the next one, though a zone skips a day. */
const DAYS_BEFORE = 2;
const DAYS_AFTER = 15;

/**
 * Whether the window is open at this instant, and until when. It opens and closes when the clock of the zone first shows
 * the time or jumps over it: one whose times are all jumped over does not open that day, and one that has closed does not
 * open again because the clock is put back.
 * @throws FairleadError `invalid_argument` for what `checkSchedule` refuses
 */
export function windowAt({ window, zone }: Schedule, instant: number): WindowState {
  if (window === null || isAlways(window)) return { open: true, until: Infinity };
  const later = openingsAround(window, zoneOf(zone), instant).filter(({ closes }) => closes > instant);
  const [next] = later;
  if (next === undefined) return { open: false, until: Infinity };
  if (next.opens > instant) return { open: false, until: next.opens };
  return { open: true, until: later.reduce((end, { opens, closes }) => (opens <= end ? closes : end), next.closes) };
}

const isAlways = ({ from, to, days }: ScheduleWindow): boolean =>
  from === '00:00' && to === '24:00' && (days.length === 0 || new Set(days).size === 7);

/** In order, those of no length left out. */
function openingsAround({ from, to, days }: ScheduleWindow, zone: Zone, instant: number): Opening[] {
  const [start, end] = [minuteOf(from), minuteOf(to)];
  const length = end > start ? end - start : end + MINUTES_A_DAY - start;
  const today = Math.floor(instant / DAY);
  return Array.from({ length: DAYS_BEFORE + DAYS_AFTER + 1 }, (_, index) => today - DAYS_BEFORE + index)
    .filter((day) => days.length === 0 || days.includes(weekdayOf(day)))
    .map((day) => day * DAY + start * MINUTE)
    .map((wall) => ({ opens: zone.instantOf(wall), closes: zone.instantOf(wall + length * MINUTE) }))
    .filter(({ opens, closes }) => opens < closes);
}

/** Minutes since midnight. @throws FairleadError `invalid_argument` */
export function minuteOf(time: string): number {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(time) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  if (minutes <= MINUTES_A_DAY && Number(minute) < 60) return minutes;
  throw new FairleadError('invalid_argument', `'${time}' is not a time of day; write hours and minutes, such as 02:00`);
}
