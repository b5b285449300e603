import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunView } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR } from '../testing/rig.js';
import { aSpec, RunsRig } from '../testing/runs-rig.js';
import { network } from '../testing/scripted-agent.js';

const HOUR = 3_600_000;
let fleet: RunsRig;
let agent: PruningAgent;

beforeEach(async () => {
  fleet = await RunsRig.start();
  agent = new PruningAgent('web-1', ['a', 'b']);
  await fleet.rig.attach(agent);
});

afterEach(() => fleet.rig.stop());

const spec = { mode: 'approve', approveWithin: '2h', schedule: { when: 'every 1h', jitter: '0s' } };

/** A run of the schedule that waits for its approval. */
const waiting = (more: object = {}, dueInMs = HOUR): Promise<RunView> =>
  fleet.awaiting(agent, { ...spec, ...more }, dueInMs);
const approve = (run: RunView, planHash = run.planHash ?? '') =>
  fleet.runs.approve(run.id, planHash, { ...ACTOR, name: 'olga' });
const refusal = (message: string) => ({ code: 'plan_stale', message: expect.stringContaining(message) });

describe('a run that needs an approval', () => {
  it('waits for it, and then carries out exactly the plan that was approved', async () => {
    const run = await waiting();
    expect(run).toMatchObject({ mode: 'approve', trigger: 'schedule', progress: { total: 2, done: 0 } });
    expect(await fleet.operations()).toEqual([]);
    await agent.put(network('c'));
    await fleet.rig.settle('web-1');
    expect(await approve(run)).toMatchObject({ state: 'running', approvedBy: 'olga' });
    expect(await fleet.finished(run.id)).toMatchObject({ outcome: 'done', progress: { removed: 2 } });
    expect(agent.removed).toEqual(['a', 'b']);
  });

  it('takes none of another plan', async () => {
    const run = await waiting();
    await expect(approve(run, 'another')).rejects.toMatchObject(refusal('another plan'));
  });

  it('takes none once a network of the plan has changed, and names it', async () => {
    const run = await waiting();
    await agent.put(network('b', { endpoints: [anEndpoint('db')] }));
    await fleet.rig.settle('web-1');
    await expect(approve(run)).rejects.toMatchObject(refusal('1 network of the plan would not go by now: web-1/b: '));
    expect(await fleet.runs.show(run.id)).toMatchObject({ state: 'awaiting-approval' });
  });

  it('takes none of an older version of the policy', async () => {
    const run = await waiting();
    await fleet.rig.runtime.policies.update('nightly', { spec: aSpec({ ...spec, unusedFor: '1s' }) }, ACTOR);
    await expect(approve(run)).rejects.toMatchObject(refusal('at version 3 by now'));
    await fleet.finished(run.id);
    await expect(approve(run)).rejects.toMatchObject(refusal('it is expired: the policy is at version 3 by now'));
  });

  it('takes none while the work is frozen', async () => {
    const run = await waiting();
    await fleet.rig.runtime.freeze.set(true, '', ACTOR);
    await expect(approve(run)).rejects.toMatchObject({ code: 'frozen' });
  });

  it('expires, and takes none after', async () => {
    const run = await waiting({ schedule: { when: 'every 6h', jitter: '0s' } }, 6 * HOUR);
    fleet.pass(2 * HOUR);
    await agent.bookmark();
    await expect(approve(run)).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await fleet.finished(run.id)).toMatchObject({ outcome: 'expired', reason: 'nobody approved it in time' });
    await expect(approve(run)).rejects.toMatchObject(refusal('it is expired'));
    expect(agent.removed).toEqual([]);
  });

  it('can be cancelled instead', async () => {
    const run = await waiting();
    expect(await fleet.runs.cancel(run.id, ACTOR)).toMatchObject({ state: 'finished', outcome: 'cancelled' });
    await expect(approve(run)).rejects.toMatchObject(refusal('it is cancelled'));
  });

  it('is above a cap: it asks nobody, and removes nothing', async () => {
    await fleet.policy({ ...spec, caps: { networks: 1, hostPercent: 100, fleetPercent: 100 } });
    fleet.pass(HOUR);
    await agent.bookmark();
    await fleet.finished((await fleet.first()).id);
    expect(await fleet.all()).toMatchObject([{ outcome: 'capped', reason: expect.stringContaining('at most 1 may') }]);
    expect(await fleet.operations()).toEqual([]);
  });
});
