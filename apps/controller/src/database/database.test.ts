import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase, Prisma } from './index.js';
import { MIGRATIONS } from './migration-folder.js';

let root: string;
let folder: string;
let open: Database[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fairlead-database-'));
  folder = join(root, 'data');
  mkdirSync(folder);
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((database) => database.close()));
  rmSync(root, { recursive: true });
});

/** @param checkedFirstBytes 0: a file of any size counts as large */
async function openHere(checkedFirstBytes?: number): Promise<Database> {
  const database = await openDatabase(folder, MIGRATIONS, checkedFirstBytes);
  open.push(database);
  return database;
}

const file = (): string => join(folder, 'fairlead.db');
const insert = (id: string, name = '') =>
  Prisma.sql`INSERT INTO RemovedNetwork (id, hostName, networkId, name, record, firstSeenAt, lastSeenAt, removedAt)
    VALUES (${id}, '', '', ${name}, '{}', 1, 1, 1)`;
const readAll = async (database: Database) =>
  (await database.prisma.removedNetwork.findMany()).map(({ id, name }) => [id, name]);

/** A database with a few hundred pages, closed. */
async function fill(): Promise<void> {
  const database = await openHere();
  await database.transaction(Array.from({ length: 500 }, (_, index) => insert(`key${index}`, 'x'.repeat(2_000))));
  await database.close();
}

describe('opening', () => {
  it('makes the folder and the database, for this user alone', async () => {
    folder = join(root, 'a/b');
    const database = await openHere();
    expect(database.migrations.applied.length).toBeGreaterThan(0);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('finds everything again', async () => {
    await (await openHere()).transaction([insert('a', '1')]);
    await open[0]!.close();
    const database = await openHere();
    expect(database.migrations).toEqual({ applied: [], backup: undefined });
    expect(await readAll(database)).toEqual([['a', '1']]);
  });

  it('refuses a folder that is already open', async () => {
    await openHere();
    await expect(openHere()).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('in use'),
    });
  });

  it('finds what was committed before the process was killed', async () => {
    await (await openHere()).close();
    await killWhileWriting();
    const database = await openHere();
    expect(await readAll(database)).toEqual([['committed', '1']]);
  });

  it('says that a folder cannot be made', async () => {
    folder = join(root, 'occupied');
    writeFileSync(folder, 'a file');
    await expect(openHere()).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('EEXIST'),
    });
  });
});

const insertion = (id: string): string =>
  `INSERT INTO RemovedNetwork (id, hostName, networkId, name, record, firstSeenAt, lastSeenAt, removedAt)
    VALUES ('${id}', '', '', '1', '{}', 1, 1, 1)`;

/** Another process commits one row into the WAL, begins with a second, and is killed. */
async function killWhileWriting(): Promise<void> {
  const script = `
    const database = new (require('libsql'))(process.argv[1]);
    database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0');
    database.exec(${JSON.stringify(insertion('committed'))});
    database.exec(${JSON.stringify(`BEGIN IMMEDIATE; ${insertion('begun')}`)});
    console.log('ready');
    setInterval(() => database.inTransaction, 1000);
  `;
  const options = { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] as const };
  const child = spawn(process.execPath, ['-e', script, file()], { ...options, stdio: [...options.stdio] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a damaged file', () => {
  const refusal = () =>
    expect.objectContaining({
      code: 'storage_failed',
      message: expect.stringContaining(`The database ${file()} is damaged`),
      hint: expect.stringContaining('backup'),
    });

  it('is refused when it is something else altogether', async () => {
    writeFileSync(file(), 'this is no database, '.repeat(200));
    await expect(openHere()).rejects.toEqual(refusal());
  });

  it('is refused when it was cut short', async () => {
    await fill();
    truncateSync(file(), Math.floor(statSync(file()).size / 2));
    await expect(openHere()).rejects.toEqual(refusal());
  });

  it('is refused when pages were overwritten, and left as it is', async () => {
    await fill();
    const bytes = readFileSync(file());
    bytes.fill(0xff, 4096 * 60, 4096 * 64);
    writeFileSync(file(), bytes);
    await expect(openHere()).rejects.toEqual(refusal());
    expect(readFileSync(file()).equals(bytes)).toBe(true);
  });

  it('is told of while it is in use where it is too large to be looked at first', async () => {
    await fill();
    const bytes = readFileSync(file());
    bytes.fill(0xff, 4096 * 60, 4096 * 64);
    writeFileSync(file(), bytes);
    const database = await openHere(0);
    await expect(database.checked).rejects.toEqual(refusal());
    await database.close();
  });

  it('is not told of where it is none', async () => {
    await fill();
    const database = await openHere(0);
    await expect(database.checked).resolves.toBeUndefined();
    await database.close();
  });

  it('does not keep the folder locked once it was replaced', async () => {
    writeFileSync(file(), 'this is no database, '.repeat(200));
    await expect(openHere()).rejects.toThrow();
    rmSync(file());
    await expect(openHere()).resolves.toBeDefined();
  });
});

describe('transaction', () => {
  it('returns what each statement did', async () => {
    const { transaction, prisma } = bind(await openHere());
    const results = await transaction([
      insert('a'),
      insert('b'),
      Prisma.sql`DELETE FROM RemovedNetwork`,
      prisma.removedNetwork.count(),
    ]);
    expect(results).toEqual([1, 1, 2, 0]);
  });

  it('returns the rows of raw statements that have any, in a transaction of nothing else', async () => {
    const { transaction } = bind(await openHere());
    const returning = Prisma.sql`UPDATE RemovedNetwork SET removedAt = 7 RETURNING id, removedAt`;
    const results = await transaction([insert('a'), insert('b'), returning]);
    expect(results).toEqual([
      1,
      1,
      [expect.objectContaining({ removedAt: 7 }), expect.objectContaining({ removedAt: 7 })],
    ]);
  });

  it('writes nothing where one of raw statements fails', async () => {
    const { transaction, prisma } = bind(await openHere());
    await expect(transaction([insert('a'), Prisma.sql`INSERT INTO Nowhere VALUES (1)`])).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('no such table: Nowhere'),
    });
    expect(await prisma.removedNetwork.count()).toBe(0);
    expect(await transaction([insert('a')])).toEqual([1]);
  });

  it('writes nothing when the disk is full, says so, and goes on when there is space again', async () => {
    const { transaction, prisma } = bind(await openHere());
    await prisma.$executeRawUnsafe('PRAGMA max_page_count = 100');
    await expect(transaction([insert('a'), insert('big', 'x'.repeat(1_000_000))])).rejects.toMatchObject({
      code: 'storage_failed',
      message: 'The database failed: the disk is full.',
    });
    expect(await prisma.removedNetwork.count()).toBe(0);
    await prisma.$executeRawUnsafe('PRAGMA max_page_count = 1000000');
    expect(await transaction([insert('a')])).toEqual([1]);
  });
});

const bind = (database: Database) => ({
  prisma: database.prisma,
  transaction: (statements: Parameters<Database['transaction']>[0]) => database.transaction(statements),
});

describe('ping', () => {
  it('resolves while the database answers, and says so when it does not', async () => {
    const database = await openHere();
    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
    await expect(database.ping()).rejects.toMatchObject({ code: 'storage_failed' });
  });
});

describe('closing', () => {
  it('leaves everything in the one file', async () => {
    await fill();
    expect(statSync(`${file()}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  it('may be asked for twice', async () => {
    const database = await openHere();
    await Promise.all([database.close(), database.close()]);
    await expect(database.close()).resolves.toBeUndefined();
  });

  it('lets the folder be opened again at once', async () => {
    for (let round = 0; round < 3; round++) await (await openHere()).close();
  });
});
