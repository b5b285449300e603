import { describe, expect, it } from '@jest/globals';
import { isoOf, scheduleOf } from './testing.js';
import { windowAt } from './window.js';

const at = (zone: string, from: string, to: string, days: readonly number[], instant: string): string => {
  const { open, until } = windowAt(scheduleOf('@daily', zone, { window: { from, to, days } }), Date.parse(instant));
  return `${open ? 'open' : 'closed'} until ${until === Infinity ? 'ever' : isoOf(until)}`;
};

describe('a window', () => {
  it.each([
    ['UTC', '02:00', '04:00', [], '2026-11-30T01:59Z', 'closed until 2026-11-30T02:00Z'],
    ['UTC', '02:00', '04:00', [], '2026-11-30T02:00Z', 'open until 2026-11-30T04:00Z'],
    ['UTC', '02:00', '04:00', [], '2026-11-30T03:59Z', 'open until 2026-11-30T04:00Z'],
    ['UTC', '02:00', '04:00', [], '2026-11-30T04:00Z', 'closed until 2026-12-01T02:00Z'],
    ['Asia/Kathmandu', '02:00', '04:00', [], '2026-11-29T20:15Z', 'open until 2026-11-29T22:15Z'],
    ['America/New_York', '22:00', '24:00', [], '2026-12-01T04:00Z', 'open until 2026-12-01T05:00Z'],
  ])('%s %s to %s on %p at %s', (zone, from, to, days, instant, state) =>
    expect(at(zone, from, to, days, instant)).toBe(state),
  );
});

describe('a window that passes midnight belongs to the day on which it opens', () => {
  const FRIDAY = [5];
  it.each([
    ['2026-12-04T21:59Z', 'closed until 2026-12-04T22:00Z'],
    ['2026-12-04T22:00Z', 'open until 2026-12-05T04:00Z'],
    ['2026-12-05T03:59Z', 'open until 2026-12-05T04:00Z'],
    ['2026-12-05T22:00Z', 'closed until 2026-12-11T22:00Z'],
    ['2026-12-04T03:00Z', 'closed until 2026-12-04T22:00Z'],
  ])('at %s', (instant, state) => expect(at('UTC', '22:00', '04:00', FRIDAY, instant)).toBe(state));
});

describe('whole days are one window as long as they touch', () => {
  it.each([
    [[0, 6], '2026-12-04T12:00Z', 'closed until 2026-12-05T00:00Z'],
    [[0, 6], '2026-12-05T12:00Z', 'open until 2026-12-07T00:00Z'],
    [[0, 1, 2, 3, 4, 5], '2026-12-06T12:00Z', 'open until 2026-12-12T00:00Z'],
    [[], '2026-12-06T12:00Z', 'open until ever'],
    [[0, 1, 2, 3, 4, 5, 6], '2026-12-06T12:00Z', 'open until ever'],
  ])('on %p at %s', (days, instant, state) => expect(at('UTC', '00:00', '24:00', days, instant)).toBe(state));

  it('without a window it is always open', () =>
    expect(windowAt(scheduleOf('@daily'), 0)).toEqual({ open: true, until: Infinity }));
});

describe('when the clocks are changed a window', () => {
  it.each([
    // Is shorter where an hour is left out, and longer where one comes twice within it.
    ['Europe/Berlin', '01:00', '04:00', '2026-03-29T00:30Z', 'open until 2026-03-29T02:00Z'],
    ['Europe/Berlin', '01:00', '04:00', '2026-10-25T00:30Z', 'open until 2026-10-25T03:00Z'],
    // Opens at the end of a gap in which it should have opened; does not open where all of it is in the gap.
    ['Europe/Berlin', '02:15', '04:00', '2026-03-29T00:59Z', 'closed until 2026-03-29T01:00Z'],
    ['Europe/Berlin', '02:15', '02:45', '2026-03-28T12:00Z', 'closed until 2026-03-30T00:15Z'],
    // Has closed for the day, though its times come again.
    ['Europe/Berlin', '01:00', '02:30', '2026-10-25T00:29Z', 'open until 2026-10-25T00:30Z'],
    ['Europe/Berlin', '01:00', '02:30', '2026-10-25T01:15Z', 'closed until 2026-10-26T00:00Z'],
    ['America/Sao_Paulo', '00:00', '02:00', '2018-11-04T02:59Z', 'closed until 2018-11-04T03:00Z'],
    ['America/Sao_Paulo', '22:00', '00:30', '2018-11-04T01:00Z', 'open until 2018-11-04T03:00Z'],
    ['Australia/Lord_Howe', '01:45', '02:15', '2026-10-03T15:20Z', 'open until 2026-10-03T15:30Z'],
  ])('%s %s to %s at %s', (zone, from, to, instant, state) => expect(at(zone, from, to, [], instant)).toBe(state));

  it('of a day that the zone skips opens a week later, or as far as it reaches into the next day', () => {
    const FRIDAY = [5];
    expect(at('Pacific/Apia', '09:00', '17:00', FRIDAY, '2011-12-28T00:00Z')).toBe('closed until 2012-01-05T19:00Z');
    expect(at('Pacific/Apia', '22:00', '02:00', FRIDAY, '2011-12-30T10:00Z')).toBe('open until 2011-12-30T12:00Z');
  });
});
