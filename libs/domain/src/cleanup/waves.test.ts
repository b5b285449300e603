import { describe, expect, it } from '@jest/globals';
import { parseSelector } from '../selector.js';
import { fitsCanary, waveOf } from './waves.js';

const hosts = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `h${String(index).padStart(3, '0')}`);
const sizes = (count: number, isCanary: (host: string) => boolean = () => false): number[] => {
  const waves = [...waveOf(hosts(count), isCanary).values()];
  return [0, 1, 2].map((wave) => waves.filter((of) => of === wave).length);
};

describe('the waves of a run', () => {
  it.each([
    [0, [0, 0, 0]],
    [1, [1, 0, 0]],
    [2, [1, 1, 0]],
    [3, [1, 1, 1]],
    [11, [1, 1, 9]],
    [12, [1, 2, 9]],
    [101, [1, 10, 90]],
  ])('take %d hosts one first, then a tenth, then the rest: %j', (count, expected) =>
    expect(sizes(count)).toEqual(expected),
  );

  it('begin with the hosts that are named, else with the first', () => {
    expect([...waveOf(['a', 'b', 'c'], (host) => host === 'b')]).toEqual([
      ['b', 0],
      ['a', 1],
      ['c', 2],
    ]);
    expect(waveOf(['a', 'b', 'c'], () => false).get('a')).toBe(0);
    expect(sizes(12, (host) => host < 'h002')).toEqual([2, 1, 9]);
    expect(sizes(3, () => true)).toEqual([3, 0, 0]);
  });

  it('take a policy without a canary for one that names no host', () => {
    expect(fitsCanary([], { env: 'test' })).toBe(false);
    expect(fitsCanary(parseSelector('env=test'), { env: 'test' })).toBe(true);
    expect(fitsCanary(parseSelector('env=test'), {})).toBe(false);
  });
});
