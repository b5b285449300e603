import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HistoryQuery, historyQuery } from '@fairlead/api';
import { HISTORY_KINDS } from '@fairlead/domain';
import { type Database, openDatabase, type Prisma } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';
import { chronicle } from '../inventory/inventory.statements.js';
import { temporaryFolder } from '../testing/rig.js';
import { idOf } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { HistoryStore, type StoredEntry } from './history.store.js';

const NOW = 1_000_000_000;
const HOUR = 3_600_000;
const HOSTS = ['web-1', 'web-2', 'db-1', 'gone-1'];
const NETWORKS = ['shop_default', 'shop_back', 'odd[n]*', 'bridge'];
/** Names of two networks that look like ids, the second like the beginning of a real one. */
const LIKE_IDS = ['abcdefabcdef', idOf('shop_default').slice(0, 12)];
const CONTAINERS = ['shop-web-1', 'shop-db-1', 'job', 'c0ffeec0ffee'];
const ACTORS = ['deploy', 'anna'];

let database: Database;
let discard: () => void;
let entries: StoredEntry[];
const asked: Prisma.Sql[] = [];

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

function anEntry(seq: number, random: () => number): StoredEntry {
  const kind = pick(random, HISTORY_KINDS);
  const networkName = pick(random, [...NETWORKS, ...NETWORKS, ...LIKE_IDS]);
  const containerName = kind.startsWith('endpoint') ? pick(random, CONTAINERS) : '';
  const isOurs = random() < 0.2;
  return {
    seq,
    // Roughly in order: transactions overtake each other, and somebody has set the clock back once.
    at: Math.round(NOW - (600 - seq) * 0.1 * HOUR + (random() - 0.5) * HOUR - (seq > 300 ? 0 : -5 * HOUR)),
    notBefore: random() < 0.1 ? 1 : null,
    hostName: pick(random, HOSTS),
    kind,
    networkId: idOf(networkName),
    networkName,
    containerId: containerName && idOf(containerName),
    containerName,
    detail: kind.endsWith('changed') ? { state: ['running', 'exited'] } : {},
    operationId: isOurs ? `op-${Math.floor(seq / 20)}` : null,
    actor: isOurs ? pick(random, ACTORS) : null,
  };
}

beforeAll(async () => {
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
  const random = seeded(4);
  entries = Array.from({ length: 600 }, (_, index) => anEntry(index + 1, random));
  const rows = entries.map(({ seq: _seq, detail, operationId, actor, ...rest }) => [
    ...Object.values(rest),
    JSON.stringify(detail),
    operationId,
    actor,
  ]);
  await database.transaction(chronicle(rows));
  // As retention leaves it.
  await database.prisma.historyEntry.deleteMany({ where: { seq: { lte: 50 } } });
  entries = entries.filter(({ seq }) => seq > 50);
});

afterAll(async () => {
  await database.close();
  discard();
});

const reading: Pick<Database, 'read'> = { read: (sql) => (asked.push(sql), database.read(sql)) };
const store = (limits?: ConstructorParameters<typeof HistoryStore>[1]) => new HistoryStore(reading, limits);

/** A query with no schema's help: what is asked for and the seqs of what must be answered, newest first. */
function plainly(query: HistoryQuery, bounds: HostBounds | undefined): number[] {
  const regexp = (text: string): RegExp =>
    new RegExp(
      `^${text
        .replace(/[.[\]\\^$|+(){}]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      's',
    );
  const fits = (text: string | undefined, name: string, id: string): boolean =>
    text === undefined || regexp(text).test(name) || (/^[0-9a-z]{12,64}$/.test(text) && id.startsWith(text));
  const among = (values: readonly string[], value: string | null): boolean =>
    values.length === 0 || (value !== null && values.includes(value));
  return entries
    .filter(
      (e) =>
        (bounds === undefined || bounds.some(({ name, since }) => name === e.hostName && e.at >= since)) &&
        fits(query.network, e.networkName, e.networkId) &&
        (query.container === undefined || e.containerId !== '') &&
        fits(query.container, e.containerName, e.containerId) &&
        among(query.kind, e.kind) &&
        among(query.actor, e.actor) &&
        (query.by === undefined || (query.by === 'operation') === (e.operationId !== null)) &&
        (query.operation === undefined || query.operation === e.operationId) &&
        (query.since === undefined || e.at >= Date.parse(query.since)) &&
        (query.until === undefined || e.at <= Date.parse(query.until)),
    )
    .map(({ seq }) => seq)
    .reverse();
}

const parse = (query: object): HistoryQuery => historyQuery.parse(query);

async function toTheEnd(
  from: HistoryStore,
  query: HistoryQuery,
  bounds: HostBounds | undefined,
): Promise<StoredEntry[]> {
  const all: StoredEntry[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await from.page({ ...query, cursor }, bounds, NOW);
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = page.nextCursor;
  }
}

const PATTERNS = ['shop_default', 'shop_*', '*back', 's?op_*', 'odd[n]*', '*', 'none', 'none*', ...LIKE_IDS];
const iso = (ms: number): string => new Date(ms).toISOString();

function aQuery(random: () => number): { query: HistoryQuery; bounds: HostBounds | undefined } {
  const some = <T>(value: () => T): T | undefined => (random() < 0.25 ? value() : undefined);
  const [one, other] = [random(), random()].sort().map((part) => iso(NOW - part * 70 * HOUR));
  const query = {
    network: some(() => pick(random, [...PATTERNS, idOf('shop_default'), idOf('bridge').slice(0, 20)])),
    container: some(() => pick(random, [...CONTAINERS, 'shop-*', '*', idOf('job').slice(0, 12), idOf('shop-db-1')])),
    kind: some(() => [pick(random, HISTORY_KINDS), pick(random, HISTORY_KINDS)]),
    actor: some(() => [pick(random, [...ACTORS, 'nobody'])]),
    by: some(() => pick(random, ['operation', 'outside'])),
    operation: random() < 0.05 ? `op-${Math.floor(random() * 30)}` : undefined,
    since: some(() => other),
    until: some(() => one),
    limit: 1 + Math.floor(random() * 60),
  };
  const bounds = some(() =>
    HOSTS.slice(Math.floor(random() * 4)).map((name) => ({ name, since: NOW - random() * 40 * HOUR })),
  );
  return {
    query: parse(JSON.parse(JSON.stringify(query)) as object),
    bounds: bounds?.map((b) => ({ ...b, since: Math.round(b.since) })),
  };
}

describe('a page', () => {
  it.each([
    ['all at once', 150, undefined],
    ['a few rows at a time', 150, { atOnce: 10, forPage: 70 }],
    ['one row at a time', 15, { atOnce: 1, forPage: 3 }],
  ])('has what a plain filter leaves, looking at %s', async (_, rounds, limits) => {
    const random = seeded(7);
    for (let round = 0; round < rounds; round++) {
      const { query, bounds } = aQuery(random);
      const found = (await toTheEnd(store(limits), query, bounds)).map(({ seq }) => seq);
      expect([query, bounds, found]).toEqual([query, bounds, plainly(query, bounds)]);
    }
  });

  it('has the rows as they were written', async () => {
    expect(await toTheEnd(store(), parse({}), undefined)).toEqual(entries.toReversed());
  });
});
