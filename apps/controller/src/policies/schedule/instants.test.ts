import { describe, expect, it } from '@jest/globals';
import { COUNT_LIMIT, instantsBetween, nextInstant, nextInstants } from './instants.js';
import { isoOf, scheduleOf } from './testing.js';

const ANCHOR = Date.parse('2026-01-01T00:10Z');

/** The first instants after one, as many as are expected. */
const expectInstants = (zone: string, when: string, after: string, expected: readonly string[]): void =>
  expect(nextInstants(scheduleOf(when, zone), Date.parse(after), ANCHOR, expected.length).map(isoOf)).toEqual(expected);

describe('a time that does not exist runs once, at the first instant after the gap', () => {
  it.each([
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    ['America/New_York', '0,30 2 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:00Z']],
    ['America/New_York', '0 2,3 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:00Z']],
    ['America/New_York', '* 2 8 3 *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2027-03-08T07:00Z']],
    ['Europe/Berlin', '0 2 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:00Z']],
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T12:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
    ['Africa/Casablanca', '30 2 * * *', '2026-03-21T12:00Z', ['2026-03-22T02:00Z', '2026-03-23T01:30Z']],
    ['America/Sao_Paulo', '0 0 * * *', '2018-11-03T12:00Z', ['2018-11-04T03:00Z', '2018-11-05T02:00Z']],
    ['America/Sao_Paulo', '30 0 4 11 *', '2018-11-03T12:00Z', ['2018-11-04T03:00Z', '2019-11-04T03:30Z']],
    // Samoa had no 30 December 2011: what was due on that day runs when the 31st begins.
    ['Pacific/Apia', '0 2 * * *', '2011-12-29T11:00Z', ['2011-12-29T12:00Z', '2011-12-30T10:00Z', '2011-12-30T12:00Z']],
    ['Pacific/Apia', '0 9,17 30 12 *', '2011-12-01T00:00Z', ['2011-12-30T10:00Z', '2012-12-29T19:00Z']],
  ])('%s %s after %s', expectInstants);
});

describe('a time that comes twice runs once, when it comes first', () => {
  it.each([
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    ['America/New_York', '30 1 * * *', '2026-11-01T05:30Z', ['2026-11-02T06:30Z']],
    [
      'America/New_York',
      '*/30 0-5 * * *',
      '2026-11-01T04:30Z',
      ['2026-11-01T05:00Z', '2026-11-01T05:30Z', '2026-11-01T07:00Z'],
    ],
    ['Europe/Berlin', '0 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:00Z', '2026-10-26T01:00Z']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25T01:15Z', ['2026-10-26T01:30Z']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T12:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
    ['Africa/Casablanca', '30 2 * * *', '2026-02-14T12:00Z', ['2026-02-15T01:30Z', '2026-02-16T02:30Z']],
    ['America/Sao_Paulo', '30 23 17 2 *', '2018-02-17T12:00Z', ['2018-02-18T01:30Z', '2019-02-18T02:30Z']],
    // Midnight itself was not shown before the clock went back to 23:00.
    ['America/Sao_Paulo', '0 0 18 2 *', '2018-02-17T12:00Z', ['2018-02-18T03:00Z']],
  ])('%s %s after %s', expectInstants);
});

describe('a pattern for every hour goes by elapsed time', () => {
  it.each([
    [
      'America/New_York',
      '30 * * * *',
      '2026-11-01T05:00Z',
      ['2026-11-01T05:30Z', '2026-11-01T06:30Z', '2026-11-01T07:30Z'],
    ],
    ['America/New_York', '30 */1 * * *', '2026-11-01T05:30Z', ['2026-11-01T06:30Z']],
    ['America/New_York', '30 0-23 * * *', '2026-11-01T05:30Z', ['2026-11-01T06:30Z']],
    ['America/New_York', '30 * * * *', '2026-03-08T06:00Z', ['2026-03-08T06:30Z', '2026-03-08T07:30Z']],
    [
      'Australia/Lord_Howe',
      '45 * * * *',
      '2026-04-04T14:00Z',
      ['2026-04-04T14:45Z', '2026-04-04T15:15Z', '2026-04-04T16:15Z'],
    ],
    ['Australia/Lord_Howe', '15 * * * *', '2026-10-03T14:00Z', ['2026-10-03T14:45Z', '2026-10-03T16:15Z']],
    ['Pacific/Apia', '0 * * * *', '2011-12-30T08:30Z', ['2011-12-30T09:00Z', '2011-12-30T10:00Z', '2011-12-30T11:00Z']],
    ['Pacific/Apia', '*/30 * 30 12 *', '2011-12-01T00:00Z', ['2012-12-29T10:00Z', '2012-12-29T10:30Z']],
    ['Asia/Kathmandu', '0 * * * *', '2026-06-01T00:00Z', ['2026-06-01T00:15Z', '2026-06-01T01:15Z']],
  ])('%s %s after %s', expectInstants);
});

describe('every N counts from its anchor, whatever the clock of the zone does', () => {
  it.each([
    [
      'America/New_York',
      'every 6h',
      '2026-03-08T00:00Z',
      ['2026-03-08T00:10Z', '2026-03-08T06:10Z', '2026-03-08T12:10Z'],
    ],
    ['UTC', 'every 1h30m', '2026-01-01T00:10Z', ['2026-01-01T01:40Z', '2026-01-01T03:10Z']],
    ['UTC', 'every 1d', '2020-05-05T00:00Z', ['2026-01-02T00:10Z', '2026-01-03T00:10Z']],
  ])('%s %s after %s', expectInstants);
});

describe('which days a pattern names', () => {
  it.each([
    ['UTC', '0 0 29 2 *', '2026-01-01T00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['UTC', '0 0 29 2 *', '2096-02-29T00:00Z', ['2104-02-29T00:00Z']],
    ['UTC', '0 3 L * *', '2028-01-01T00:00Z', ['2028-01-31T03:00Z', '2028-02-29T03:00Z', '2028-03-31T03:00Z']],
    ['UTC', '0 3 31 * *', '2026-01-31T03:00Z', ['2026-03-31T03:00Z', '2026-05-31T03:00Z']],
    ['UTC', '59 23 31 12 *', '2026-12-31T23:58Z', ['2026-12-31T23:59Z', '2027-12-31T23:59Z']],
    // Day and weekday both given: either is enough; with + both are needed.
    ['UTC', '0 0 13 * FRI', '2026-12-10T00:00Z', ['2026-12-11T00:00Z', '2026-12-13T00:00Z', '2026-12-18T00:00Z']],
    ['UTC', '0 0 13 * +FRI', '2026-11-30T00:00Z', ['2027-08-13T00:00Z']],
    ['UTC', '0 0 */2 * MON', '2026-11-29T12:00Z', ['2026-11-30T00:00Z', '2026-12-01T00:00Z', '2026-12-03T00:00Z']],
    ['UTC', '0 0 * * 7', '2026-11-30T00:00Z', ['2026-12-06T00:00Z', '2026-12-13T00:00Z']],
    ['UTC', '0 0 * * FRI#2', '2026-11-30T00:00Z', ['2026-12-11T00:00Z', '2027-01-08T00:00Z']],
    ['UTC', '0 0 * * 5L', '2026-11-30T00:00Z', ['2026-12-25T00:00Z', '2027-01-29T00:00Z']],
    ['UTC', '0 0 1W * *', '2027-04-30T00:00Z', ['2027-05-03T00:00Z', '2027-06-01T00:00Z']],
    ['UTC', '0 0 * JUN,DEC sat-sun', '2026-11-30T00:00Z', ['2026-12-05T00:00Z', '2026-12-06T00:00Z']],
    ['UTC', '@weekly', '2026-11-30T00:00Z', ['2026-12-06T00:00Z']],
    ['UTC', '@Monthly', '2026-11-30T00:00Z', ['2026-12-01T00:00Z']],
    ['Europe/Berlin', '@daily', '2026-11-30T00:00Z', ['2026-11-30T23:00Z']],
  ])('%s %s after %s', expectInstants);

  // The weekdays of leap days go round in 28 years, but 2100 is none: 2096 falls on Wednesday, 2104 on Friday.
  it('knows no instant that is more than eight years away', () => {
    const schedule = scheduleOf('0 0 29 2 +SUN-THU,SAT');
    expect(nextInstant(schedule, Date.parse('2092-03-01T00:00Z'), ANCHOR)).toBe(Date.parse('2096-02-29T00:00Z'));
    expect(nextInstant(schedule, Date.parse('2096-02-29T00:00Z'), ANCHOR)).toBeUndefined();
  });

  it('finds an instant in the millisecond after which it is asked for', () => {
    const at = Date.parse('2026-11-30T02:00Z');
    expect(nextInstant(scheduleOf('0 2 * * *'), at - 1, ANCHOR)).toBe(at);
    expect(nextInstant(scheduleOf('0 2 * * *'), at, ANCHOR)).toBe(at + 86_400_000);
  });
});

describe('the instants between two', () => {
  const between = (when: string, after: string, until: string, zone = 'UTC') => {
    const range = instantsBetween(scheduleOf(when, zone), Date.parse(after), Date.parse(until), ANCHOR);
    return range && { ...range, first: isoOf(range.first), last: isoOf(range.last) };
  };

  it('leave the first out and count the last', () =>
    expect(between('0 * * * *', '2026-11-30T01:00Z', '2026-11-30T03:00Z')).toEqual({
      count: 2,
      first: '2026-11-30T02:00Z',
      last: '2026-11-30T03:00Z',
      more: false,
    }));

  it('are none where none is due', () => {
    expect(between('0 2 * * *', '2026-11-30T02:00Z', '2026-12-01T01:59Z')).toBeUndefined();
    expect(between('0 2 * * *', '2026-11-30T02:00Z', '2026-11-30T02:00Z')).toBeUndefined();
    expect(between('0 2 * * *', '2026-11-30T02:00Z', '2026-11-29T02:00Z')).toBeUndefined();
  });

  it('of three days away from a policy of every five minutes are 864', () =>
    expect(between('every 5m', '2026-11-27T00:00Z', '2026-11-30T00:00Z')).toMatchObject({ count: 864, more: false }));

  it.each([
    ['* * * * *', '2020-01-01T00:00Z', '2026-11-30T12:34Z', 'UTC', '2026-11-30T12:34Z'],
    ['*/2 * * * *', '2020-01-01T00:00Z', '2026-11-01T06:31Z', 'America/New_York', '2026-11-01T06:30Z'],
    ['* 1-5 * 1-3 *', '2012-01-01T00:00Z', '2019-12-01T00:00Z', 'Europe/Berlin', '2019-03-31T03:59Z'],
  ])('of %s after %s are not all counted, but the last until %s is known', (when, after, until, zone, last) =>
    expect(between(when, after, until, zone)).toMatchObject({ count: COUNT_LIMIT, more: true, last }),
  );
});
