import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunView } from '@fairlead/api';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { aSpec, RunsRig } from '../testing/runs-rig.js';

const HOUR = 3_600_000;
let fleet: RunsRig;
let agent: PruningAgent;

beforeEach(async () => {
  fleet = await RunsRig.start();
  agent = new PruningAgent('web-1', ['a', 'b']);
  await fleet.rig.attach(agent);
});

afterEach(() => fleet.rig.stop());

const approving = { mode: 'approve', schedule: { when: 'every 1h', jitter: '0s' } };
const policies = () => fleet.rig.runtime.policies;

/** A run that waits for its approval. */
const awaiting = async (spec: object = approving): Promise<RunView> => {
  await fleet.policy(spec);
  fleet.pass(HOUR);
  await agent.bookmark();
  await until('there is a run', async () => (await fleet.all()).length > 0);
  return fleet.in('awaiting-approval', (await fleet.all())[0]!.id);
};
/** Does something once between that a plan is made, or looked at again, and that it is taken. */
const meanwhile = (step: 'plan' | 'recheck', act: () => Promise<unknown>): void => {
  const { planner } = fleet.rig.runtime;
  const { plan, recheck } = { plan: planner.plan.bind(planner), recheck: planner.recheck.bind(planner) };
  const after = async <T>(made: Promise<T>): Promise<T> => {
    const result = await made;
    Object.assign(planner, { plan, recheck });
    await act();
    return result;
  };
  if (step === 'plan') planner.plan = (...args) => after(plan(...args));
  else planner.recheck = (...args) => after(recheck(...args));
};

describe('a plan that is none of the policy any more', () => {
  it('is not begun where the policy was changed while it was made', async () => {
    await fleet.policy();
    const planHash = await fleet.planHash();
    meanwhile('plan', () => policies().update('nightly', { spec: aSpec({ unusedFor: '1s' }) }, ACTOR));
    await expect(fleet.runs.start('nightly', { mode: 'apply', planHash }, ACTOR)).rejects.toMatchObject({
      code: 'plan_stale',
      message: expect.stringContaining('at version 2 by now; the plan is of version 1'),
    });
    expect(await fleet.all()).toEqual([]);
  });

  it('is not begun where the policy was removed while it was made', async () => {
    await fleet.policy();
    const planHash = await fleet.planHash();
    meanwhile('plan', () => policies().remove('nightly', ACTOR));
    await expect(fleet.runs.start('nightly', { mode: 'apply', planHash }, ACTOR)).rejects.toMatchObject({
      code: 'plan_stale',
      message: expect.stringContaining("Policy 'nightly' was removed"),
    });
    expect(await fleet.all()).toEqual([]);
  });

  it('is not approved where the policy was changed while it was looked at', async () => {
    const run = await awaiting();
    meanwhile('recheck', () => policies().update('nightly', { spec: aSpec({ ...approving, unusedFor: '1s' }) }, ACTOR));
    await expect(fleet.runs.approve(run.id, run.planHash ?? '', ACTOR)).rejects.toMatchObject({
      code: 'plan_stale',
      message: expect.stringContaining('at version 3 by now; the plan is of version 2'),
    });
    expect(await fleet.runs.show(run.id)).toMatchObject({ state: 'awaiting-approval' });
    expect(agent.removed).toEqual([]);
  });
});
