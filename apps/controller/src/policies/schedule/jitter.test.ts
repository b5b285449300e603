import { describe, expect, it } from '@jest/globals';
import { jitterOf, jitterRange } from './jitter.js';
import { scheduleOf } from './testing.js';
import { windowAt } from './window.js';

const AT = Date.parse('2026-11-30T02:00Z');
const MINUTE = 60_000;
const POLICIES = Array.from({ length: 10_000 }, (_, index) => `019ab2c4-5d6e-7f80-9a1b-${index}`);

describe('the jitter of a run', () => {
  it.each([
    ['a tenth of the period', 'every 10m', null, MINUTE],
    ['five minutes at most', '0 2 * * *', null, 5 * MINUTE],
    ['a tenth of the time to the next instant', '0,10 2 * * *', null, MINUTE],
    ['what the policy says', '0 2 * * *', 3 * 60 * MINUTE, 3 * 60 * MINUTE],
    ['never more than the time to the next instant', '0,10 2 * * *', 60 * MINUTE, 10 * MINUTE],
    ['nothing where the policy says so', '0 2 * * *', 0, 0],
    ['five minutes where there is no next instant', '0 0 29 2 +SUN-THU,SAT', null, 5 * MINUTE],
  ])('is %s: %s, %p', (_, when, jitterMs, range) => {
    const instant = when.includes('29') ? Date.parse('2096-02-29T00:00Z') : AT;
    expect(jitterRange(scheduleOf(when, 'UTC', { jitterMs }), instant, AT)).toBe(range);
  });

  it.each([
    ['by default', '0 2 * * *', null, '02:00', '02:03', 3 * MINUTE],
    ['whatever the policy says', '0 2 * * *', 120 * MINUTE, '01:00', '03:00', 60 * MINUTE],
    ['also where that is after midnight', '0 2 * * *', 180 * MINUTE, '22:00', '02:30', 30 * MINUTE],
    ['but is not cut where its instant is outside', '0 2 * * *', null, '03:00', '03:01', 5 * MINUTE],
  ])('ends with the window, %s: %s, %p, from %s to %s', (_, when, jitterMs, from, to, range) => {
    const schedule = scheduleOf(when, 'UTC', { jitterMs, window: { from, to, days: [] } });
    expect(jitterRange(schedule, AT, AT)).toBe(range);
  });

  it('leaves every run in its window', () => {
    const window = { from: '02:00', to: '02:03', days: [] };
    const schedule = scheduleOf('0 2 * * *', 'UTC', { window });
    const starts = POLICIES.map((policy) => AT + jitterOf(schedule, policy, AT, AT));
    expect(starts.every((start) => windowAt(schedule, start).open)).toBe(true);
  });

  it('is the same for everybody who asks', () => {
    const ask = (): number => jitterOf(scheduleOf('0 2 * * *'), '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071', AT, AT);
    expect(ask()).toBe(ask());
    expect(ask()).toBe(22_683);
  });

  it('differs from instant to instant', () => {
    const days = Array.from({ length: 100 }, (_, index) => AT + index * 86_400_000);
    expect(new Set(days.map((day) => jitterOf(scheduleOf('0 2 * * *'), 'one', day, AT))).size).toBeGreaterThan(95);
  });

  it('spreads policies evenly over its range, both ends within it', () => {
    const jitters = POLICIES.map((policy) => jitterOf(scheduleOf('0 2 * * *'), policy, AT, AT));
    expect(Math.min(...jitters)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...jitters)).toBeLessThan(5 * MINUTE);
    const tenths = Array.from({ length: 10 }, (_, n) => jitters.filter((ms) => Math.floor(ms / 30_000) === n).length);
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('is a whole number, and none where there is no range', () => {
    expect(jitterOf(scheduleOf('@daily', 'UTC', { jitterMs: 0 }), 'one', AT, AT)).toBe(0);
    expect(POLICIES.every((policy) => Number.isInteger(jitterOf(scheduleOf('every 7m'), policy, AT, AT)))).toBe(true);
  });
});
