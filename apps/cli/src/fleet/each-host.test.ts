import { describe, expect, it } from '@jest/globals';
import { worstExit } from '../output/errors.js';
import { aTerminal } from '../../test/terminal.js';
import { gather, inParallel } from './each-host.js';

describe('inParallel', () => {
  it('keeps at most sixteen under way, and the order of the items', async () => {
    let under = 0;
    let most = 0;
    const items = Array.from({ length: 40 }, (_, index) => index);
    const results = await inParallel(items, async (item) => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      under--;
      return -item;
    });
    expect(most).toBe(16);
    expect(results).toEqual(items.map((item) => -item));
  });
});

describe('gather', () => {
  it('takes what is of one lane one after another, lanes side by side, and gives results in the order of the items', async () => {
    const log: string[] = [];
    const options = { terminal: aTerminal(), format: undefined, nameOf: String, laneOf: (item: string) => item[0]! };
    const { results } = await gather(options, ['a1', 'b1', 'a2', 'b2'], async (item) => {
      log.push(`+${item}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`-${item}`);
      return item;
    });
    expect(log).toEqual(['+a1', '+b1', '-a1', '+a2', '-b1', '+b2', '-a2', '-b2']);
    expect(results).toEqual(['a1', 'b1', 'a2', 'b2']);
  });
});

describe('worstExit', () => {
  it.each([
    [[], 0],
    [[0, 2], 2],
    [[2, 3, 0], 3],
    [[4, 3], 4],
    [[4, 1], 1],
    [[1, 75, 4], 75],
  ])('of %j is %i', (codes, worst) => {
    expect(worstExit(codes)).toBe(worst);
  });
});
