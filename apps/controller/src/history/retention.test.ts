import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { AuditStore } from '../audit/audit.store.js';
import { type Database, openDatabase } from '../database/index.js';
import { HostsStore } from '../hosts/hosts.store.js';
import { temporaryFolder } from '../testing/rig.js';
import { ScriptedAgent } from '../testing/scripted-agent.js';
import { Retention } from './retention.js';
import { DEFAULT_RETENTION } from './retention-limits.js';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const NOTHING = { history: 0, removedNetworks: 0, operations: 0, runs: 0, notifications: 0 };
let database: Database;
let now: number;
let monotonic: number;
let discard: () => void;

beforeEach(async () => {
  [now, monotonic] = [NOW, 5];
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
});

afterEach(async () => {
  await database.close();
  discard();
});

const retention = (limits = {}) =>
  new Retention(
    database,
    { ...DEFAULT_RETENTION, ...limits },
    () => now,
    () => monotonic,
    () => undefined,
  );

const entries = (...ages: number[]) =>
  database.prisma.historyEntry.createMany({
    data: ages.map((age) => ({
      at: BigInt(NOW - age),
      hostName: 'web-1',
      kind: 'network.created',
      networkId: 'n',
      networkName: 'net',
      containerId: '',
      containerName: '',
      detail: {},
    })),
  });
const ages = async () =>
  (await database.prisma.historyEntry.findMany({ orderBy: { seq: 'asc' } })).map(({ at }) => NOW - Number(at));

const operation = (age: number, outcome: string | null) => ({
  id: uuidv7({ msecs: NOW - age }),
  kind: 'create',
  hostName: 'web-1',
  target: {},
  request: {},
  state: outcome === null ? 'dispatched' : 'finished',
  outcome,
  actor: 'a',
  client: 'c',
  peer: 'unix',
  createdAt: BigInt(NOW - age),
  deadlineMs: 1,
});

describe('retention', () => {
  it('takes the history that is older than it may be, to the millisecond', async () => {
    await entries(91 * DAY, 90 * DAY + 1, 90 * DAY, 0);
    expect(await retention().sweep()).toEqual({ ...NOTHING, history: 2 });
    expect(await ages()).toEqual([90 * DAY, 0]);
  });

  it('takes the oldest of more entries than it may have', async () => {
    await entries(5, 4, 3, 2, 1);
    expect(await retention({ historyRows: 2 }).sweep()).toMatchObject({ history: 3 });
    expect(await ages()).toEqual([2, 1]);
  });

  it('takes more than fits into one batch', async () => {
    await entries(...Array.from({ length: 2_500 }, () => 100 * DAY), 1);
    expect(await retention().sweep()).toMatchObject({ history: 2_500 });
    expect(await ages()).toEqual([1]);
  });

  it('takes old records of networks that are gone', async () => {
    const gone = (id: string, age: number) => ({
      id,
      hostName: 'web-1',
      networkId: 'n',
      name: 'net',
      record: {},
      firstSeenAt: 1n,
      lastSeenAt: 1n,
      removedAt: BigInt(NOW - age),
    });
    await database.prisma.removedNetwork.createMany({ data: [gone('old', 366 * DAY), gone('young', 364 * DAY)] });
    expect(await retention().sweep()).toMatchObject({ removedNetworks: 1 });
    expect((await database.prisma.removedNetwork.findMany()).map(({ id }) => id)).toEqual(['young']);
  });

  it('takes finished operations, and none whose outcome is not known or that runs', async () => {
    const kept = [operation(91 * DAY, 'unknown'), operation(91 * DAY, null), operation(89 * DAY, 'succeeded')];
    const old = [operation(91 * DAY, 'succeeded'), operation(200 * DAY, 'refused')];
    await database.prisma.operation.createMany({ data: [...kept, ...old] });
    expect(await retention().sweep()).toMatchObject({ operations: 2 });
    const left = (await database.prisma.operation.findMany()).map(({ id }) => id);
    expect(left.sort()).toEqual(kept.map(({ id }) => id).sort());
  });

  it('takes finished runs with their networks, but the last one of each policy', async () => {
    const run = (id: string, policyId: string, age: number, state = 'finished') => ({
      ...{
        id: uuidv7({ msecs: NOW - age, seq: Number(id) }),
        policyId,
        policyName: id,
        version: 1,
        state,
        instants: 1,
      },
      ...{ trigger: 'person', mode: 'apply', reason: '', fence: 1, actor: 'a', client: 'c', peer: 'unix' },
      ...{ dueAt: 1n, createdAt: 1n },
    });
    const old = run('1', 'one', 92 * DAY);
    const kept = [run('2', 'one', 91 * DAY), run('3', 'two', 92 * DAY, 'held'), run('4', 'two', 1 * DAY)];
    const item = (runId: string) => ({
      ...{ runId, position: 0, hostName: 'h', networkId: 'n', networkName: 'n', driver: 'bridge', digest: 'd' },
      ...{ wave: 0, restorability: 'exactly', explanation: '', losses: [], state: 'planned' },
      ...{ reason: '', code: '', engineMessage: '' },
    });
    await database.prisma.run.createMany({ data: [old, ...kept] });
    await database.prisma.runItem.createMany({ data: [old, ...kept].map(({ id }) => item(id)) });
    expect(await retention().sweep()).toMatchObject({ runs: 1 });
    const left = kept.map(({ id }) => id).sort();
    expect((await database.prisma.run.findMany()).map(({ id }) => id).sort()).toEqual(left);
    expect((await database.prisma.runItem.findMany()).map(({ runId }) => runId).sort()).toEqual(left);
  });

  it('takes notices of that age, and none that is still on its way', async () => {
    const notice = (age: number, state: string) => ({
      ...{ id: uuidv7({ msecs: NOW - age }), noticeId: 'n', channel: 'ops', event: 'finished', runId: 'r', notice: {} },
      ...{ state, attempts: 1, createdAt: BigInt(NOW - age), nextAt: BigInt(NOW - age) },
    });
    const kept = [notice(91 * DAY, 'waiting'), notice(89 * DAY, 'delivered')];
    const old = [notice(91 * DAY, 'delivered'), notice(92 * DAY, 'failed')];
    await database.prisma.notification.createMany({ data: [...kept, ...old] });
    expect(await retention().sweep()).toEqual({ ...NOTHING, notifications: 2 });
    const left = (await database.prisma.notification.findMany()).map(({ id }) => id);
    expect(left.sort()).toEqual(kept.map(({ id }) => id).sort());
  });

  describe('where the clock is a year ahead', () => {
    const heard = async (at: number) => {
      const hosts = new HostsStore(database, new AuditStore(database));
      await hosts.attached(new ScriptedAgent('web-1').facts, 'unix', at);
      await database.prisma.host.updateMany({ data: { lastHeardAt: at } });
    };

    it.each([
      ['from the start on', 0, 365 * DAY],
      ['later', 365 * DAY, 0],
    ])(
      '%s takes nothing that is not old by what was stored before, and by the time since',
      async (_when, by, before) => {
        await entries(91 * DAY, 89 * DAY, 1 * DAY);
        await heard(NOW);
        now += before;
        const sweeping = retention();
        await sweeping.start();
        await heard(now);
        now += by;
        expect(await sweeping.sweep()).toMatchObject({ history: 1 });
        monotonic += 2 * DAY;
        expect(await sweeping.sweep()).toMatchObject({ history: 1 });
        expect(await ages()).toEqual([1 * DAY]);
        await sweeping.stop();
      },
    );

    it('takes nothing by the audit either, where there is no host', async () => {
      await entries(89 * DAY);
      const actor = { name: 'local', client: 'test', peer: '' };
      const what = { action: 'test', hostName: null, target: {}, operationId: null, outcome: 'done', detail: {} };
      await new AuditStore(database).commit({ at: NOW, actor, ...what });
      now += 365 * DAY;
      expect(await retention().sweep()).toEqual(NOTHING);
    });
  });

  it('goes by the clock where that is behind of what was stored', async () => {
    await entries(89 * DAY);
    await new HostsStore(database, new AuditStore(database)).attached(new ScriptedAgent('web-1').facts, '', NOW + DAY);
    monotonic += DAY;
    expect(await retention().sweep()).toEqual(NOTHING);
  });

  it('takes nothing once it was stopped', async () => {
    await entries(91 * DAY);
    const stopped = retention();
    await stopped.start();
    await stopped.stop();
    expect(await stopped.sweep()).toEqual(NOTHING);
    expect(await ages()).toEqual([91 * DAY]);
  });
});
