import { describe, expect, it } from '@jest/globals';
import { type StopRules } from './policy.js';
import { type RunProgress, stopReason } from './stop.js';

const lenient: StopRules = { failures: 1000, failedPercent: 100, unreachablePercent: 100 };
const progress = (overrides: Partial<RunProgress>): RunProgress => ({
  ...{ planned: 100, done: 50, removed: 50, kept: 0, failed: 0, undone: 0 },
  ...{ hosts: 10, unreachable: 0, unknown: 0 },
  ...overrides,
});
const stop = (rules: Partial<StopRules>, overrides: Partial<RunProgress>, wave: 0 | 1 | 2 = 2) =>
  stopReason({ ...lenient, ...rules }, progress(overrides), wave);

describe('a run', () => {
  it('goes on while nothing is wrong', () => {
    const strict = { failures: 1, failedPercent: 0, unreachablePercent: 0 };
    for (const wave of [0, 1, 2] as const) expect(stop(strict, { kept: 50, removed: 0 }, wave)).toBeUndefined();
    expect(stop(strict, { planned: 0, done: 0, removed: 0, hosts: 0 })).toBeUndefined();
  });

  it('stops at as many failures as its policy says', () => {
    expect(stop({ failures: 3 }, { failed: 2 })).toBeUndefined();
    expect(stop({ failures: 3 }, { failed: 3 })).toBe('3 networks failed: stop.failures is 3');
    expect(stop({ failures: 1 }, { failed: 1 })).toBe('1 network failed: stop.failures is 1');
  });

  it('counts a network that had to be made again like one that failed, in every wave', () => {
    for (const wave of [1, 2] as const) {
      expect(stop({ failures: 3 }, { failed: 1, undone: 1 }, wave)).toBeUndefined();
      expect(stop({ failures: 3 }, { failed: 1, undone: 2 }, wave)).toBe(
        '3 networks failed or had to be made again: stop.failures is 3',
      );
    }
    expect(stop({ failedPercent: 5 }, { undone: 6 })).toBe(
      '6 of 100 networks failed or had to be made again: more than stop.failedPercent, 5 %',
    );
  });

  it.each([
    [5, 100, 5],
    [5, 20, 1],
    [5, 19, 0],
    [0, 100, 0],
    [2.5, 100, 2],
    [0.009, 100_000, 9],
    [100, 7, 7],
  ])(
    'whose policy bears %d %% of %d failing goes on with %d, and not with one more',
    (failedPercent, planned, most) => {
      expect(stop({ failedPercent }, { planned, failed: most })).toBeUndefined();
      if (most < planned)
        expect(stop({ failedPercent }, { planned, failed: most + 1 })).toContain('stop.failedPercent');
    },
  );

  it('tells how many of how many failed', () =>
    expect(stop({ failedPercent: 5 }, { planned: 10, failed: 1 })).toBe(
      '1 of 10 networks failed: more than stop.failedPercent, 5 %',
    ));

  it.each([
    [10, 10, 1],
    [10, 9, 0],
    [10, 19, 1],
    [10, 20, 2],
    [0, 10, 0],
  ])('whose policy bears %d %% of %d hosts away goes on with %d, and not with one more', (percent, hosts, most) => {
    const rules = { unreachablePercent: percent };
    expect(stop(rules, { hosts, unreachable: most })).toBeUndefined();
    const share = `more than stop.unreachablePercent, ${percent} %`;
    expect(stop(rules, { hosts, unreachable: most + 1 })).toBe(`${most + 1} of ${hosts} hosts went away: ${share}`);
  });

  it.each([0, 1, 2] as const)('stops in wave %d where it is not known what became of a host', (wave) =>
    expect(stop({}, { unknown: 1 }, wave)).toBe('it is not known what became of the networks of 1 host'),
  );

  it('stops at the first thing that goes wrong on the first hosts, and not later', () => {
    expect(stop({}, { failed: 1 }, 0)).toBe('1 network of the first hosts failed');
    expect(stop({}, { undone: 2 }, 0)).toBe(
      '2 networks of the first hosts had to be made again, as a container came in between',
    );
    expect(stop({}, { unreachable: 1 }, 0)).toBe('1 host of the first ones went away');
    for (const wave of [1, 2] as const) {
      expect(stop({}, { unreachable: 1 }, wave)).toBeUndefined();
      expect(stop({}, { failed: 1 }, wave)).toBeUndefined();
      expect(stop({}, { undone: 1 }, wave)).toBeUndefined();
    }
  });
});
