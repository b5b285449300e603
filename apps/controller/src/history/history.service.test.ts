import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { historyQuery, removedNetworkQuery } from '@fairlead/api';
import { HostScope } from '../access/host-scope.js';
import { type Database, openDatabase } from '../database/index.js';
import { type StoredHost } from '../hosts/hosts.store.js';
import { temporaryFolder } from '../testing/rig.js';
import { HistoryService } from './history.service.js';
import { HistoryStore } from './history.store.js';
import { RemovedNetworksStore } from './removed-networks.store.js';
import { RunAuthorsStore } from './run-authors.store.js';
import { Retention } from './retention.js';
import { DEFAULT_RETENTION } from './retention-limits.js';

const DAY = 86_400_000;
const BEGUN = Date.parse('2026-01-01T00:00:00Z');
let database: Database;
let discard: () => void;
let now: number;

beforeEach(async () => {
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
  await database.prisma.$executeRaw`UPDATE "_prisma_migrations" SET "finished_at" = ${BEGUN}`;
  now = BEGUN + 10 * DAY;
});

afterEach(async () => {
  await database.close();
  discard();
});

/** Entries of so many days after the beginning. */
const entries = (...days: number[]) =>
  database.prisma.historyEntry.createMany({
    data: days.map((day) => ({
      at: BigInt(BEGUN + day * DAY),
      hostName: 'web-1',
      kind: 'network.created',
      networkId: 'n',
      networkName: 'net',
      containerId: '',
      containerName: '',
      detail: {},
    })),
  });

const stores = () =>
  [new HistoryStore(database), new RemovedNetworksStore(database), new RunAuthorsStore(database)] as const;

/** When the history and the records of networks that are gone begin, in days after the beginning. */
async function keptSince(limits = {}): Promise<[history: number, removed: number]> {
  const kept = { ...DEFAULT_RETENTION, ...limits };
  const hosts = {
    bounds: () => undefined,
    choose: () => [],
    find: () => undefined,
    toUnavailable: () => ({ unavailableHosts: [], unavailableTotal: 0 }),
  };
  const service = new HistoryService(...stores(), hosts, kept, () => now);
  await new Retention(
    database,
    kept,
    () => now,
    () => 0,
    () => undefined,
  ).sweep();
  const pages = [
    await service.list(historyQuery.parse({}), HostScope.all),
    await service.listRemoved(removedNetworkQuery.parse({}), HostScope.all),
  ] as const;
  const inDays = (time: string): number => (Date.parse(time) - BEGUN) / DAY;
  return [inDays(pages[0].keptSince), inDays(pages[1].keptSince)];
}

describe('the history is kept since', () => {
  it('the controller first ran with one, where nothing is gone yet, also before the first entry', async () => {
    expect(await keptSince()).toEqual([0, 0]);
    await entries(5);
    expect(await keptSince()).toEqual([0, 0]);
  });

  it('its limit of days, once it is older', async () => {
    await entries(5, 95);
    now = BEGUN + 100 * DAY;
    expect(await keptSince()).toEqual([10, 0]);
    expect(await keptSince({ historyDays: 20, removedDays: 30 })).toEqual([80, 70]);
  });

  it('the oldest entry, where more were made than are kept', async () => {
    await entries(1, 2, 3, 4);
    expect(await keptSince({ historyRows: 2 })).toEqual([3, 0]);
    expect(await keptSince({ historyRows: 2, historyDays: 8 })).toEqual([3, 0]);
    expect(await keptSince({ historyRows: 2, historyDays: 7 })).toEqual([3, 0]);
    expect(await keptSince({ historyRows: 2, historyDays: 6.5 })).toEqual([3.5, 0]);
  });

  it('not later than what there is of it, nor than now, where a clock was set back', async () => {
    await entries(-3);
    expect((await keptSince())[0]).toBe(-3);
    now = BEGUN - 5 * DAY;
    expect((await keptSince())[0]).toBe(-5);
  });
});

describe('whether an engine is a simulated one', () => {
  it('is said of the host that is known now, and not of another that had its name before', async () => {
    await entries(2, 5);
    const hosts = {
      bounds: () => undefined,
      choose: () => [],
      find: () => ({ firstSeenAt: BEGUN + 3 * DAY, engine: { simulated: true } }) as StoredHost,
      toUnavailable: () => ({ unavailableHosts: [], unavailableTotal: 0 }),
    };
    const service = new HistoryService(...stores(), hosts, DEFAULT_RETENTION, () => now);
    const { items } = await service.list(historyQuery.parse({}), HostScope.all);
    expect(items.map(({ simulated }) => simulated)).toEqual([true, null]);
  });
});
