import { describe, expect, it } from '@jest/globals';
import { seeded } from '../../testing/seeded.js';
import { nextInstants } from './instants.js';
import { isoOf, scheduleOf } from './testing.js';

/**
 * Seventeen years of instants, worked out a second time in the plainest way: the wall clock of every minute is read from
 * Intl, and it is noted when each wall time is shown. This shares nothing with what it judges.
 */
const MINUTE = 60_000;
const MINUTES_A_DAY = 1440;
/** Minutes whose clock is read together where it shows as many at their end. */
const AT_ONCE = 180;
const START = Date.parse('2011-01-01T00:00Z');
const END = Date.parse('2028-01-01T00:00Z');

/** Of a zone; minutes are counted from START, wall times are minutes since the epoch. */
interface Clock {
  readonly first: number;
  /** For each wall time from `first` on: the minute in which it was shown first, or had been jumped over. */
  readonly reached: Int32Array;
  /** Wall times that were jumped over. */
  readonly skipped: ReadonlySet<number>;
  /** Wall times that came again, and in which minute. */
  readonly again: ReadonlyMap<number, number>;
  /** The minutes at which the clock was changed. */
  readonly changes: readonly number[];
}

function readClock(zone: string): Clock {
  const walls = readWalls(zone);
  const first = walls[0] ?? 0;
  const [skipped, again, changes] = [new Set<number>(), new Map<number, number>(), new Array<number>()];
  const reached = new Int32Array(walls.length + 2 * MINUTES_A_DAY);
  let latest = first - 1;
  for (let i = 0; i < walls.length; i++) {
    const wall = walls[i] ?? 0;
    if (i > 0 && wall !== (walls[i - 1] ?? 0) + 1) changes.push(i);
    if (wall <= latest) again.set(wall, i);
    for (let passed = latest + 1; passed < wall; passed++) skipped.add(passed);
    for (let passed = latest + 1; passed <= wall; passed++) reached[passed - first] = i;
    if (wall > latest) latest = wall;
  }
  return { first, reached: reached.subarray(0, latest - first + 1), skipped, again, changes };
}

/** Three hours in which the clock is changed are read minute by minute. */
function readWalls(zone: string): Int32Array {
  const walls = new Int32Array((END - START) / MINUTE);
  const read = wallReader(zone);
  let first = read(START);
  for (let from = 0; from < walls.length; from += AT_ONCE) {
    const next = read(START + (from + AT_ONCE) * MINUTE);
    const plain = next - first === AT_ONCE;
    for (let i = from; i < from + AT_ONCE; i++) walls[i] = plain ? first + i - from : read(START + i * MINUTE);
    first = next;
  }
  return walls;
}

function wallReader(zone: string): (instant: number) => number {
  const two = '2-digit';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
  });
  return (instant) => {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = format.format(instant).split(/\D+/).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute) / MINUTE;
  };
}

/** Which of the numbers from `min` to `max` a field names. */
function numbersOf(field: string, min: number, max: number): Set<number> {
  const numbers = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [low = 0, high = low] = range === '*' ? [min, max] : range.split('-').map(Number);
    for (let number = low; number <= high; number += Number(step)) numbers.add(number);
  }
  return numbers;
}

/** The days since the epoch and the minutes of a day that a pattern names. */
function namesOf(pattern: string): { days: (day: number) => boolean; times: number[]; everyHour: boolean } {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = pattern.split(' ');
  const [minutes, hours, months] = [numbersOf(minute, 0, 59), numbersOf(hour, 0, 23), numbersOf(month, 1, 12)];
  const [days, weekdays] = [numbersOf(day === 'L' ? '99' : day, 1, 31), numbersOf(weekday, 0, 6)];
  const fits = (date: Date): boolean => {
    const tomorrow = new Date(date.getTime() + MINUTES_A_DAY * MINUTE);
    const byDay = day === 'L' ? tomorrow.getUTCDate() === 1 : days.has(date.getUTCDate());
    const byWeekday = weekdays.has(date.getUTCDay());
    const either = day === '*' || weekday === '*' ? byDay && byWeekday : byDay || byWeekday;
    return either && months.has(date.getUTCMonth() + 1);
  };
  const everyMinute = Array.from({ length: MINUTES_A_DAY }, (_, time) => time);
  return {
    days: (number) => fits(new Date(number * MINUTES_A_DAY * MINUTE)),
    times: everyMinute.filter((time) => hours.has(Math.floor(time / 60)) && minutes.has(time % 60)),
    everyHour: hours.size === 24,
  };
}

/** All instants at which the pattern runs, in order. */
function allInstants({ first, reached, skipped, again }: Clock, pattern: string): number[] {
  const { days, times, everyHour } = namesOf(pattern);
  const minutes: number[] = [];
  for (let day = Math.floor(first / MINUTES_A_DAY); day * MINUTES_A_DAY < first + reached.length; day++) {
    for (const time of days(day) ? times : []) {
      const wall = day * MINUTES_A_DAY + time;
      const [shown, later] = [reached[wall - first], again.get(wall)];
      if (shown !== undefined && !(everyHour && skipped.has(wall))) minutes.push(shown);
      if (later !== undefined && everyHour) minutes.push(later);
    }
  }
  minutes.sort((a, b) => a - b);
  return minutes.filter((minute, i) => minute !== minutes[i - 1]).map((minute) => START + minute * MINUTE);
}

const FIXED_PATTERNS = [
  '0 2 * * *',
  '30 2 * * *',
  '*/20 1-3 * * *',
  '15 0,1,2,3,23 * * *',
  '30 * * * *',
  '*/20 * * * *',
];
const MORE_PATTERNS = ['0 0 L * *', '45 23 31 * *', '5 2 29 2 *', '*/7 */5 1,15 * 1'];

/** As seldom or often, plain or odd, as people write them. */
function randomPattern(random: () => number): string {
  const below = (most: number): number => Math.floor(random() * most);
  const oneOf = (choices: readonly string[]): string => choices[below(choices.length)] ?? '*';
  const from = below(4);
  return [
    oneOf([`${below(60)}`, `${below(30)},${30 + below(30)}`, `*/${5 + below(25)}`]),
    oneOf(['*', `${from}`, `${from},${from + 1}`, `${from}-${from + 3}`, `*/${2 + below(10)}`, `${below(24)}`]),
    oneOf(['*', '*', '*', `${1 + below(31)}`, '1-7', 'L', '*/2', '28-31']),
    oneOf(['*', '*', '*', '3,4', '10-12', `${1 + below(12)}`]),
    oneOf(['*', '*', '*', `${below(7)}`, '1-5', '0,6']),
  ].join(' ');
}

/** With how often their clocks were changed, by the rules of today. */
const ZONES = [
  ['America/New_York', 34],
  ['Australia/Lord_Howe', 34],
  ['Pacific/Apia', 22],
  ['Africa/Casablanca', 47],
  ['Europe/Berlin', 34],
  ['Asia/Kathmandu', 0],
  ['UTC', 0],
] as const;
const RANDOM_PATTERNS = 5;
/** Patterns with more instants are compared around each change of the clock and at random places. */
const ALL_UP_TO = 1500;
const AROUND = [-1440, -61, -31, -1, 0, 30];
const PLACES = 40;
const INSTANTS_A_PLACE = 12;

/** Where to compare, each with how many instants to look at. */
function placesOf({ changes }: Clock, instants: readonly number[], random: () => number): [number, number][] {
  if (instants.length <= ALL_UP_TO) return [[START - 1, instants.length]];
  const around = changes.flatMap((minute) => AROUND.map((shift) => minute + shift));
  const anywhere = Array.from({ length: PLACES }, () => Math.floor((random() * (END - START)) / MINUTE));
  return [...around, ...anywhere].map((minute) => [START + minute * MINUTE, INSTANTS_A_PLACE]);
}

/** The first `count` after an instant, of a rising list. */
function after(instants: readonly number[], instant: number, count: number): number[] {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instants[middle] ?? 0) > instant) high = middle;
    else low = middle + 1;
  }
  return instants.slice(low, low + count);
}

/** Of each place where they differ: from where, what was found, and what there is. */
function differences(clock: Clock, zone: string, pattern: string, random: () => number): string[] {
  const instants = allInstants(clock, pattern);
  return placesOf(clock, instants, random).flatMap(([place, most]) => {
    const expected = after(instants, place, most);
    const found = nextInstants(scheduleOf(pattern, zone), place, 0, expected.length);
    const at = expected.findIndex((instant, index) => instant !== found[index]);
    if (at < 0) return [];
    return [`${pattern} after ${isoOf(place)}: ${isoOf(found[at] ?? 0)}, not ${isoOf(expected[at] ?? 0)}`];
  });
}

describe('the instants of seventeen years are those that reading the clock of every minute finds', () => {
  it.each(ZONES)('%s, changed %d times', (zone, changes) => {
    const clock = readClock(zone);
    expect(clock.changes).toHaveLength(changes);
    const random = seeded(changes + zone.length);
    const patterns = Array.from({ length: RANDOM_PATTERNS }, () => randomPattern(random));
    const all = [...FIXED_PATTERNS, ...MORE_PATTERNS, ...patterns];
    expect(all.flatMap((pattern) => differences(clock, zone, pattern, random))).toEqual([]);
  });
});
