import { Cron, CronPattern } from 'croner';
import { remembered } from './remembered.js';
import { DAY, HORIZON_YEARS, MINUTE } from './schedule.js';

/** Wall times, one a minute at most. Croner reads the pattern and says which days fit; both know no zone here. */
export interface Calendar {
  /** Rising, never empty. */
  readonly minutes: readonly number[];
  /** Rising, never empty. */
  readonly hours: readonly number[];
  /** The days of a month, counted since January 1970, as bits: the lowest is the first. */
  readonly daysOf: (month: number) => number;
}

const MINUTES_A_DAY = DAY / MINUTE;
/** Croner's patterns are large: 10,000 years each. */
const DAYS_KEPT = 200;
const MONTHS_KEPT = 12 * 30;

/** @param fields five, each of which croner reads @throws what croner throws */
export function calendarOf(fields: readonly string[]): Calendar {
  const { minute, hour } = new CronPattern(fields.join(' '), undefined, { mode: '5-part' });
  return { minutes: indexesOf(minute), hours: indexesOf(hour), daysOf: fittingDays(fields.slice(2).join(' ')) };
}

const indexesOf = (flags: readonly number[]): number[] => [...flags.keys()].filter((index) => flags[index] === 1);

/** Key: the fields day, month and weekday. */
const fittingDays = remembered(DAYS_KEPT, (fields: string) => {
  const cron = new Cron(`* * ${fields}`, { mode: '5-part', utcOffset: 0 });
  const { month: months } = new CronPattern(`* * ${fields}`, undefined, { mode: '5-part' });
  return remembered(MONTHS_KEPT, (month: number) => (months[monthOfYear(month)] === 1 ? daysOfMonth(cron, month) : 0));
});

const monthOfYear = (month: number): number => ((month % 12) + 12) % 12;

function daysOfMonth(cron: Cron, month: number): number {
  const start = Date.UTC(1970, month);
  const end = Date.UTC(1970, month + 1);
  let days = 0;
  for (let at = start, bit = 1; at < end; at += DAY, bit <<= 1) if (cron.match(new Date(at))) days |= bit;
  return days;
}

/** The first wall time from this one on; undefined where there is none within the horizon. */
export function nextWall(calendar: Calendar, from: number): number | undefined {
  const minute = Math.ceil(from / MINUTE);
  const today = Math.floor(minute / MINUTES_A_DAY);
  const day = nextDay(calendar, today);
  if (day === undefined) return undefined;
  const time = day > today ? nextTime(calendar, 0) : nextTime(calendar, minute - today * MINUTES_A_DAY);
  return time === undefined ? nextWall(calendar, (today + 1) * DAY) : day * DAY + time * MINUTE;
}

/** The first day since the epoch that fits, from this one on. */
export function nextDay({ daysOf }: Calendar, from: number): number | undefined {
  const date = new Date(from * DAY);
  const first = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  let days = daysOf(first) & (-1 << (date.getUTCDate() - 1));
  for (let month = first; month <= first + HORIZON_YEARS * 12; days = daysOf(++month)) {
    if (days !== 0) return Date.UTC(1970, month, 32 - Math.clz32(days & -days)) / DAY;
  }
  return undefined;
}

/** The first minute of the day that fits, from this one on. */
function nextTime({ hours, minutes }: Calendar, from: number): number | undefined {
  const hour = Math.floor(from / 60);
  const minute = hours.includes(hour) ? minutes.find((one) => one >= from % 60) : undefined;
  if (minute !== undefined) return hour * 60 + minute;
  const later = hours.find((one) => one > hour);
  return later === undefined ? undefined : later * 60 + (minutes[0] ?? 0);
}
