import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RemovedNetworkQuery, removedNetworkQuery } from '@fairlead/api';
import { type Network } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import { v7 as uuidv7 } from 'uuid';
import { type Database, openDatabase, Prisma } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';
import { removedNetworks } from '../inventory/inventory.statements.js';
import { temporaryFolder } from '../testing/rig.js';
import { idOf } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { RemovedNetworksStore, type StoredRemovedNetwork } from './removed-networks.store.js';

const NOW = 1_000_000_000;
const HOSTS = ['web-1', 'web-2', 'db-1'];
const NAMES = ['shop_default', 'shop_back', 'odd[n]*', 'ci'];

const NOT_RESTORED = { restoredAt: null, restoringOperation: null, restoredNetworkId: null };

let database: Database;
let discard: () => void;
let removals: (StoredRemovedNetwork & { readonly record: Network })[];
const asked: Prisma.Sql[] = [];

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

beforeAll(async () => {
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
  const random = seeded(5);
  removals = Array.from({ length: 300 }, (_, index) => {
    const [name, hostName] = [pick(random, NAMES), pick(random, HOSTS)];
    const networkId = idOf(`${index}`);
    // Several at one instant, as a prune has them.
    const removedAt = NOW - Math.floor(random() * 60) * 1000;
    const by = random() < 0.3 ? { operationId: `op-${index}`, actor: 'anna' } : { operationId: null, actor: null };
    const seen = { firstSeenAt: 1, lastSeenAt: removedAt - 1, removedAt, ...NOT_RESTORED };
    const record = aNetwork({ id: networkId, name, driver: 'macvlan' });
    return { id: uuidv7({ msecs: removedAt }), hostName, networkId, name, driver: 'macvlan', record, ...by, ...seen };
  });
  const rows = removals.map(({ driver: _driver, ...row }) => [
    row.id,
    row.hostName,
    row.networkId,
    row.name,
    JSON.stringify(row.record),
    row.operationId,
    row.actor,
    row.firstSeenAt,
    row.lastSeenAt,
    row.removedAt,
  ]);
  await database.transaction(removedNetworks(rows));
});

afterAll(async () => {
  await database.close();
  discard();
});

const reading: Pick<Database, 'read'> = { read: (sql) => (asked.push(sql), database.read(sql)) };
const store = (mostSorted?: number) => new RemovedNetworksStore(reading, mostSorted);
const parse = (query: object): RemovedNetworkQuery => removedNetworkQuery.parse(query);

/** What a plain filter leaves, latest first. */
function plainly(query: RemovedNetworkQuery, bounds: HostBounds | undefined): string[] {
  const text = query.network ?? '*';
  const pattern = new RegExp(`^${text.replace(/[[\]]/g, '\\$&').replaceAll('*', '.*')}$`);
  return removals
    .filter(
      ({ name, networkId, hostName, removedAt }) =>
        (pattern.test(name) || (text.length >= 12 && networkId.startsWith(text))) &&
        (bounds === undefined || bounds.some((bound) => bound.name === hostName && bound.since <= removedAt)) &&
        (query.since === undefined || removedAt >= Date.parse(query.since)) &&
        (query.until === undefined || removedAt <= Date.parse(query.until)),
    )
    .sort((a, b) => b.removedAt - a.removedAt || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id);
}

const without = ({ record: _record, ...removal }: (typeof removals)[number]): StoredRemovedNetwork => removal;

/** Two columns a row: jest takes a third parameter that a row has no value of for a callback. */
const ways = (rows: readonly (readonly [string, object, HostBounds?])[]) =>
  rows.map(([way, query, bounds]) => [way, { query, bounds }] as const);

describe('a page', () => {
  it.each([
    ['sorted', undefined],
    ['along the time of removal', 0],
  ])('has what a plain filter leaves, %s', async (_, mostSorted) => {
    const random = seeded(9);
    const some = <T>(value: () => T): T | undefined => (random() < 0.4 ? value() : undefined);
    for (let round = 0; round < 100; round++) {
      const time = (): string => new Date(NOW - Math.floor(random() * 70_000)).toISOString();
      const network = some(() => pick(random, [...NAMES, 'shop_*', '*a*', '*', idOf('7'), idOf('8').slice(0, 12)]));
      const since = Math.round(NOW - random() * 60_000);
      const bounds = some(() => HOSTS.slice(Math.floor(random() * 4)).map((name) => ({ name, since })));
      const wish = { network, since: some(time), until: some(time), limit: 1 + Math.floor(random() * 50) };
      const query = parse(JSON.parse(JSON.stringify(wish)) as object);
      const expected = plainly(query, bounds);
      const found: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await store(mostSorted).page({ ...query, cursor }, bounds, NOW);
        expect(page.total).toBe(expected.length);
        found.push(...page.items.map(({ id }) => id));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect([query, found]).toEqual([query, expected]);
    }
  });

  it('has the rows as they were written, without their records', async () => {
    const { items } = await store().page(parse({ limit: 500 }), undefined, NOW);
    const byId = new Map(removals.map((removal) => [removal.id, without(removal)]));
    expect(items).toEqual(items.map(({ id }) => byId.get(id)));
  });

  it.each(
    ways([
      ['removedAt_idx (removedAt>? AND removedAt<?)', { since: '2h', until: '1h' }],
      ['name_idx (name=?)', { network: 'ci' }],
      ['name_idx (name>? AND name<?)', { network: 'shop_*' }],
      ['hostName_networkId_idx (hostName=?)', { since: '2h' }, [{ name: 'web-1', since: 0 }]],
    ]),
  )('is counted by %s', async (way, { query, bounds }) => {
    asked.length = 0;
    await store().page(parse(query), bounds, NOW);
    const steps = await database.read<{ detail: string }>(Prisma.sql`EXPLAIN QUERY PLAN ${asked[0]!}`);
    expect(steps.map(({ detail }) => detail).join('\n')).toMatch(
      new RegExp(`SEARCH r USING (COVERING )?INDEX RemovedNetwork_${way.replace(/[()?]/g, '\\$&')}`),
    );
  });

  it.each(['x', 'WyJhIiwxLCJiIl0'])('refuses a cursor that no page ended with: %s', async (cursor) => {
    await expect(store().page(parse({ cursor }), undefined, NOW)).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});

describe('one of them', () => {
  it('has its last record', async () => {
    expect(await store().get(removals[3]!.id, undefined)).toEqual(removals[3]);
  });

  it('is not there for who may not know of its host, as it is now', async () => {
    const { id, hostName, removedAt } = removals[3]!;
    const other = HOSTS.find((name) => name !== hostName)!;
    expect(await store().get(id, [{ name: hostName, since: removedAt }])).toMatchObject({ id });
    for (const bounds of [[{ name: hostName, since: removedAt + 1 }], [{ name: other, since: 0 }], []]) {
      await expect(store().get(id, bounds)).rejects.toMatchObject({ code: 'network_not_found' });
    }
  });
});
