import { FairleadError, formatDuration } from '@fairlead/domain';
import { cadenceOf, SHORTEST } from './cadence.js';
import { type Calendar } from './calendar.js';
import { DAY, MINUTE, type Schedule, type ScheduleWindow } from './schedule.js';
import { minuteOf } from './window.js';
import { zoneOf } from './zone.js';

/** What is wrong, and where: a JSON pointer into the schedule. */
export interface ScheduleFault {
  readonly path: string;
  readonly message: string;
}

const MOST_JITTER = DAY;
const HINT =
  'A schedule is five fields (minute hour day month weekday), such as 0 2 * * *, or an interval, such as every 6h, ' +
  'in the time zone of a place, such as Europe/Berlin.';

/**
 * @throws FairleadError `invalid_argument` with all faults: an unknown zone, a pattern that cannot be read or never comes,
 *   runs less than five minutes apart, a jitter that is no time, a window of no length
 */
export function checkSchedule(schedule: Schedule): void {
  const faults = scheduleFaults(schedule);
  if (faults.length === 0) return;
  const list = faults.map(({ path, message }) => `${path.slice(1).replaceAll('/', '.')}: ${message}`).join('; ');
  throw new FairleadError('invalid_argument', `The schedule is not valid: ${list}`, { faults, hint: HINT });
}

/** Empty where there are none. */
export const scheduleFaults = ({ when, zone, jitterMs, window }: Schedule): ScheduleFault[] => [
  ...faultOf('/when', () => checkPace(when)),
  ...faultOf('/zone', () => zoneOf(zone)),
  ...faultsOfJitter(jitterMs),
  ...(window === null ? [] : faultsOfWindow(window)),
];

/**
 * A pattern may ask for no more than `every` may: a run looks at every host that its policy is for, and the next instant is
 * skipped while it is under way. What is stored goes on as it did, so that it is refused here and not where it is read.
 */
function checkPace(when: string): void {
  const cadence = cadenceOf(when);
  if (cadence.kind === 'every') return;
  const shortest = shortestPause(cadence.calendar) * MINUTE;
  if (shortest >= SHORTEST) return;
  const message = `'${when.trim()}' comes ${formatDuration(shortest)} after it came; runs are ${formatDuration(SHORTEST)} apart at least`;
  throw new FairleadError('invalid_argument', message);
}

/** Least minutes from one time of the pattern to the next; midnight counts as if every day were one of its days. */
function shortestPause({ minutes, hours }: Calendar): number {
  const first = minutes[0] ?? 0;
  const pauses = minutes.map((minute, index) => (minutes[index + 1] ?? Infinity) - minute);
  const meet = hours.some((hour) => hours.includes((hour + 1) % 24));
  return Math.min(...pauses, meet ? first + 60 - (minutes.at(-1) ?? first) : Infinity);
}

function faultOf(path: string, read: () => unknown): ScheduleFault[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof FairleadError) return [{ path, message: error.message }];
    throw error;
  }
}

function faultsOfJitter(ms: number | null): ScheduleFault[] {
  if (ms === null || (Number.isInteger(ms) && ms >= 0 && ms <= MOST_JITTER)) return [];
  return [
    { path: '/jitterMs', message: `${ms} is not a whole number of milliseconds from 0 to ${MOST_JITTER} (a day)` },
  ];
}

function faultsOfWindow({ from, to, days }: ScheduleWindow): ScheduleFault[] {
  const times = [...faultOf('/window/from', () => minuteOf(from)), ...faultOf('/window/to', () => minuteOf(to))];
  const strange = days.filter((day) => !Number.isInteger(day) || day < 0 || day > 6);
  return [
    ...(times.length > 0 ? times : faultsOfLength(from, to)),
    ...strange.map((day) => ({ path: '/window/days', message: `${day} is not a day; they go from 0 (Sunday) to 6` })),
  ];
}

function faultsOfLength(from: string, to: string): ScheduleFault[] {
  if (from === '24:00') return [{ path: '/window/from', message: 'a day begins at 00:00' }];
  if (from !== to) return [];
  const message = `a window from ${from} to ${to} has no length; write 00:00 to 24:00 for a whole day`;
  return [{ path: '/window/to', message }];
}
