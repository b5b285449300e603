import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HistoryQuery, historyQuery } from '@fairlead/api';
import { HISTORY_KINDS } from '@fairlead/domain';
import { type Database, openDatabase, Prisma } from '../database/index.js';
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
    ['a few rows at a time', 150, { few: 5, atOnce: 10, forPage: 70 }],
    ['one row at a time', 15, { few: 0, atOnce: 1, forPage: 3 }],
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

/** What SQLite says of how it answers each statement that a page takes. */
async function plansOf(query: object, bounds?: HostBounds): Promise<string[]> {
  asked.length = 0;
  await store().page(parse(query), bounds, NOW);
  const plans = await Promise.all(
    asked.map((sql) => database.read<{ detail: string }>(Prisma.sql`EXPLAIN QUERY PLAN ${sql}`)),
  );
  return plans.map((steps) => steps.map(({ detail }) => detail).join('\n'));
}

/** Two columns a row: jest takes a third parameter that a row has no value of for a callback. */
const ways = (rows: readonly (readonly [string, object, HostBounds?])[]) =>
  rows.map(([way, query, bounds]) => [way, { query, bounds }] as const);

describe('a page is read', () => {
  const many = (count: number): HostBounds =>
    Array.from({ length: count }, (_, index) => ({ name: `h-${index}`, since: 0 }));

  it.each(
    ways([
      ['INTEGER PRIMARY KEY (rowid>? AND rowid<?)', {}],
      ['INTEGER PRIMARY KEY (rowid>? AND rowid<?)', { kind: ['network.removed'], since: '12h' }],
      ['INDEX HistoryEntry_hostName_seq_idx (hostName=? AND seq>? AND seq<?)', { since: '12h' }, many(3)],
      ['INDEX HistoryEntry_networkId_seq_idx (networkId=? AND seq>? AND seq<?)', { network: idOf('bridge') }],
      ['INDEX HistoryEntry_networkName_seq_idx (networkName=? AND seq>? AND seq<?)', { network: 'shop_default' }],
      ['INDEX HistoryEntry_networkName_seq_idx (networkName=? AND seq>? AND seq<?)', { network: 'shop_*' }],
      [
        'INDEX HistoryEntry_containerName_seq_idx (containerName=? AND seq>? AND seq<?)',
        { container: 'job', by: 'outside' },
      ],
      ['INDEX HistoryEntry_by_actor (actor=? AND seq>? AND seq<?)', { actor: ['deploy'] }],
      ['INDEX HistoryEntry_by_actor (actor=? AND seq>? AND seq<?)', { by: 'operation' }],
      ['INDEX HistoryEntry_by_operation (operationId=? AND seq>? AND seq<?)', { operation: 'op-7' }],
      ['INTEGER PRIMARY KEY (rowid>? AND rowid<?)', {}, many(1_000)],
    ]),
  )('by %s', async (way, { query, bounds }) => {
    const plans = await plansOf(query, bounds);
    expect(plans.filter((plan) => plan.includes(`SEARCH h USING ${way}`))).not.toEqual([]);
    // The history is read through as a whole by none, nor are the hosts again for each entry.
    const steps = plans.flatMap((plan) => plan.split('\n'));
    expect(steps.filter((step) => /^SCAN (h|bound|HistoryEntry)\b/.test(step))).toEqual([]);
    if (bounds) expect(plans.at(-1)).toContain('SEARCH bound USING AUTOMATIC COVERING INDEX (name=?)');
  });

  it('as far as needed only: a page of a few entries looks at no more than the newest', async () => {
    asked.length = 0;
    await store().page(parse({ limit: 5, since: '900h' }), undefined, NOW);
    expect(asked).toHaveLength(2);
  });
});

describe('a cursor', () => {
  it.each([
    [
      'of other filters',
      async () => (await store().page(parse({ limit: 1, by: 'outside' }), undefined, NOW)).nextCursor!,
    ],
    ['of nothing', () => Promise.resolve('bm9wZQ')],
    [
      'with more in it',
      async () => {
        const { nextCursor } = await store().page(parse({ limit: 1 }), undefined, NOW);
        const parts = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as unknown[];
        return Buffer.from(JSON.stringify([...parts, 1])).toString('base64url');
      },
    ],
  ])('%s is refused', async (_, made) => {
    const cursor = await made();
    await expect(store().page(parse({ limit: 1, cursor }), undefined, NOW)).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });

  it('serves pages of another size', async () => {
    const { nextCursor } = await store().page(parse({ limit: 3 }), undefined, NOW);
    const { items } = await store().page(parse({ limit: 7, cursor: nextCursor! }), undefined, NOW);
    expect(items).toEqual(entries.toReversed().slice(3, 10));
  });
});
