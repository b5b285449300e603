import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunView } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { HostScope } from '../access/host-scope.js';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
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

const approving = { mode: 'approve', schedule: { when: 'every 1h', jitter: '0s' } };
const policies = () => fleet.rig.runtime.policies;

/** A run that waits for its approval. */
const awaiting = (spec: object = approving): Promise<RunView> => fleet.awaiting(agent, spec, HOUR);
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
      message: expect.stringContaining('at version 3 by now'),
    });
    expect(await fleet.finished(run.id)).toMatchObject({ outcome: 'expired' });
    expect(agent.removed).toEqual([]);
  });
});

describe('a run that was approved and waits for its window', () => {
  const window = { from: '20:00', to: '21:00', days: [] };
  const spec = { ...approving, schedule: { ...approving.schedule, window } };
  /** It is in its window from when the clock shows that. */
  const approved = async (more: object = {}): Promise<RunView> => {
    const run = await awaiting({ ...spec, ...more });
    return fleet.runs.approve(run.id, run.planHash ?? '', ACTOR);
  };
  const inWindow = async (): Promise<void> => {
    fleet.rig.time = Date.parse('2026-11-24T20:30:00Z');
    await agent.bookmark();
  };

  it('begins in it', async () => {
    const { id } = await approved();
    await inWindow();
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'done', progress: { removed: 2 } });
  });

  it('ends where the policy is changed, and whoever changes it is told', async () => {
    const { id } = await approved();
    const { warnings } = await policies().update('nightly', { spec: aSpec({ ...spec, mode: 'report' }) }, ACTOR);
    expect(warnings).toContain(`Run ${id} was going to begin by version 2: it ends without removing anything.`);
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'expired', reason: 'the policy is at version 3 by now' });
    expect(agent.removed).toEqual([]);
  });

  it('stays where the policy is only paused and resumed', async () => {
    const { id } = await approved();
    await policies().update('nightly', { paused: true }, ACTOR);
    expect((await policies().update('nightly', { paused: false }, ACTOR)).warnings).toEqual([]);
    await inWindow();
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'done' });
  });

  /** Approved when it was half of the host's networks; the others have gone since. */
  const tooMuchByNow = async (): Promise<RunView> => {
    await agent.put(
      network('used-1', { endpoints: [anEndpoint('db')] }),
      network('used-2', { endpoints: [anEndpoint('db')] }),
    );
    await fleet.rig.settle('web-1');
    const run = await approved({ caps: { networks: 10, hostPercent: 50, fleetPercent: 100 } });
    await agent.drop(
      ...[...agent.networks.values()].filter(({ name }) => name.startsWith('used')).map((one) => one.id),
    );
    await fleet.rig.settle('web-1');
    return run;
  };
  const capped = {
    outcome: 'capped',
    reason: expect.stringContaining('nothing was removed: host web-1: 2 of its 2 networks would go'),
  };

  it('removes nothing where that is more than its caps allow by then', async () => {
    const { id } = await tooMuchByNow();
    await inWindow();
    expect(await fleet.finished(id)).toMatchObject(capped);
    expect(agent.removed).toEqual([]);
  });

  it('counts a host that is away at that moment as it was seen last', async () => {
    const { id } = await tooMuchByNow();
    await fleet.rig.runtime.fleet.end('web-1', 'gone');
    await until('it is gone', () => !fleet.rig.runtime.fleet.isConnected('web-1'));
    fleet.rig.time = Date.parse('2026-11-24T20:30:00Z');
    expect(await fleet.finished(id)).toMatchObject(capped);
  });

  it('does not count a host that was forgotten', async () => {
    const { id } = await tooMuchByNow();
    await fleet.rig.runtime.fleet.end('web-1', 'gone');
    await fleet.rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, fleet.rig.time);
    fleet.rig.time = Date.parse('2026-11-24T20:30:00Z');
    expect((await fleet.finished(id)).progress).toMatchObject({ skipped: 2 });
  });
});

describe('a run that waits for its approval', () => {
  it('ends where the policy is changed, and whoever changes it is told', async () => {
    const { id } = await awaiting();
    const { warnings } = await policies().update('nightly', { spec: aSpec({ ...approving, mode: 'report' }) }, ACTOR);
    expect(warnings).toEqual([`Run ${id} waited for an approval of version 2: it ends without removing anything.`]);
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'expired', reason: 'the policy is at version 3 by now' });
    await policies().remove('nightly', ACTOR);
  });

  it('stays where the policy is only paused and resumed', async () => {
    const { id } = await awaiting();
    await policies().update('nightly', { paused: true }, ACTOR);
    expect((await policies().update('nightly', { paused: false }, ACTOR)).warnings).toEqual([]);
    const run = await fleet.runs.show(id);
    expect(await fleet.runs.approve(id, run.planHash ?? '', ACTOR)).toMatchObject({ state: 'running' });
  });
});

describe('a scheduled run whose policy is changed before it has its plan', () => {
  const applying = { mode: 'apply', schedule: { when: 'every 1h', jitter: '0s' } };
  const reporting = aSpec({ ...applying, mode: 'report' });
  const nothingRemoved = { outcome: 'expired', reason: 'the policy is at version 3 by now' };

  it('removes nothing where that is while it is planned, and whoever changes it is told', async () => {
    await fleet.policy(applying);
    let warnings: readonly string[] = [];
    meanwhile('plan', async () => ({ warnings } = await policies().update('nightly', { spec: reporting }, ACTOR)));
    fleet.pass(HOUR);
    await agent.bookmark();
    const { id } = await fleet.first();
    expect(await fleet.finished(id)).toMatchObject(nothingRemoved);
    expect(agent.removed).toEqual([]);
    expect(warnings).toEqual([`Run ${id} was going to begin by version 2: it ends without removing anything.`]);
  });

  it('removes nothing where it could not be planned until then', async () => {
    await fleet.policy(applying);
    const { planner } = fleet.rig.runtime;
    planner.plan = () => Promise.reject(new Error('the disk is busy'));
    fleet.pass(HOUR);
    await agent.bookmark();
    const { id } = await fleet.first();
    await until('it says why', async () => (await fleet.runs.show(id)).reason.includes('busy'));
    await policies().update('nightly', { paused: true }, ACTOR);
    await policies().update('nightly', { spec: reporting }, ACTOR);
    Reflect.deleteProperty(planner, 'plan');
    await policies().update('nightly', { paused: false }, ACTOR);
    fleet.pass(6_000);
    await agent.bookmark();
    expect(await fleet.finished(id)).toMatchObject(nothingRemoved);
    expect(agent.removed).toEqual([]);
  });
});
