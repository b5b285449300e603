import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run as runView, runItem } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { aSpec, RunsRig } from '../testing/runs-rig.js';
import { network } from '../testing/scripted-agent.js';

let fleet: RunsRig;

beforeEach(async () => {
  fleet = await RunsRig.start();
});

afterEach(() => fleet.rig.stop());

const attach = async (name: string, ...networks: string[]): Promise<PruningAgent> => {
  const agent = new PruningAgent(name, networks);
  await fleet.rig.attach(agent);
  return agent;
};

/** Hosts `web-01` to `web-NN` with one network each, `net-01` and so on. */
const attachMany = (count: number): Promise<PruningAgent[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) => {
      const number = String(index + 1).padStart(2, '0');
      return attach(`web-${number}`, `net-${number}`);
    }),
  );

/** The record of a removal comes with the inventory, maybe after the end of the run. */
const allSeenGone = (id: string): Promise<void> =>
  until('all are seen to be gone', async () => (await fleet.items(id)).every(({ removal }) => removal !== null));

const failing = { outcome: 'failed', reason: 'the engine broke', code: 'engine_failed', engineMessage: 'boom' };

describe('a run', () => {
  it('keeps the networks of its plan, and one that began nothing while it is among the last twenty', async () => {
    await attach('web-1', 'a', 'b', 'c');
    await fleet.policy({ exempt: [{ names: ['b', 'c'] }] });
    const applied = await fleet.apply();
    await fleet.finished(applied.id);
    await fleet.rig.runtime.policies.update('nightly', { spec: aSpec() }, ACTOR);
    for (let nth = 0; nth < 22; nth += 1) await fleet.runs.start('nightly', { mode: 'report' }, ACTOR);
    const kept = await Promise.all((await fleet.all()).map(async ({ id }) => (await fleet.items(id)).length));
    expect(kept).toEqual([1, 0, 0, ...Array.from({ length: 20 }, () => 2)]);
    expect((await fleet.all())[1]).toMatchObject({ progress: { total: 2 } });
  });

  it('only tells in the mode report: nothing is sent', async () => {
    const agent = await attach('web-1', 'ci-1', 'ci-2');
    await fleet.policy();
    const run = await fleet.runs.start('nightly', { mode: 'report' }, ACTOR);
    expect(run).toMatchObject({
      state: 'finished',
      outcome: 'reported',
      reason: 'the policy only reports: 2 networks would have been removed',
      progress: { total: 2, done: 0 },
    });
    expect(runView.safeParse(run).error).toBeUndefined();
    expect(await fleet.outcomes(run.id)).toEqual({ 'ci-1': null, 'ci-2': null });
    expect(await fleet.operations()).toEqual([]);
    expect(agent.removed).toEqual([]);
  });

  it('carries out the plan whose hash is given, and names every network with its removal', async () => {
    const agent = await attach('web-1', 'ci-1', 'ci-2');
    await fleet.policy();
    const { id } = await fleet.apply();
    expect(await fleet.finished(id)).toMatchObject({
      outcome: 'done',
      reason: '2 networks removed',
      progress: { total: 2, done: 2, removed: 2 },
    });
    expect(agent.removed).toEqual(['ci-1', 'ci-2']);
    await allSeenGone(id);
    const items = await fleet.items(id);
    expect(items.map((item) => runItem.safeParse(item).error)).toEqual([undefined, undefined]);
    const removals = await fleet.rig.database.prisma.removedNetwork.findMany();
    expect(items.map(({ removal }) => removal)).toEqual(
      items.map(({ network: { id: wanted } }) => removals.find(({ networkId }) => networkId === wanted)?.id),
    );
    expect(await fleet.audited()).toEqual(['run.start', 'run.take', 'run.finish']);
  });

  it('tells of each item what the agent said: kept, undone with the new id, or failed with the engine’s words', async () => {
    await attach('canary', 'old');
    const agent = await attach('web-1', 'a', 'b', 'c', 'd');
    agent.fates.set('a', { outcome: 'kept', reason: 'container db uses it', code: 'network_in_use' });
    agent.fates.set('b', { outcome: 'kept', reason: 'it is gone already', code: 'network_not_found' });
    agent.fates.set('c', { outcome: 'undone', reason: 'db came in between', code: '', restoredId: 'new-id' });
    agent.fates.set('d', failing);
    await fleet.policy({ stop: { failures: 5, failedPercent: 100 } });
    const { id } = await fleet.apply();
    expect(await fleet.finished(id)).toMatchObject({ progress: { removed: 1, kept: 2, undone: 1, failed: 1 } });
    const [, ...items] = await fleet.items(id);
    expect(
      items.map(({ outcome, reason, engineMessage, restored }) => [outcome, reason, engineMessage, restored]),
    ).toEqual([
      ['kept', 'container db uses it', '', null],
      ['kept', 'it is gone already', '', null],
      ['undone', 'db came in between', '', 'new-id'],
      ['failed', 'the engine broke', 'boom', null],
    ]);
  });

  it('counts a network that was removed and could not be made again as failed, and says how it is restored', async () => {
    const agent = await attach('web-1', 'a');
    const reason = 'removed; db came onto it; it could not be made again: range taken';
    agent.fates.set('a', { outcome: 'failed', reason, code: 'undo_failed' });
    await fleet.policy();
    const { id } = await fleet.apply();
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'stopped', progress: { removed: 0, failed: 1 } });
    await allSeenGone(id);
    const [removal] = await fleet.rig.database.prisma.removedNetwork.findMany();
    const [item] = await fleet.items(id);
    expect(item).toMatchObject({ outcome: 'failed', code: 'undo_failed', reason, removal: removal?.id });
    expect(removal?.operationId).toBe(item?.operation);
  });

  it('names its policy, its run and its fence to the agent, a higher one each time', async () => {
    const agent = await attach('web-1', 'ci-1');
    const policyId = await fleet.policy();
    const first = await fleet.apply();
    await fleet.finished(first.id);
    await agent.put(network('ci-2'));
    await fleet.rig.settle('web-1');
    const second = await fleet.apply();
    await fleet.finished(second.id);
    const runs = agent.callsOf('PruneNetworks').map((request) => (request as { run: object }).run);
    expect(runs).toEqual([
      { policyId, runId: first.id, fence: expect.any(Number) },
      { policyId, runId: second.id, fence: expect.any(Number) },
    ]);
    const [before, after] = runs as { fence: number }[];
    expect(after!.fence).toBeGreaterThan(before!.fence);
  });

  it('keeps what the policy would keep by now, though it was planned', async () => {
    const agents = await attachMany(2);
    await fleet.policy({ canary: '' });
    const hold = agents[0]!.holdAt('net-01');
    const { id } = await fleet.apply();
    await hold.reached;
    await agents[1]!.put(network('net-02', { endpoints: [anEndpoint('db')] }));
    await fleet.rig.settle('web-02');
    hold.release();
    await fleet.finished(id);
    const [, kept] = await fleet.items(id);
    expect(kept).toMatchObject({ outcome: 'kept', code: 'plan_stale', reason: expect.stringContaining('db') });
    expect(agents[1]!.callsOf('PruneNetworks')).toEqual([]);
  });

  it('refuses a second one of its policy while it is under way', async () => {
    const agent = await attach('web-1', 'ci-1');
    await fleet.policy();
    const planHash = await fleet.planHash();
    const hold = agent.holdAt('ci-1');
    const { id } = await fleet.apply();
    await hold.reached;
    const second = fleet.runs.start('nightly', { mode: 'apply', planHash }, ACTOR);
    await expect(second).rejects.toMatchObject({ code: 'run_active' });
    hold.release();
    await fleet.finished(id);
    expect(agent.removed).toEqual(['ci-1']);
  });
});

describe('caps', () => {
  it('stop a run before its first act', async () => {
    const agent = await attach('web-1', 'ci-1', 'ci-2', 'ci-3');
    await fleet.policy({ caps: { networks: 2, hostPercent: 100, fleetPercent: 100 } });
    await expect(fleet.apply()).rejects.toMatchObject({ code: 'caps_exceeded' });
    expect(await fleet.all()).toEqual([]);
    expect(await fleet.operations()).toEqual([]);
    expect(agent.calls.some(({ method }) => method === 'PruneNetworks')).toBe(false);
  });

  it('let exactly as many go as they say', async () => {
    const agent = await attach('web-1', 'ci-1', 'ci-2', 'ci-3');
    await fleet.policy({ caps: { networks: 3, hostPercent: 100, fleetPercent: 100 } });
    await fleet.finished((await fleet.apply()).id);
    expect(agent.removed).toHaveLength(3);
  });

  it('refuse a hash of another plan, before anything', async () => {
    await attach('web-1', 'ci-1');
    await fleet.policy();
    const wrong = fleet.runs.start('nightly', { mode: 'apply', planHash: 'another' }, ACTOR);
    await expect(wrong).rejects.toMatchObject({ code: 'plan_stale' });
    expect(await fleet.all()).toEqual([]);
  });
});

describe('stop rules', () => {
  it('end a run at the canary’s first failure, before the first wave', async () => {
    const agents = await attachMany(12);
    agents[0]!.fates.set('net-01', failing);
    await fleet.policy({ stop: { failures: 100, failedPercent: 100 } });
    const { id } = await fleet.apply();
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'stopped', progress: { failed: 1, skipped: 11 } });
    expect(agents.filter((agent) => agent.callsOf('PruneNetworks').length > 0)).toEqual([agents[0]]);
  });

  it('end it after so many failures, and stop what is under way between two networks', async () => {
    const [canary, second, third] = await attachMany(12);
    await third!.put(network('x-1'), network('x-2'), network('x-3'));
    await fleet.rig.settle('web-03');
    second!.fates.set('net-02', failing);
    third!.fates.set('net-03', failing);
    const [first, last] = [second!.holdAt('net-02'), third!.holdAt('x-1')];
    await fleet.policy({ stop: { failures: 2, failedPercent: 100 } });
    const { id } = await fleet.apply();
    await Promise.all([first.reached, last.reached]);
    first.release();
    await until('it is closing', async () => (await fleet.runs.show(id)).reason.includes('failed: stop.failures'));
    last.release();
    expect(await fleet.finished(id)).toMatchObject({
      outcome: 'stopped',
      reason: expect.stringContaining('2 networks failed'),
      progress: { removed: 2, failed: 2, skipped: 11 },
    });
    // The one that it was at comes to its end.
    expect([...canary!.removed, ...third!.removed]).toEqual(['net-01', 'x-1']);
  });

  /** At the first of these hosts, while others go away; the first minute of the controller is over. */
  const whileAway = async (agents: readonly PruningAgent[], ...away: string[]) => {
    fleet.pass(120_000);
    for (const agent of agents) await agent.bookmark();
    const hold = agents[0]!.holdAt('net-01');
    const { id } = await fleet.apply();
    await hold.reached;
    for (const host of away) fleet.rig.runtime.fleet.session(host)!.connection.close('gone');
    await until('they are gone', () => away.every((host) => fleet.rig.freshness(host) !== 'live'));
    return { id, hold };
  };

  it('count hosts that went away; their networks are skipped, though the clock was set back', async () => {
    const agents = await attachMany(4);
    await fleet.policy({ stop: { unreachablePercent: 25 } });
    const { id, hold } = await whileAway(agents, 'web-02', 'web-03');
    fleet.rig.time -= 7_200_000;
    hold.release();
    await until('it has ended', async () => {
      fleet.pass(1_000);
      for (const agent of [agents[0]!, agents[3]!]) await agent.bookmark();
      return (await fleet.runs.show(id)).state === 'finished';
    });
    const reason = expect.stringContaining('2 of 4 hosts went away');
    expect(await fleet.runs.show(id)).toMatchObject({ outcome: 'stopped', reason });
    const away = (await fleet.items(id)).filter(({ host }) => host === 'web-02' || host === 'web-03');
    const skipped = { outcome: 'skipped', code: 'host_unavailable' };
    expect(away).toMatchObject([skipped, skipped]);
  });

  it('do not count a host that is back within some seconds of its turn', async () => {
    const agents = await attachMany(4);
    const other = agents[3]!.holdAt('net-04');
    await fleet.policy({ stop: { unreachablePercent: 10 } });
    const { id, hold } = await whileAway(agents, 'web-03');
    hold.release();
    // Of the same wave, and behind it.
    await other.reached;
    await fleet.rig.attach(agents[2]!);
    other.release();
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'done', progress: { removed: 4 } });
  });

  it('end it where the answer of a host is lost, once that is settled', async () => {
    const agents = await attachMany(3);
    const hold = agents[0]!.holdAt('net-01');
    await fleet.policy();
    const { id } = await fleet.apply();
    await hold.reached;
    fleet.rig.runtime.fleet.session('web-01')!.connection.close('the cable was pulled');
    await until('it is closing', async () => (await fleet.runs.show(id)).reason.includes('not known'));
    expect(await fleet.runs.show(id)).toMatchObject({ state: 'running', outcome: null });
    hold.release();
    await until('the agent has ended', () => agents[0]!.removed.length === 1);
    await fleet.rig.attach(agents[0]!);
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'stopped', progress: { removed: 1, skipped: 2 } });
    expect(agents.map(({ removed }) => removed)).toEqual([['net-01'], [], []]);
  });
});

describe('whoever holds a run', () => {
  const inMidRun = async () => {
    const agent = await attach('web-1', 'a', 'b', 'c', 'd');
    const hold = agent.holdAt('b');
    await fleet.policy();
    const { id } = await fleet.apply();
    await hold.reached;
    return { agent, hold, id };
  };

  it('freezes: nothing further is removed, and it goes on after the release, no network twice', async () => {
    const { agent, hold, id } = await inMidRun();
    await fleet.rig.runtime.freeze.set(true, 'an incident', ACTOR);
    expect(await fleet.in('held', id)).toMatchObject({ reason: expect.stringContaining('an incident') });
    hold.release();
    await until('the operation has ended', async () => (await fleet.operations())[0]?.state === 'finished');
    expect(agent.removed).toEqual(['a', 'b']);
    await fleet.rig.runtime.freeze.set(false, '', ACTOR);
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'done', progress: { removed: 4 } });
    expect(agent.removed).toEqual(['a', 'b', 'c', 'd']);
    expect(await fleet.operations()).toHaveLength(2);
    expect(await fleet.audited()).toEqual([
      'run.start',
      'run.take',
      'freeze.on',
      'run.hold',
      'freeze.off',
      'run.resume',
      'run.finish',
    ]);
  });

  it('pauses its policy, and resumes it', async () => {
    const { agent, hold, id } = await inMidRun();
    await fleet.rig.runtime.policies.update('nightly', { paused: true }, ACTOR);
    expect(await fleet.in('paused', id)).toMatchObject({ reason: 'its policy is paused' });
    hold.release();
    await until('the operation has ended', async () => (await fleet.operations())[0]?.state === 'finished');
    expect(agent.removed).toEqual(['a', 'b']);
    await fleet.rig.runtime.policies.update('nightly', { paused: false }, ACTOR);
    await fleet.finished(id);
    expect(agent.removed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('cancels it: it ends when the network that it is at has', async () => {
    const { agent, hold, id } = await inMidRun();
    const cancelled = await fleet.runs.cancel(id, ACTOR);
    expect(cancelled).toMatchObject({ state: 'running', outcome: null, reason: 'it was cancelled by local' });
    hold.release();
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'cancelled', progress: { removed: 2, skipped: 2 } });
    expect(agent.removed).toEqual(['a', 'b']);
    expect(await fleet.runs.cancel(id, ACTOR)).toMatchObject({ state: 'finished', outcome: 'cancelled' });
  });

  it('is refused the removal of the policy', async () => {
    const { hold, id } = await inMidRun();
    const removal = fleet.rig.runtime.policies.remove('nightly', ACTOR);
    await expect(removal).rejects.toMatchObject({ code: 'run_active' });
    hold.release();
    await fleet.finished(id);
    await fleet.rig.runtime.policies.remove('nightly', ACTOR);
    expect(await fleet.runs.show(id)).toMatchObject({ outcome: 'done' });
  });
});

describe('the window', () => {
  /** The rig begins at 09:30. */
  const schedule = { when: '0 0 1 1 *', window: { from: '09:00', to: '10:00', days: [] } };

  it('closes in the midst of a run: the rest is skipped', async () => {
    const agent = await attach('web-1', 'a', 'b', 'c');
    const hold = agent.holdAt('b');
    await fleet.policy({ schedule });
    const { id } = await fleet.apply();
    await hold.reached;
    fleet.rig.time = Date.parse('2026-11-24T10:00:00Z');
    await until('it is closing', async () => (await fleet.runs.show(id)).reason.includes('has closed'));
    hold.release();
    expect(await fleet.finished(id)).toMatchObject({
      outcome: 'stopped',
      reason: expect.stringContaining('the window (09:00 to 10:00, UTC) has closed'),
      progress: { removed: 2, skipped: 1 },
    });
    expect(agent.removed).toEqual(['a', 'b']);
  });

  it('is waited for by what a person has asked for', async () => {
    const agent = await attach('web-1', 'a');
    await fleet.policy({ schedule: { ...schedule, window: { from: '10:00', to: '11:00', days: [] } } });
    const { id, state, reason } = await fleet.apply();
    expect([state, reason]).toEqual(['waiting', 'it waits for the window (10:00 to 11:00, UTC)']);
    fleet.rig.time = Date.parse('2026-11-24T10:00:00Z');
    await agent.bookmark();
    await fleet.finished(id);
    expect(agent.removed).toEqual(['a']);
  });
});
