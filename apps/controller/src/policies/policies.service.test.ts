import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPolicyRequest } from '@fairlead/api';
import { aRun } from '../runs/new-runs.js';
import { RunsStore } from '../runs/runs.store.js';
import { ACTOR, Rig } from '../testing/rig.js';
import { PoliciesService } from './policies.service.js';
import { PoliciesStore } from './policies.store.js';

let rig: Rig;
let store: PoliciesStore;
let service: PoliciesService;
let told: number;

beforeEach(async () => {
  rig = await Rig.start();
  told = 0;
  store = new PoliciesStore(rig.database, rig.runtime.audit);
  const runs = {
    open: () => Promise.resolve([]),
    policyChanged: () => void (told += 1),
  };
  service = new PoliciesService(store, rig.runtime.hosts, runs, ['ops', 'chat'], () => rig.time);
});

afterEach(() => rig.stop());

const create = (spec: object = {}) =>
  service.create(createPolicyRequest.parse({ name: 'nightly', spec: { matchAll: true, ...spec } }), ACTOR);

describe('a policy whose run is not finished', () => {
  it('stays, and goes once the run is finished', async () => {
    await create();
    const runs = new RunsStore(rig.database, rig.runtime.audit);
    const [policy] = await store.all();
    // Due tomorrow, so that the runs of the rig leave it alone.
    const run = { ...aRun(policy!, rig.time), state: 'waiting', dueAt: rig.time + 86_400_000 } as const;
    await runs.add([run], { verb: 'start', actor: ACTOR, at: rig.time });
    await expect(service.remove('nightly', ACTOR)).rejects.toMatchObject({
      code: 'run_active',
      message: "A run of policy 'nightly' is not finished",
      hint: "See 'fairlead policy runs nightly'; wait for its end, or cancel it.",
    });
    expect(await store.all()).toHaveLength(1);
    await runs.change(run, { state: 'finished' }, { verb: 'finish', actor: ACTOR, at: rig.time });
    await service.remove('nightly', ACTOR);
    expect(await store.all()).toEqual([]);
  });
});

describe('whoever carries policies out', () => {
  it('is told of each change of one, and of nothing else', async () => {
    const { spec } = await create();
    await service.update('nightly', { spec }, ACTOR);
    expect(told).toBe(1);
    await service.update('nightly', { paused: true }, ACTOR);
    await service.remove('nightly', ACTOR);
    expect(told).toBe(3);
  });

  it('finds what each version said, also of a policy that is gone', async () => {
    const { id, spec } = await create();
    await service.update('nightly', { spec: { ...spec, unusedFor: '7d' } }, ACTOR);
    await service.remove('nightly', ACTOR);
    expect(await store.version(id, 1)).toEqual(spec);
    expect(await store.version(id, 2)).toMatchObject({ unusedFor: '7d' });
    expect(await store.version(id, 3)).toBeUndefined();
  });
});

describe('a channel of a policy', () => {
  it('is one that the controller knows', async () => {
    await expect(create({ notify: [{ channel: 'ops' }, { channel: 'opps' }] })).rejects.toMatchObject({
      faults: [
        {
          path: '/spec/notify/1/channel',
          message: "the controller has no channel 'opps': it knows chat, ops (--notifications)",
        },
      ],
    });
    expect(await create({ notify: [{ channel: 'ops' }] })).toMatchObject({ name: 'nightly' });
  });
});

describe('the instants that are dealt with', () => {
  it('move on from where they were, and from nowhere else', async () => {
    const { id } = await create({ schedule: { when: 'every 6h' } });
    const through = async () => (await store.find(id))!.scheduledThrough;
    const from = await through();
    expect(await rig.database.transaction([store.passThrough(id, from, from + 1000)])).toEqual([1]);
    expect(await rig.database.transaction([store.passThrough(id, from, from + 2000)])).toEqual([0]);
    expect(await through()).toBe(from + 1000);
  });

  it('are not undealt with by a change of the policy', async () => {
    const { id, spec } = await create({ schedule: { when: 'every 6h' } });
    const { scheduledThrough } = (await store.find(id))!;
    await rig.database.transaction([store.passThrough(id, scheduledThrough, scheduledThrough + 9_000_000)]);
    await service.update('nightly', { spec: { ...spec, schedule: { ...spec.schedule!, when: 'every 1h' } } }, ACTOR);
    expect((await store.find(id))!.scheduledThrough).toBe(scheduledThrough + 9_000_000);
  });
});
