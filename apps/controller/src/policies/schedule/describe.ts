import { cadenceOf } from './cadence.js';
import { type Schedule, type ScheduleWindow } from './schedule.js';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const SHORT_WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** `at 02:00 every day, Europe/Berlin`; the pattern itself where no few words say it. With the window, if there is one. */
export function describeSchedule({ when, zone, window }: Schedule): string {
  const cadence = cadenceOf(when);
  const words = cadence.kind === 'every' ? when.trim() : `${wordsOf(cadence.fields)}, ${zone}`;
  return window === null ? words : `${words}; acts only ${wordsOfWindow(window, cadence.kind === 'every' ? zone : '')}`;
}

function wordsOf(fields: readonly string[]): string {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const pattern = `cron ${fields.join(' ')}`;
  const days = month === '*' ? wordsOfDays(day, weekday) : undefined;
  if (days === undefined || !/^\d+$/.test(minute)) return pattern;
  if (hour === '*' && days === EVERY_DAY) return `every hour at minute ${Number(minute)}`;
  return /^\d+$/.test(hour) ? `at ${two(hour)}:${two(minute)} ${days}` : pattern;
}

const EVERY_DAY = 'every day';
const two = (number: string): string => number.padStart(2, '0').slice(-2);

function wordsOfDays(day: string, weekday: string): string | undefined {
  if (weekday === '*') return wordsOfMonthDay(day);
  const days = weekday.split(',').map((range) => range.split('-').map(weekdayName));
  if (day !== '*' || days.flat().includes(undefined)) return undefined;
  return `every ${days.map((range) => range.join(' to ')).join(', ')}`;
}

function wordsOfMonthDay(day: string): string | undefined {
  if (day === '*') return EVERY_DAY;
  if (day.toUpperCase() === 'L') return 'on the last day of the month';
  return /^\d+$/.test(day) ? `on day ${Number(day)} of the month` : undefined;
}

/** Of `1` or `MON`. */
const weekdayName = (text: string): string | undefined =>
  WEEKDAYS[(/^\d$/.test(text) ? Number(text) : SHORT_WEEKDAYS.indexOf(text.toUpperCase())) % 7];

function wordsOfWindow({ from, to, days }: ScheduleWindow, zone: string): string {
  const on = days.length === 0 ? '' : ` on ${days.map((day) => WEEKDAYS[day]).join(', ')}`;
  return `from ${from} to ${to}${on}${zone && `, ${zone}`}`;
}
