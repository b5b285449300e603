import { describe, expect, it } from '@jest/globals';
import { policySpec } from '@fairlead/api';
import { type FleetPlan } from './fleet-plan.js';
import { type PlannedPolicy } from './planner.js';
import { PlannerInTurn } from './policy-dry-runs.js';

const policyOf = (version: number): PlannedPolicy => ({ id: '', version, spec: policySpec.parse({}) });

/** A planner whose plans are made when it is told so. */
function slowPlanner() {
  const begun: number[] = [];
  const endings: (() => void)[] = [];
  const plan = ({ version }: PlannedPolicy): Promise<FleetPlan> => {
    begun.push(version);
    return new Promise((_, reject) => endings.push(() => reject(new Error(`no plan of ${version}`))));
  };
  return { begun, endings, plan };
}

/** Lets all that can go on by itself do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('plans of policies that are not stored', () => {
  it('are made one at a time, also after one that failed', async () => {
    const slow = slowPlanner();
    const planner = new PlannerInTurn(slow);
    const plans = [1, 2].map((version) => planner.plan(policyOf(version)).catch((error: Error) => error.message));
    await settled();
    expect(slow.begun).toEqual([1]);
    slow.endings[0]!();
    await settled();
    expect(slow.begun).toEqual([1, 2]);
    slow.endings[1]!();
    expect(await Promise.all(plans)).toEqual(['no plan of 1', 'no plan of 2']);
  });

  it('are refused where twenty are asked for already, and made again once these are done', async () => {
    const slow = slowPlanner();
    const planner = new PlannerInTurn(slow);
    const plans = Array.from({ length: 20 }, (_, version) => planner.plan(policyOf(version)).catch(() => undefined));
    await expect(planner.plan(policyOf(20))).rejects.toMatchObject({ code: 'overloaded' });
    for (let ended = 0; ended < 20; ended += 1) {
      await settled();
      slow.endings[ended]!();
    }
    await Promise.all(plans);
    const late = planner.plan(policyOf(21)).catch(() => undefined);
    await settled();
    expect(slow.begun.at(-1)).toBe(21);
    slow.endings.at(-1)!();
    await late;
  });
});
