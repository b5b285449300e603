import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';
import { network } from '../testing/scripted-agent.js';
import { AuditStore } from '../audit/audit.store.js';
import { PoliciesStore } from '../policies/policies.store.js';
import { RunsStore } from './runs.store.js';
import { Scheduler } from './scheduler.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** When a rig begins. */
const START = Date.parse('2026-11-24T09:30:00Z');

let fleet: RunsRig;
let monotonic = 0;
let log: string[] = [];

beforeEach(async () => {
  [monotonic, log] = [0, []];
  // Its own schedulers look once and then not again: the tests look.
  fleet = await RunsRig.start({ runtime: { tickMs: 600_000, monotonic: () => monotonic } });
});

afterEach(() => fleet.rig.stop());

const parts = () => {
  const { database } = fleet.rig;
  const audit = fleet.rig.runtime.audit;
  return {
    audit,
    clockSet: fleet.rig.runtime.fleet.clockSet.bind(fleet.rig.runtime.fleet),
    policies: new PoliciesStore(database, audit),
    runs: new RunsStore(database, audit),
    made: () => undefined,
    notices: () => [],
    now: () => fleet.rig.time,
    monotonic: () => monotonic,
    log: (message: string) => log.push(message),
  };
};
const aScheduler = () => new Scheduler(parts());

/** Time passes, by both clocks. */
const pass = (ms: number): void => {
  fleet.rig.time += ms;
  monotonic += ms;
};
const every = (when: string, more: object = {}) => ({ schedule: { when, jitter: '0s', ...more } });
const instants = async () =>
  (await fleet.all()).map(({ scheduledFor, outcome, state }) => [scheduledFor, outcome ?? state]);
const at = (ms: number): string => new Date(START + ms).toISOString();
/** As if they had been carried out. */
const endAll = () =>
  fleet.rig.database.prisma.run.updateMany({
    where: { state: { not: 'finished' } },
    data: { state: 'finished', outcome: 'reported' },
  });

describe('the scheduler', () => {
  it('makes one run of each instant, from the creation of the policy on', async () => {
    await fleet.policy(every('every 1h'));
    const scheduler = aScheduler();
    await scheduler.tick();
    expect(await instants()).toEqual([]);
    pass(HOUR - 1);
    await scheduler.tick();
    expect(await instants()).toEqual([]);
    pass(1);
    await scheduler.tick();
    await scheduler.tick();
    expect(await instants()).toEqual([[at(HOUR), 'planning']]);
  });

  it('looks once a second while an instant is near, else every half minute', async () => {
    await fleet.policy(every('every 1h'));
    const scheduler = aScheduler();
    expect(await scheduler.tick()).toBe(30_000);
    pass(HOUR - 10_000);
    expect(await scheduler.tick()).toBe(1_000);
    pass(9_700);
    expect(await scheduler.tick()).toBe(300);
  });

  it('spreads runs by a jitter that is the same for every controller', async () => {
    await fleet.policy({ schedule: { when: 'every 1h', jitter: '10m' } });
    pass(HOUR);
    await aScheduler().tick();
    const [run] = await fleet.rig.database.prisma.run.findMany();
    expect(run).toMatchObject({ state: 'waiting' });
    const jitter = Number(run!.dueAt) - (START + HOUR);
    expect(jitter).toBeGreaterThan(0);
    expect(jitter).toBeLessThan(10 * MINUTE);
  });

  it('catches up one run after three days away, and tells of the others as one range', async () => {
    await fleet.policy(every('every 5m'));
    pass(3 * DAY + MINUTE);
    await aScheduler().tick();
    const [missed, run, ...others] = await fleet.all();
    expect(others).toEqual([]);
    expect(missed).toMatchObject({
      outcome: 'missed',
      scheduledFor: at(5 * MINUTE),
      scheduledUntil: at(3 * DAY - 5 * MINUTE),
      instants: 863,
    });
    expect(run).toMatchObject({ state: 'planning', scheduledFor: at(3 * DAY), instants: 1 });
  });

  it('catches up none once it is too late for the last one too', async () => {
    await fleet.policy(every('every 2h', { startWithin: '30m' }));
    pass(6 * HOUR + 31 * MINUTE);
    await aScheduler().tick();
    expect(await fleet.all()).toMatchObject([
      { outcome: 'missed', instants: 3, scheduledFor: at(2 * HOUR), scheduledUntil: at(6 * HOUR) },
    ]);
  });

  it('skips an instant while the run before is not finished', async () => {
    await fleet.policy(every('every 1h'));
    const scheduler = aScheduler();
    for (let hour = 0; hour < 3; hour += 1) {
      pass(HOUR);
      await scheduler.tick();
    }
    expect(await instants()).toEqual([
      [at(HOUR), 'planning'],
      [at(2 * HOUR), 'skipped'],
      [at(3 * HOUR), 'skipped'],
    ]);
    expect((await fleet.all())[1]).toMatchObject({ reason: 'the previous run is not finished' });
  });

  it('skips an instant outside of the window, but plans one that needs an approval', async () => {
    const window = { from: '20:00', to: '21:00', days: [] };
    await fleet.policy({ ...every('every 1h', { window }), mode: 'apply' }, 'apply');
    await fleet.policy({ ...every('every 1h', { window }), mode: 'approve' }, 'approve');
    pass(HOUR);
    await aScheduler().tick();
    expect((await fleet.all()).map(({ policy, outcome, reason }) => [policy.name, outcome, reason])).toEqual([
      ['apply', 'skipped', 'it is outside of the window (20:00 to 21:00, UTC)'],
      ['approve', null, ''],
    ]);
  });

  it('lets the schedule of a paused policy rest: its instants are not missed', async () => {
    await fleet.policy(every('every 1h'));
    const { policies } = fleet.rig.runtime;
    await policies.update('nightly', { paused: true }, ACTOR);
    pass(5 * HOUR + MINUTE);
    await aScheduler().tick();
    await policies.update('nightly', { paused: false }, ACTOR);
    await aScheduler().tick();
    expect(await instants()).toEqual([]);
    pass(HOUR);
    await aScheduler().tick();
    expect(await instants()).toEqual([[at(6 * HOUR), 'planning']]);
  });

  it('never runs an instant twice where two of them race over one database', async () => {
    await fleet.policy(every('every 5m'));
    const [one, other] = [aScheduler(), aScheduler()];
    for (let instant = 0; instant < 1_000; instant += 1) {
      pass(5 * MINUTE);
      await Promise.all([one.tick(), other.tick(), instant % 3 === 0 ? other.tick() : undefined]);
      await endAll();
    }
    const runs = await fleet.rig.database.prisma.run.findMany({ orderBy: { scheduledFor: 'asc' } });
    expect(runs.map(({ scheduledFor }) => Number(scheduledFor))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => START + (index + 1) * 5 * MINUTE),
    );
    expect(log).toEqual([]);
  });

  it('runs nothing again after the clock was set back by two hours, and notes that', async () => {
    await fleet.policy(every('every 30m'));
    const scheduler = aScheduler();
    for (let half = 0; half < 4; half += 1) {
      pass(30 * MINUTE);
      await scheduler.tick();
      await endAll();
    }
    fleet.rig.time -= 2 * HOUR;
    for (let half = 0; half < 5; half += 1) {
      await scheduler.tick();
      pass(30 * MINUTE);
    }
    await scheduler.tick();
    expect((await fleet.all()).map(({ scheduledFor }) => scheduledFor)).toEqual(
      [30, 60, 90, 120, 150].map((minutes) => at(minutes * MINUTE)),
    );
    const [jump] = await fleet.rig.database.prisma.auditEntry.findMany({ where: { action: 'scheduler.clock-jump' } });
    expect(jump?.detail).toEqual({ direction: 'back', by: '2h', ms: -2 * HOUR });
  });

  it.each([
    ['daily', '0 2 * * *'],
    ['often, so that one runs by the clock as it was', 'every 5m'],
  ])('goes on after the clock was a year ahead for a while: %s', async (_how, when) => {
    await fleet.policy(every(when));
    const scheduler = aScheduler();
    await scheduler.tick();
    fleet.rig.time += 365 * DAY;
    await scheduler.tick();
    await endAll();
    fleet.rig.time -= 365 * DAY;
    await scheduler.tick();
    const next = async () => (await fleet.rig.runtime.policies.show('nightly', 1)).next[0]!;
    const [told, ran]: [string[], (string | null | undefined)[]] = [[], []];
    for (let round = 0; round < 5; round += 1) {
      told.push(await next());
      pass(Date.parse(told.at(-1)!) - fleet.rig.time);
      await scheduler.tick();
      ran.push((await fleet.all()).at(-1)?.scheduledFor);
      await endAll();
    }
    expect(ran).toEqual(told);
    expect(told[0]).toBe(when === 'every 5m' ? at(5 * MINUTE) : '2026-11-25T02:00:00.000Z');
    expect(await fleet.audited()).toContain('scheduler.rewind');
  });

  it('leaves a policy alone that was changed a moment after the look at the clock', async () => {
    await fleet.policy(every('every 1h'));
    fleet.rig.time -= 5;
    await aScheduler().tick();
    expect(await fleet.audited()).toEqual([]);
  });

  it('passes over an instant that has run by a clock that was ahead, once it comes', async () => {
    await fleet.policy(every('0 2 * * *'));
    const scheduler = aScheduler();
    pass(10 * DAY + 17 * HOUR);
    await scheduler.tick();
    await endAll();
    const [, run] = await instants();
    fleet.rig.time -= 10 * DAY;
    await scheduler.tick();
    for (let day = 0; day < 12; day += 1) {
      pass(DAY);
      await scheduler.tick();
      await endAll();
    }
    const all = (await instants()).map(([instant]) => instant);
    expect(all.filter((instant) => instant === run?.[0])).toHaveLength(1);
    // The one range that was missed, and twelve days.
    expect(new Set(all).size).toBe(13);
    expect(log).toEqual([expect.stringContaining('the clock was set back')]);
  });

  it('tells of coming instants none that it takes as done after a small step back', async () => {
    await fleet.policy(every('every 30m'));
    const scheduler = aScheduler();
    pass(HOUR);
    await scheduler.tick();
    fleet.rig.time -= 45 * MINUTE;
    await scheduler.tick();
    expect((await fleet.rig.runtime.policies.show('nightly', 1)).next).toEqual([at(90 * MINUTE)]);
  });

  it('takes a jump of three days forward for time that was missed', async () => {
    await fleet.policy(every('every 6h'));
    const scheduler = aScheduler();
    await scheduler.tick();
    fleet.rig.time += 3 * DAY;
    await scheduler.tick();
    expect((await fleet.all()).map(({ outcome, instants: count }) => [outcome, count])).toEqual([
      ['missed', 11],
      [null, 1],
    ]);
    expect(await fleet.audited()).toEqual(['scheduler.clock-jump', 'run.schedule', 'run.schedule']);
  });

  it('deals with no instant before a jump is noted, which it tries again', async () => {
    await fleet.policy(every('every 6h'));
    const { audit, ...rest } = parts();
    let isAway = true;
    const commit: AuditStore['commit'] = (...asked) =>
      isAway ? Promise.reject(new FairleadError('storage_failed', 'The disk is away')) : audit.commit(...asked);
    const scheduler = new Scheduler({ ...rest, audit: { commit } });
    await scheduler.tick();
    fleet.rig.time += DAY;
    await expect(scheduler.tick()).rejects.toThrow('The disk is away');
    expect(await fleet.all()).toEqual([]);
    isAway = false;
    await scheduler.tick();
    expect(await fleet.audited()).toEqual(['scheduler.clock-jump', 'run.schedule', 'run.schedule']);
  });

  it('keeps what became unused just after the clock was set back as it is', async () => {
    const agent = new PruningAgent('web-1', ['old']);
    await fleet.rig.attach(agent);
    const scheduler = aScheduler();
    await scheduler.tick();
    pass(10_000);
    fleet.rig.time -= 15 * DAY;
    await agent.put(network('new'));
    await fleet.rig.settle('web-1');
    pass(10_000);
    await scheduler.tick();
    const rows = await fleet.rig.database.prisma.network.findMany();
    const idle = rows.map(({ name, unusedSinceAt }) => [name, fleet.rig.time - Number(unusedSinceAt)]);
    expect(Object.fromEntries(idle)).toMatchObject({ old: 20_000, new: 10_000 });
  });

  it('takes no slow change of the clock for a jump', async () => {
    const scheduler = aScheduler();
    for (let look = 0; look < 100; look += 1) {
      await scheduler.tick();
      fleet.rig.time += 30_015;
      monotonic += 30_000;
    }
    expect(await fleet.audited()).toEqual([]);
  });

  it('writes nothing where the policy has changed since it was read', async () => {
    await fleet.policy(every('every 1h'));
    pass(HOUR);
    const { policies, ...rest } = parts();
    const stale = await policies.all();
    await fleet.rig.runtime.policies.update('nightly', { paused: true }, ACTOR);
    const late = {
      all: () => Promise.resolve(stale),
      passThrough: policies.passThrough,
      rewind: policies.rewind,
      isThrough: policies.isThrough,
    };
    await new Scheduler({ ...rest, policies: late }).tick();
    expect(await fleet.all()).toEqual([]);
    const [policy] = await policies.all();
    expect(policy?.scheduledThrough).toBe(START);
  });
});

describe('an instant that finds a plan which nobody has approved', () => {
  const spec = { ...every('every 1h'), mode: 'approve', approveWithin: '24h' };

  it('has it end, and makes a newer one', async () => {
    await fleet.rig.stop();
    fleet = await RunsRig.start();
    const agent = new PruningAgent('web-1', ['a']);
    await fleet.rig.attach(agent);
    await fleet.policy(spec);
    for (const runs of [1, 2, 3]) {
      fleet.rig.time += HOUR;
      await agent.bookmark();
      await until('it waits', async () => (await fleet.all())[runs - 1]?.state === 'awaiting-approval');
    }
    const replaced = { outcome: 'expired', reason: 'a newer plan takes its place', progress: { total: 1, done: 0 } };
    expect(await fleet.all()).toMatchObject([replaced, replaced, { state: 'awaiting-approval' }]);
    expect(await fleet.audited()).toContain('run.finish');
  });

  it('leaves one alone that was approved meanwhile', async () => {
    await fleet.policy(spec);
    pass(HOUR);
    const scheduler = aScheduler();
    await scheduler.tick();
    const { database } = fleet.rig;
    await database.prisma.run.updateMany({ data: { state: 'awaiting-approval' } });
    const { runs, ...rest } = parts();
    const late = {
      add: runs.add.bind(runs),
      lastInstant: runs.lastInstant.bind(runs),
      rewind: runs.rewind.bind(runs),
      open: async (policyId?: string) => {
        const open = await runs.open(policyId);
        await database.prisma.run.updateMany({ data: { state: 'running' } });
        return open;
      },
    };
    pass(HOUR);
    await new Scheduler({ ...rest, runs: late }).tick();
    expect(await instants()).toEqual([[at(HOUR), 'running']]);
    await aScheduler().tick();
    expect(await instants()).toEqual([
      [at(HOUR), 'running'],
      [at(2 * HOUR), 'skipped'],
    ]);
  });
});

describe('a scheduled run', () => {
  it('goes its way by itself, from its instant to its end', async () => {
    await fleet.rig.stop();
    fleet = await RunsRig.start();
    const agent = new PruningAgent('web-1', ['a']);
    await fleet.rig.attach(agent);
    await fleet.policy({ ...every('every 1h'), mode: 'apply' });
    fleet.rig.time += HOUR;
    await agent.bookmark();
    await until('it has ended', async () => (await fleet.all())[0]?.state === 'finished');
    expect(await fleet.all()).toMatchObject([{ outcome: 'done', actor: 'schedule', progress: { removed: 1 } }]);
    expect(agent.removed).toEqual(['a']);
    const steps = (await fleet.audited()).filter((action) => action.startsWith('run.'));
    expect(steps).toEqual(['run.schedule', 'run.take', 'run.plan', 'run.finish']);
  });

  it('has failed, and says why, where it could not be planned until it was too late', async () => {
    await fleet.rig.stop();
    fleet = await RunsRig.start();
    await fleet.policy({ schedule: { when: 'every 6h', jitter: '0s', startWithin: '30m' } });
    fleet.rig.runtime.planner.plan = () => Promise.reject(new FairleadError('storage_failed', 'The disk is away'));
    fleet.pass(6 * HOUR);
    const reason = 'it could not be planned: The disk is away';
    await until('it says why', async () => (await fleet.all())[0]?.reason === reason);
    fleet.pass(31 * MINUTE);
    await until('it has ended', async () => (await fleet.all())[0]?.state === 'finished');
    expect(await fleet.all()).toMatchObject([{ outcome: 'failed', reason }]);
  });

  it('was missed where it waited for its time while nobody was there for too long', async () => {
    await fleet.policy({ schedule: { when: 'every 1h', jitter: '10m', startWithin: '30m' } });
    pass(HOUR);
    await aScheduler().tick();
    fleet = await fleet.restart(HOUR);
    await until('it has ended', async () => (await fleet.all())[0]?.state === 'finished');
    expect((await fleet.all())[0]).toMatchObject({
      outcome: 'missed',
      reason: 'it could not begin within 30m of its time',
    });
  });
});

it('is found by its audit: the rows of a run and the schedule are part of the chain', async () => {
  await fleet.policy(every('every 1h'));
  pass(HOUR);
  await aScheduler().tick();
  const audit = new AuditStore(fleet.rig.database);
  await audit.load();
  const entries = await audit.entries(0);
  expect(entries.at(-1)).toMatchObject({ action: 'run.schedule', actor: 'schedule', outcome: 'accepted' });
});
