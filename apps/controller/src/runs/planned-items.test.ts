import { describe, expect, it } from '@jest/globals';
import { type FleetPlan } from '../policies/fleet-plan.js';
import { toPlannedItems } from './planned-items.js';

const removals = ['web-1', 'web-1', 'web-2', 'web-3', 'web-4'].map((hostName, index) => ({
  hostName,
  networkId: `n-${index}`,
}));
const itemsOf = (most: number) => [
  ...toPlannedItems(
    { removals } as unknown as FleetPlan,
    'canary=yes',
    (host) => (host === 'web-3' ? { canary: 'yes' } : {}),
    most,
  ),
];

describe('what a plan removes', () => {
  it('is taken by wave, and within one as the plan has it', () => {
    expect(itemsOf(Infinity).map(({ position, wave, networkId }) => [position, wave, networkId])).toEqual([
      [0, 0, 'n-3'],
      [1, 1, 'n-0'],
      [2, 1, 'n-1'],
      [3, 2, 'n-2'],
      [4, 2, 'n-4'],
    ]);
  });

  it('is told of by the first of them where it is only told of', () => {
    expect(itemsOf(2).map(({ networkId }) => networkId)).toEqual(['n-3', 'n-0']);
  });
});
