import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, isUniqueViolation, openDatabase, Prisma, type PrismaClient } from './index.js';

let folder: string;
let database: Database;
let prisma: PrismaClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-adapter-'));
  database = await openDatabase(folder);
  prisma = database.prisma;
});

afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const HOST = {
  labels: { env: 'prod' },
  agentLabels: {},
  agentVersion: '0.1.0',
  capability: 1,
  engineKind: 'docker',
  engineVersion: '28.5.1',
  engineApiVersion: '1.51',
  simulated: false,
  swarmNodeId: '',
  swarmClusterId: '',
  swarmManager: false,
  engineState: 'up',
  engineReason: '',
  streamId: 's',
  revision: 9007199254740993n,
  setDigest: 'd',
  synced: true,
  connected: true,
  lastHeardAt: 1_795_479_907_830n,
  journalId: 'j',
  firstSeenAt: 1n,
  peer: 'unix',
  policy: { mode: 'manage', rules: ['one'] },
  networkCount: 0,
  endpointCount: 0,
};

const addHost = (name: string) => prisma.host.create({ data: { name, ...HOST } });
/** The smallest table serves as a map: id to name. */
const TIMES = { firstSeenAt: 1n, lastSeenAt: 1n, removedAt: 1n };
const pair = (id: string, name: string) => ({ id, name, hostName: '', networkId: '', record: {}, ...TIMES });
const set = (id: string, name: string) => prisma.removedNetwork.create({ data: pair(id, name) });
const keys = async (): Promise<string[]> =>
  (await prisma.removedNetwork.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);
const insert = (id: string, name: string) =>
  Prisma.sql`INSERT INTO RemovedNetwork (id, hostName, networkId, name, record, firstSeenAt, lastSeenAt, removedAt)
    VALUES (${id}, '', '', ${name}, '{}', 1, 1, 1)`;

const BLANK = { previousHash: '', hash: '' };
const ENTRY = { at: 1n, actor: 'a', client: 'c', peer: 'p', action: 't', target: {}, outcome: 'done', ...BLANK };

describe('values', () => {
  it('keeps every type that the models use', async () => {
    await addHost('one');
    expect(await prisma.host.findUnique({ where: { name: 'one' } })).toEqual({ name: 'one', ...HOST });
  });

  it('keeps Json of every shape', async () => {
    for (const [seq, detail] of [{ a: [1, { b: null }] }, [], 'text', '5', 5, 1.5, true].entries()) {
      await prisma.auditEntry.create({ data: { ...ENTRY, seq, detail } });
      expect((await prisma.auditEntry.findUniqueOrThrow({ where: { seq } })).detail).toEqual(detail);
    }
  });

  it('counts a sequence beyond 32 bits', async () => {
    const { seq } = await prisma.auditEntry.create({ data: { ...ENTRY, seq: 3_000_000_001, detail: {} } });
    expect(seq).toBe(3_000_000_001);
    expect(await prisma.auditEntry.count({ where: { seq: { gt: 3e9 } } })).toBe(1);
  });

  it('reads raw rows with the types of their columns', async () => {
    await addHost('one');
    const rows = await prisma.$queryRaw`SELECT name, labels, simulated, revision, capability, 1 + 1 AS two FROM Host`;
    expect(rows).toEqual([
      { name: 'one', labels: { env: 'prod' }, simulated: false, revision: HOST.revision, capability: 1n, two: 2n },
    ]);
  });

  it('takes more values in one query than the 999 that Prisma assumes', async () => {
    await set('k20000', 'v');
    const many = Array.from({ length: 40_000 }, (_, index) => `k${index}`);
    expect(await prisma.removedNetwork.findMany({ where: { id: { in: many } } })).toMatchObject([pair('k20000', 'v')]);
  });
});

describe('constraints', () => {
  it('names the fields of a key that is taken, in calls of the client', async () => {
    await set('a', '1');
    const error: unknown = await set('a', '2').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'P2002' });
    expect(isUniqueViolation(error, ['id'])).toBe(true);
    expect(isUniqueViolation(error, ['name'])).toBe(false);
  });

  it('names them in raw statements too', async () => {
    await set('a', '1');
    const taken = database.transaction([insert('a', '2')]);
    const error: unknown = await taken.catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error, ['id'])).toBe(true);
  });

  it('refuses an endpoint of a network that is not there', async () => {
    const label = { networkSeq: 1, key: 'k', value: 'v' };
    await expect(prisma.networkLabel.create({ data: label })).rejects.toMatchObject({ code: 'P2003' });
  });

  it('refuses a missing value', async () => {
    await expect(prisma.$executeRaw`INSERT INTO RemovedNetwork (id) VALUES ('a')`).rejects.toThrow('NOT NULL');
  });

  it('removes what belongs to a host together with it', async () => {
    await addHost('one');
    await prisma.$executeRaw`INSERT INTO Network SELECT 1, 'one', 'n', 'net', 'bridge', 'local', '', 0, 0, 0, 1, 0, 0, '',
      'default', 'd', 0, 0, 0, '{}', 1, 1, 1`;
    await prisma.networkLabel.create({ data: { networkSeq: 1, key: 'k', value: 'v' } });
    await prisma.host.delete({ where: { name: 'one' } });
    expect([await prisma.network.count(), await prisma.networkLabel.count()]).toEqual([0, 0]);
  });
});

describe('transactions', () => {
  it('undoes everything when one statement fails', async () => {
    await set('taken', '1');
    const batch = prisma.$transaction([set('a', '1'), set('taken', '2'), set('b', '1')]);
    await expect(batch).rejects.toMatchObject({ code: 'P2002' });
    expect(await keys()).toEqual(['taken']);
  });

  it('undoes an interactive transaction that throws', async () => {
    const failing = prisma.$transaction(async (tx) => {
      await tx.removedNetwork.create({ data: pair('a', '1') });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await keys()).toEqual([]);
  });

  it('runs concurrent transactions one after the other', async () => {
    await set('counter', '0');
    const increment = () =>
      prisma.$transaction(async (tx) => {
        const { name } = await tx.removedNetwork.findUniqueOrThrow({ where: { id: 'counter' } });
        await new Promise((resolve) => setImmediate(resolve));
        await tx.removedNetwork.update({ where: { id: 'counter' }, data: { name: String(Number(name) + 1) } });
      });
    await Promise.all(Array.from({ length: 50 }, increment));
    expect(await prisma.removedNetwork.findUnique({ where: { id: 'counter' } })).toMatchObject({ name: '50' });
  });

  it('shows other readers nothing of a transaction before it is committed, and all of it afterwards', async () => {
    await prisma.$transaction(async (tx) => {
      await tx.removedNetwork.create({ data: pair('a', '1') });
      expect(await tx.removedNetwork.count()).toBe(1);
      expect(await prisma.removedNetwork.count()).toBe(0);
    });
    expect(await prisma.removedNetwork.count()).toBe(1);
  });

  it("keeps another caller's write out of an open transaction", async () => {
    let outside: Promise<unknown> = Promise.resolve();
    const failing = prisma.$transaction(async (tx) => {
      await tx.removedNetwork.create({ data: pair('inside', '1') });
      outside = set('outside', '1').then(() => 'written');
      throw new Error('undo');
    });
    await expect(failing).rejects.toThrow('undo');
    await outside;
    expect(await keys()).toEqual(['outside']);
  });

  it('writes nothing more for a transaction that ran out of time', async () => {
    const late = prisma.$transaction(
      async (tx) => {
        await tx.removedNetwork.create({ data: pair('early', '1') });
        await new Promise((resolve) => setTimeout(resolve, 50));
        await tx.removedNetwork.create({ data: pair('late', '1') });
      },
      { timeout: 10 },
    );
    await expect(late).rejects.toMatchObject({ code: 'P2028' });
    await set('next', '1');
    expect(await keys()).toEqual(['next']);
  });

  it('carries on after a transaction that filled the disk', async () => {
    const [{ page_count: pages }] = await prisma.$queryRawUnsafe<[{ page_count: bigint }]>('PRAGMA page_count');
    await prisma.$executeRawUnsafe(`PRAGMA max_page_count = ${pages}`);
    const big = 'x'.repeat(100_000);
    const filling = prisma.$transaction(async (tx) => {
      await tx.removedNetwork.create({ data: pair('a', '1') });
      await tx.removedNetwork.create({ data: pair('big', big) }).catch(() => undefined);
      await tx.removedNetwork.create({ data: pair('after', '1') });
    });
    const outcome = await filling.then(
      () => 'committed',
      () => 'undone',
    );
    // Whether SQLite rolls back by itself depends on the error; either way it is all or nothing.
    expect(await keys()).toEqual(outcome === 'committed' ? ['a', 'after'] : []);
    await prisma.$executeRawUnsafe('PRAGMA max_page_count = 1000000');
    await set('big', big);
    expect(await keys()).toContain('big');
  });
});

describe('sharing the process', () => {
  it('lets timers run during a long chain of queries', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    for (let index = 0; index < 2_000; index++) await prisma.removedNetwork.findUnique({ where: { id: 'none' } });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it('lets timers run during a long chain of transactions', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    for (let index = 0; index < 100; index++) await database.transaction([Prisma.sql`DELETE FROM RemovedNetwork`]);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it('lets timers run while many writes are queued', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await Promise.all(Array.from({ length: 2_000 }, (_, index) => set(`k${index}`, '')));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  it('opens no descriptor for a transaction', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const write = (index: number) =>
      database.transaction([Prisma.sql`DELETE FROM RemovedNetwork`, insert('n', String(index))]);
    await write(0);
    const before = descriptors();
    for (let index = 1; index <= 10_000; index++) await write(index);
    expect(descriptors()).toBeLessThanOrEqual(before + 2);
    expect(await prisma.removedNetwork.findMany()).toMatchObject([pair('n', '10000')]);
  }, 120_000);

  it('queues thousands of transactions that are asked for at once', async () => {
    const write = (index: number) => database.transaction([insert(String(index), '')]);
    await Promise.all(Array.from({ length: 3_000 }, (_, index) => write(index)));
    expect(await prisma.removedNetwork.count()).toBe(3_000);
  }, 60_000);
});
