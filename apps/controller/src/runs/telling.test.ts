import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { parseSelector } from '@fairlead/domain';
import { HostScope } from '../access/host-scope.js';
import { everything, sightOf } from '../events/sight.js';
import { type NewEvent } from '../events/told-event.js';
import { wantedBy } from '../events/wanted.js';
import { type Notice } from '../notifications/notice.js';
import { PruningAgent } from '../testing/pruning-agent.js';
import { ACTOR, until } from '../testing/rig.js';
import { RunsRig } from '../testing/runs-rig.js';
import { RunEvents } from './run-events.js';

let fleet: RunsRig;

/** Nobody listens there: the rows are what is looked at. */
const CHANNEL = { name: 'ops', kind: 'slack', url: new URL('http://127.0.0.1:9/') } as const;
const ALL = ['finished', 'failed', 'approval-needed', 'cap-reached', 'held'];

const begin = async (spec: object = {}, ...networks: string[]): Promise<PruningAgent> => {
  fleet = await RunsRig.start({ runtime: { channels: [CHANNEL] } });
  const agent = new PruningAgent('web-1', networks);
  await fleet.rig.attach(agent);
  await fleet.policy({ notify: [{ channel: 'ops', on: ALL }], ...spec });
  return agent;
};
const notices = async (): Promise<Notice[]> =>
  (await fleet.rig.database.prisma.notification.findMany({ orderBy: { id: 'asc' } })).map(
    ({ notice }) => notice as unknown as Notice,
  );

describe('notices', () => {
  afterEach(() => fleet.rig.stop());

  it('tell of the end of a run, with what it did', async () => {
    const agent = await begin({}, 'a', 'b');
    agent.fates.set('b', { outcome: 'kept', reason: 'in use', code: 'network_in_use' });
    const { id } = await fleet.apply();
    await fleet.finished(id);
    expect(await notices()).toMatchObject([
      {
        event: 'finished',
        runId: id,
        title: "Cleanup policy 'nightly' has finished",
        text: '1 network removed, 1 kept',
        counts: { removed: 1, kept: 1 },
        link: `/api/v1/runs/${id}`,
      },
    ]);
  });

  it('tell that it was stopped, and that it is held', async () => {
    const agent = await begin({}, 'a', 'b');
    agent.fates.set('b', { outcome: 'failed', reason: 'the engine broke', code: 'engine_failed' });
    const hold = agent.holdAt('a');
    const { id } = await fleet.apply();
    await hold.reached;
    await fleet.rig.runtime.freeze.set(true, 'an incident', ACTOR);
    await fleet.in('held', id);
    await fleet.rig.runtime.freeze.set(false, '', ACTOR);
    hold.release();
    await fleet.finished(id);
    expect((await notices()).map(({ event }) => event)).toEqual(['held', 'failed']);
    expect((await notices())[0]?.text).toContain('an incident');
  });

  it('tell of networks that failed, though the run went on, where a policy says nothing else', async () => {
    const agent = await begin({ notify: [{ channel: 'ops' }], stop: { failures: 5, failedPercent: 100 } }, 'x', 'y');
    const canary = new PruningAgent('a', ['c']);
    await fleet.rig.attach(canary);
    agent.fates.set('x', { outcome: 'failed', reason: 'the engine broke', code: 'engine_failed' });
    const { id } = await fleet.apply();
    expect(await fleet.finished(id)).toMatchObject({ outcome: 'done' });
    expect(await notices()).toMatchObject([
      { event: 'failed', title: "Cleanup policy 'nightly' has failed in part", counts: { removed: 2, failed: 1 } },
    ]);
  });

  it('tell of a plan that nobody approved in time, and of instants that were missed', async () => {
    const spec = { mode: 'approve', approveWithin: '10m', schedule: { when: 'every 1h', jitter: '0s' } };
    const agent = await begin({ notify: [{ channel: 'ops' }], ...spec }, 'a');
    fleet.rig.time += 3_600_000;
    await agent.bookmark();
    await until('it is told', async () => (await notices()).length === 1);
    fleet.rig.time += 600_000;
    await agent.bookmark();
    await until('its end is told', async () => (await notices()).length === 2);
    fleet.rig.time += 3 * 3_600_000;
    await until('what was missed is told', async () => (await notices()).length > 2);
    expect((await notices()).slice(1, 3).map(({ event, title }) => [event, title])).toEqual([
      ['failed', "Cleanup policy 'nightly' has expired"],
      ['failed', "Cleanup policy 'nightly' was missed"],
    ]);
  });

  it('tell of a cap, and of an approval that is needed', async () => {
    const spec = { mode: 'approve', schedule: { when: 'every 1h', jitter: '0s' } };
    const agent = await begin({ ...spec, caps: { networks: 1, hostPercent: 100, fleetPercent: 100 } }, 'a', 'b');
    for (const events of [1, 2]) {
      fleet.rig.time += 3_600_000;
      await agent.bookmark();
      await until('it is told', async () => (await notices()).length === events);
      await agent.drop(...[...agent.networks.values()].filter(({ name }) => name === 'a').map(({ id }) => id));
      await fleet.rig.settle('web-1');
    }
    expect((await notices()).map(({ event, title }) => [event, title])).toEqual([
      ['cap-reached', "Cleanup policy 'nightly' would remove more than it may"],
      ['approval-needed', "Cleanup policy 'nightly' needs an approval"],
    ]);
  });

  it('go nowhere where the policy names no channel for them', async () => {
    await begin({ notify: [{ channel: 'ops', on: ['held'] }] }, 'a');
    await fleet.finished((await fleet.apply()).id);
    expect(await notices()).toEqual([]);
  });
});

describe('events', () => {
  afterEach(() => void jest.useRealTimers());

  const told = () => fleet.rig.events.flatMap((event) => (event.type === 'run.changed' ? [event.data] : []));

  it('show each run up to its end', async () => {
    await begin({}, 'a', 'b');
    const { id } = await fleet.apply();
    await until('its end is told', () => told().at(-1)?.state === 'finished');
    expect(told().at(-1)).toEqual(await fleet.runs.show(id));
    await fleet.rig.stop();
  });

  it('show all changes of a run within a second as one', async () => {
    await begin({}, 'a');
    const run = await fleet.runs.start('nightly', { mode: 'report' }, ACTOR);
    await fleet.rig.stop();
    jest.useFakeTimers();
    const published: unknown[] = [];
    const hub = { publish: ({ data }: NewEvent) => void published.push(data()) };
    const events = new RunEvents(
      hub,
      () => Promise.resolve(run),
      Date.now,
      () => undefined,
    );
    const changeFor = async (ms: number): Promise<number> => {
      for (let at = 0; at < ms; at += 100) {
        events.runChanged(run.id);
        await jest.advanceTimersByTimeAsync(100);
      }
      return published.length;
    };
    expect([await changeFor(900), await changeFor(100), await changeFor(2_000)]).toEqual([0, 1, 3]);
  });

  it('name no hosts that were left out, which are counted', async () => {
    const agent = await begin({}, 'a');
    await fleet.rig.attach(new PruningAgent('web-2', ['b']));
    fleet.rig.time += 3_600_000;
    await agent.bookmark();
    await fleet.rig.settle('web-1');
    const { summary } = await fleet.runs.start('nightly', { mode: 'report' }, ACTOR);
    expect(summary).toMatchObject({ leftOut: [{ name: 'web-2' }], leftOutTotal: 1 });
    await until('it is told', () => told().length === 1);
    expect(told()[0]?.summary).toEqual({ ...summary, leftOut: [] });
    await fleet.rig.stop();
  });

  it('of runs are for those who may know of all hosts', () => {
    const scoped = sightOf(HostScope.of(parseSelector('env=prod')), () => undefined);
    const event = { host: null, audience: {} };
    expect(scoped({ type: 'run.changed', ...event })).toBeUndefined();
    expect(scoped({ type: 'freeze.changed', ...event })).toBe('whole');
    expect(everything({ type: 'run.changed', ...event })).toBe('whole');
  });

  it('of runs come to those who ask for them, or for no hosts in particular', () => {
    const wants = (query: object) =>
      wantedBy({ host: [], type: [], ...query })({ type: 'run.changed', host: null, audience: {} }, 'whole');
    expect(wants({})).toBe(true);
    expect(wants({ type: ['run.changed'] })).toBe(true);
    expect(wants({ type: ['host.changed'] })).toBe(false);
    expect(wants({ host: ['web-1'] })).toBe(false);
    expect(wants({ network: 'ci-*' })).toBe(false);
  });
});
