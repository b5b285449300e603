import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { auditQuery } from '@fairlead/api';
import { type Database, isUniqueViolation, openDatabase, Prisma } from '../database/index.js';
import { ACTOR, temporaryFolder } from '../testing/rig.js';
import { seeded } from '../testing/seeded.js';
import { type AuditRecord, AuditStore } from './audit.store.js';
import { type ChainEntry, GENESIS, hashOf } from './chain.js';

let folder: string;
let discard: () => void;
let database: Database;
let audit: AuditStore;

beforeEach(async () => {
  ({ path: folder, remove: discard } = temporaryFolder());
  await reopen();
});

afterEach(async () => {
  await database.close();
  discard();
});

async function reopen(): Promise<void> {
  await database?.close().catch(() => undefined);
  database = await openDatabase(folder);
  audit = new AuditStore(database);
  await audit.load();
}

const record = (overrides: Partial<AuditRecord> = {}): AuditRecord => ({
  at: 1,
  actor: ACTOR,
  action: 'host.label',
  hostName: 'web-1',
  target: {},
  operationId: null,
  outcome: 'done',
  detail: {},
  ...overrides,
});

/** The act: a row of the smallest table. */
const act = (id: string) =>
  database.prisma.removedNetwork.create({
    data: { id, hostName: '', networkId: '', name: '', record: {}, firstSeenAt: 1n, lastSeenAt: 1n, removedAt: 1n },
  });
const acts = () => database.prisma.removedNetwork.count();
const FAILING = Prisma.sql`INSERT INTO "RemovedNetwork" ("id") VALUES ('half')`;

async function all(): Promise<ChainEntry[]> {
  const found = [];
  for (let some = await audit.entries(0); some.length > 0; some = await audit.entries(found.length))
    found.push(...some);
  return found;
}

/** All rows, having seen that they are a chain. */
async function chain(): Promise<ChainEntry[]> {
  const entries = await all();
  let previousHash = GENESIS;
  for (const [index, entry] of entries.entries()) {
    expect(entry).toMatchObject({ seq: index + 1, previousHash, hash: hashOf(entry) });
    previousHash = entry.hash;
  }
  expect(await audit.end()).toEqual({ seq: entries.length, hash: previousHash });
  return entries;
}

const details = async () => (await chain()).map(({ detail }) => (detail as { n: number }).n);

describe('committing', () => {
  it('writes act and rows, and gives what the statements give', async () => {
    const records = [record({ detail: { n: 1 } }), record({ detail: { n: 2 } })];
    const update = Prisma.sql`UPDATE "RemovedNetwork" SET "name" = 'x'`;
    expect(await audit.commit(records, [act('a'), update])).toEqual([expect.objectContaining({ id: 'a' }), 1]);
    expect(await details()).toEqual([1, 2]);
  });

  it('chains rows of many at once in the order of asking', async () => {
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    await Promise.all(numbers.map((n) => audit.commit(record({ detail: { n } }), [act(String(n))])));
    expect(await details()).toEqual(numbers);
    expect(await acts()).toBe(50);
  });

  it('goes on with the chain of the controller before', async () => {
    await audit.commit(record());
    await reopen();
    await audit.commit(record());
    expect(await chain()).toHaveLength(2);
  });

  it('tells where the chain ends only once it is on the disk', async () => {
    const told: number[] = [];
    audit.onAppend(({ seq }) => told.push(seq));
    await expect(audit.commit(record(), [FAILING])).rejects.toThrow();
    await audit.commit([record(), record()]);
    expect(told).toEqual([2]);
  });
});

describe('an act that fails', () => {
  it('leaves no row and takes no number, also amid others', async () => {
    const outcomes = await Promise.allSettled([
      audit.commit(record({ detail: { n: 1 } }), [act('a')]),
      audit.commit(record({ detail: { n: 2 } }), [act('b'), FAILING]),
      audit.commit(record({ detail: { n: 3 } }), [act('c')]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'storage_failed' } });
    expect(await details()).toEqual([1, 3]);
    expect(await acts()).toBe(2);
  });

  it('by a key that is taken says so in Prisma’s words', async () => {
    await audit.commit(record(), [act('a')]);
    const error: unknown = await audit.commit(record(), [act('a')]).catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error, ['id'])).toBe(true);
    expect(await chain()).toHaveLength(1);
  });
});

describe('a row that cannot be written', () => {
  it('keeps the act from being done', async () => {
    await audit.commit(record(), [act('a')]);
    await database.prisma.$executeRawUnsafe('ALTER TABLE "AuditEntry" RENAME TO "Away"');
    await expect(audit.commit(record(), [act('b')])).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await acts()).toBe(1);
    await database.prisma.$executeRawUnsafe('ALTER TABLE "Away" RENAME TO "AuditEntry"');
    await audit.commit(record(), [act('c')]);
    expect(await chain()).toHaveLength(2);
  });

  it('since the disk is full keeps it too, and all goes on when there is room', async () => {
    await audit.commit(record(), [act('a')]);
    const [{ page_count: pages }] =
      await database.prisma.$queryRawUnsafe<[{ page_count: bigint }]>('PRAGMA page_count');
    await database.prisma.$queryRawUnsafe(`PRAGMA max_page_count = ${pages}`);
    const large = record({ detail: { text: 'x'.repeat(100_000) } });
    await expect(audit.commit(large, [act('b')])).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('disk is full'),
    });
    expect(await acts()).toBe(1);
    await database.prisma.$queryRawUnsafe('PRAGMA max_page_count = 1000000');
    await audit.commit(large, [act('b')]);
    expect(await chain()).toHaveLength(2);
  });

  it('since the database is closed keeps it too', async () => {
    await audit.commit(record(), [act('a')]);
    const late = act('b');
    await database.close();
    await expect(audit.commit(record(), [late])).rejects.toMatchObject({ code: 'storage_failed' });
    await reopen();
    expect([await acts(), (await chain()).length]).toEqual([1, 1]);
  });

  it('since another program has written there is told as that, and the act is not done', async () => {
    await audit.commit(record());
    const first = await database.prisma.auditEntry.findFirstOrThrow();
    await database.prisma.auditEntry.create({ data: { ...first, target: {}, detail: {}, seq: 2 } });
    await expect(audit.commit(record(), [act('a')])).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('another program'),
    });
    expect(await acts()).toBe(0);
  });
});

describe('what is read', () => {
  it('has the hash of what was written, whatever that was', async () => {
    const random = seeded(7);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const PIECES = ['a', '"', '\\', '\0', '\n', 'é', '😀', '\uD83D', '\uDE00', '\u2028', '{', '1', ' ', '%', '\uFFFF'];
    const text = () => Array.from({ length: Math.floor(random() * 6) }, () => pick(PIECES)).join('');
    const value = (depth: number): unknown => {
      const of = pick(['text', 'number', 'null', 'list', 'object', 'gone'] as const);
      if (of === 'text' || depth > 3) return text();
      if (of === 'number') return pick([0, -0, 1.5, 1e21, 5e-324, 2 ** 53 + 2, -1, 0.1 + 0.2, NaN, 1e300]);
      if (of === 'list') return Array.from({ length: 3 }, () => value(depth + 1));
      if (of === 'object') return Object.fromEntries(Array.from({ length: 3 }, () => [text(), value(depth + 1)]));
      return of === 'gone' ? undefined : null;
    };
    const object = () =>
      ({ [text()]: value(0), ['__proto__']: value(0), $type: value(0), 2: 1, 1: 2 }) as AuditRecord['target'];
    for (let run = 0; run < 40; run += 1) {
      const records = Array.from({ length: 5 }, () =>
        record({
          at: Math.floor(random() * 2 ** 52),
          actor: { name: text(), client: text(), peer: text() },
          action: text(),
          hostName: pick([null, text()]),
          target: object(),
          operationId: pick([null, text()]),
          outcome: text(),
          detail: object(),
        }),
      );
      await audit.commit(records);
    }
    expect(await chain()).toHaveLength(200);
  });
});

describe('rows from before there was a chain', () => {
  const blank = (seq: number) => ({
    ...{ seq, at: BigInt(seq), actor: 'local', client: 'c', peer: '', action: 'host.label', target: { seq } },
    ...{ outcome: 'done', detail: {}, previousHash: '', hash: '' },
  });
  const hashes = async () => (await all()).map(({ hash }) => hash);

  it('are sealed in their order, and the chain goes on from them', async () => {
    await database.prisma.auditEntry.createMany({ data: Array.from({ length: 1203 }, (_, index) => blank(index + 1)) });
    await reopen();
    await audit.commit(record());
    expect(await chain()).toHaveLength(1204);
  });

  it('are not sealed behind a chain: they were never written by a controller', async () => {
    await audit.commit(record());
    await database.prisma.auditEntry.create({ data: blank(2) });
    await reopen();
    expect((await hashes())[1]).toBe('');
  });

  it('are not sealed a second time once there is a checkpoint', async () => {
    await database.prisma.auditCheckpoint.create({ data: { seq: 1, hash: 'h', at: 1n, signature: '' } });
    await database.prisma.auditEntry.create({ data: blank(1) });
    await reopen();
    expect(await hashes()).toEqual(['']);
  });
});

describe('a page', () => {
  const page = (query: object = {}, hosts?: readonly string[], since = 0) => {
    const bounds = hosts?.map((name) => ({ name, since }));
    return audit.page(auditQuery.parse(query), bounds);
  };
  const seqs = async (query?: object, hosts?: readonly string[]) =>
    (await page(query, hosts)).items.map(({ seq }) => seq);

  beforeEach(async () => {
    await audit.commit([
      record({ action: 'network.remove', outcome: 'accepted' }),
      record({ action: 'network.remove', outcome: 'failed', hostName: 'web-2' }),
      record({ action: 'network.create', outcome: 'refused', actor: { ...ACTOR, name: 'deploy' } }),
      record({ action: 'token.create', hostName: null }),
      record({ action: 'networks', hostName: 'gone' }),
    ]);
  });

  it('is newest first, and the next one begins where it ended', async () => {
    const first = await page({ limit: 2 });
    expect(first).toMatchObject({ items: [{ seq: 5 }, { seq: 4 }], total: 5, nextCursor: expect.any(String) });
    const second = await page({ limit: 2, cursor: first.nextCursor });
    expect(second).toMatchObject({ items: [{ seq: 3 }, { seq: 2 }], total: 5, nextCursor: expect.any(String) });
    expect(await page({ limit: 2, cursor: second.nextCursor })).toMatchObject({
      items: [{ seq: 1 }],
      nextCursor: null,
    });
  });

  it('is not disturbed by entries that come meanwhile', async () => {
    const { nextCursor } = await page({ limit: 2 });
    await audit.commit(record());
    expect(await seqs({ limit: 2, cursor: nextCursor })).toEqual([3, 2]);
  });

  it('is filtered by host, actor, action and outcome', async () => {
    expect(await seqs({ host: ['web-2', 'gone'] })).toEqual([5, 2]);
    expect(await seqs({ actor: 'deploy' })).toEqual([3]);
    expect(await seqs({ action: 'network.remove' })).toEqual([2, 1]);
    expect(await seqs({ action: ['network.*', 'token.create'] })).toEqual([4, 3, 2, 1]);
    expect(await seqs({ action: 'network.*', outcome: ['failed', 'refused'], host: 'web-1' })).toEqual([3]);
  });

  it('shows callers with bounds what is about their hosts, and counts nothing else', async () => {
    expect(await page({}, ['web-2'])).toMatchObject({ items: [{ seq: 2 }], total: 1 });
    expect(await seqs({ host: 'web-1' }, ['web-2'])).toEqual([]);
    expect(await page({}, [])).toMatchObject({ items: [], total: 0 });
    expect(await page({}, ['web-2'], 2)).toMatchObject({ items: [], total: 0 });
  });

  it('refuses a cursor that none ended with', async () => {
    for (const cursor of ['x', '0', '-1', '1.5', '9'.repeat(20)]) {
      await expect(page({ cursor })).rejects.toMatchObject({ code: 'invalid_argument' });
    }
  });
});
