import { describe, expect, it } from '@jest/globals';
import { GIVEN_UP_AFTER_MS, isDue, verdictOf } from './delivery-schedule.js';
import { delivered, failed, refused } from './outcome.js';

const SECOND = 1000;
const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const row = { attempts: 0, createdAt: NOW };
const moment = { now: NOW, since: 0, random: 0.999_999 };

describe('the schedule of deliveries', () => {
  it.each([
    [0, 10 * SECOND],
    [1, 20 * SECOND],
    [2, 40 * SECOND],
    [8, 2560 * SECOND],
    [9, HOUR],
    [500, HOUR],
  ])('after %d failures before waits up to %d ms', (attempts, most) => {
    const pause = (random: number): number =>
      verdictOf({ ...row, attempts }, failed('x'), { ...moment, random }).nextAt - NOW;
    expect(pause(0)).toBe(0);
    expect(pause(0.5)).toBe(most / 2);
    expect(pause(0.999_999)).toBeGreaterThan(most * 0.99);
    expect(pause(0.999_999)).toBeLessThanOrEqual(most);
  });

  it('counts attempts and keeps what the last one met', () => {
    expect(verdictOf({ ...row, attempts: 6 }, failed('answered 500'), { ...moment, random: 0 })).toEqual({
      attempts: 7,
      state: 'waiting',
      nextAt: NOW,
      endedAt: null,
      error: 'answered 500',
    });
  });

  it('ends with what is delivered and what is refused for good', () => {
    const ended = { attempts: 1, nextAt: NOW, endedAt: NOW };
    expect(verdictOf(row, delivered(), moment)).toEqual({ ...ended, state: 'delivered', error: null });
    expect(verdictOf(row, delivered('1 of 2'), moment)).toEqual({ ...ended, state: 'delivered', error: '1 of 2' });
    expect(verdictOf(row, refused('answered 410'), moment)).toEqual({
      ...ended,
      state: 'failed',
      error: 'answered 410',
    });
  });

  it('leaves a receiver alone for as long as it asks', () => {
    expect(verdictOf(row, failed('x', 2 * HOUR), moment).nextAt).toBe(NOW + 2 * HOUR);
    expect(verdictOf({ ...row, attempts: 9 }, failed('x', SECOND), { ...moment, random: 0.5 }).nextAt).toBe(
      NOW + HOUR / 2,
    );
  });

  it('tries once more when the time is up, and gives up then', () => {
    const end = NOW + GIVEN_UP_AFTER_MS;
    expect(verdictOf(row, failed('x', 48 * HOUR), moment)).toMatchObject({ state: 'waiting', nextAt: end });
    expect(verdictOf(row, failed('x'), { ...moment, now: end - 1 })).toMatchObject({ state: 'waiting', nextAt: end });
    expect(verdictOf(row, failed('x'), { ...moment, now: end })).toMatchObject({ state: 'failed', endedAt: end });
  });

  it('does not count the time in which no controller ran', () => {
    const since = NOW + 72 * HOUR;
    expect(verdictOf(row, failed('x'), { ...moment, now: since, since })).toMatchObject({ state: 'waiting' });
    const end = since + GIVEN_UP_AFTER_MS;
    expect(verdictOf(row, failed('x'), { ...moment, now: end, since })).toMatchObject({ state: 'failed' });
  });

  it('is not put off by a clock that is put back', () => {
    expect([NOW - 1, NOW, NOW + 1, NOW + GIVEN_UP_AFTER_MS].map((at) => isDue(at, NOW))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isDue(NOW + GIVEN_UP_AFTER_MS + 1, NOW)).toBe(true);
  });
});
