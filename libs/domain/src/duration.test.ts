import { describe, expect, it } from '@jest/globals';
import { formatDuration, parseDuration, parseUntil } from './duration.js';

describe('parseDuration', () => {
  it.each([
    ['840ms', 840],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['14d', 1_209_600_000],
    ['2w', 1_209_600_000],
    ['0s', 0],
  ])('reads %s as %d milliseconds', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '10', 'h', '-1h', '1h-30m', '1 h', '1y', '1hh', '1e3s', '99999999999999w'])('refuses %p', (text) =>
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'invalid_argument' })),
  );
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [999.7, '999ms'],
    [1000, '1s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h'],
    [273_600_000, '3d 4h'],
  ])('writes %d as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('parseUntil', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  it.each([
    ['24h', '2026-11-23T12:00:00Z'],
    ['2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'],
    ['2026-11-01T00:00:00', '2026-11-01T00:00:00Z'],
    ['2026-11-01', '2026-11-01T00:00:00Z'],
    ['1793491200', '2026-11-01T00:00:00Z'],
  ])('reads %s', (text, iso) => expect(parseUntil(text, now)).toBe(Date.parse(iso)));

  it('refuses what is neither a duration nor a time, in words that fit every parameter', () =>
    expect(() => parseUntil('yesterday', now)).toThrow(
      expect.objectContaining({
        message: "'yesterday' is neither a duration nor a time",
        hint: expect.not.stringMatching(/until|since/),
      }),
    ));
});
