import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase, Prisma } from './index.js';
import { ReadWorker } from './read-worker.js';

let root: string;
let database: Database;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'fairlead-reads-'));
  mkdirSync(join(root, 'data'));
  database = await openDatabase(join(root, 'data'));
});

afterEach(async () => {
  await database.close();
  rmSync(root, { recursive: true });
});

const secret = (name: string, value: string) => Prisma.sql`INSERT INTO "Setting" VALUES (${name}, ${value})`;
/** Takes a while: as many steps as told. */
const slow = (steps: number) =>
  Prisma.sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${steps}) SELECT MAX(i) AS last FROM n`;

describe('a read', () => {
  beforeEach(() => database.transaction([Prisma.sql`CREATE TABLE "Setting" ("name" TEXT PRIMARY KEY, "value")`]));

  it('gives rows by name, with numbers as numbers and null as null', async () => {
    const rows = await database.read(
      Prisma.sql`SELECT 1 AS one, ${2 ** 40} AS large, 1.5 AS real, NULL AS none, ${'😀 "q"'} AS text`,
    );
    expect(rows).toEqual([{ one: 1, large: 2 ** 40, real: 1.5, none: null, text: '😀 "q"' }]);
  });

  it('binds whole numbers as integers, and booleans as 0 and 1', async () => {
    const [row] = await database.read(
      Prisma.sql`SELECT typeof(${7}) AS whole, typeof(${0.5}) AS part, ${true} AS yes, ${false} AS no, typeof(${7n}) AS big`,
    );
    expect(row).toEqual({ whole: 'integer', part: 'real', yes: 1, no: 0, big: 'integer' });
  });

  it('sees every transaction that has resolved before it was begun', async () => {
    for (let index = 0; index < 200; index += 1) {
      await database.transaction([secret(`s${index}`, 'x')]);
      expect(await database.read(Prisma.sql`SELECT COUNT(*) AS n FROM "Setting"`)).toEqual([{ n: index + 1 }]);
    }
  });

  it('leaves the event loop to others while it runs', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await database.read(slow(2_000_000));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
  });

  it('cannot write', async () => {
    await expect(database.read(secret('a', 'b'))).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await database.read(Prisma.sql`SELECT * FROM "Setting"`)).toEqual([]);
  });

  it('that is no SQL fails with what SQLite says, and those after it do not', async () => {
    await expect(database.read(Prisma.sql`SELECT nonsense`)).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('no such column'),
    });
    expect(await database.read(Prisma.sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  });

  it('of a table that came later is understood by statements prepared before', async () => {
    await database.read(Prisma.sql`SELECT * FROM "Setting"`);
    await database.transaction([Prisma.sql`ALTER TABLE "Setting" ADD COLUMN "more" TEXT`]);
    await database.transaction([Prisma.sql`INSERT INTO "Setting" VALUES ('a', 'b', 'c')`]);
    expect(await database.read(Prisma.sql`SELECT * FROM "Setting"`)).toEqual([{ name: 'a', value: 'b', more: 'c' }]);
  });

  it('is refused when too many wait, and taken again when they are done', async () => {
    const many = Array.from({ length: 400 }, () => database.read(slow(1_000)).then(() => 'done'));
    const outcomes = await Promise.all(many.map((each) => each.catch((error: { code: string }) => error.code)));
    expect(new Set(outcomes)).toEqual(new Set(['done', 'overloaded']));
    expect(outcomes.filter((each) => each === 'done')).toHaveLength(257);
    expect(await database.read(slow(10))).toEqual([{ last: 10 }]);
  });

  it('under way when the database closes is let finish; those that wait, and later ones, fail', async () => {
    const [first, second] = [database.read(slow(500_000)), database.read(slow(10))];
    const refused = expect(second).rejects.toMatchObject({ code: 'storage_failed' });
    await database.close();
    expect(await first).toEqual([{ last: 500_000 }]);
    await refused;
    await expect(database.read(slow(1))).rejects.toMatchObject({ code: 'storage_failed' });
  });
});

describe('a thread that stops', () => {
  const script = (text: string): string => {
    const path = join(root, `script-${Math.abs(text.length)}.mjs`);
    writeFileSync(path, `import { parentPort } from 'node:worker_threads';\n${text}`);
    return path;
  };
  const ANSWERS = `parentPort.on('message', (request) => {
    if (request === null) return parentPort.close();
    if (request.sql === 'die') process.exit(1);
    if (request.sql === 'throw') throw new Error('out of order');
    parentPort.postMessage({ id: request.id, value: [request.sql], inTransaction: false });
  });`;
  const sql = (text: string) => Prisma.raw(text);

  it.each([
    ['die', 'The database failed: its reader has stopped.'],
    ['throw', expect.stringContaining('out of order')],
  ])('fails the read that it had, and those after it get another: %s', async (how, message: unknown) => {
    const worker = new ReadWorker('', [], { script: script(ANSWERS) });
    const [before, failing, waiting] = [worker.read(sql('one')), worker.read(sql(how)), worker.read(sql('two'))];
    expect(await before).toEqual(['one']);
    await expect(failing).rejects.toMatchObject({ code: 'storage_failed', message });
    expect(await waiting).toEqual(['two']);
    await expect(worker.read(sql(how))).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await worker.read(sql('three'))).toEqual(['three']);
    await worker.close();
    await worker.close();
  });

  it('or cannot start fails each read, and can be closed', async () => {
    const worker = new ReadWorker('', [], { script: join(root, 'missing.mjs') });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(worker.read(sql('x'))).rejects.toMatchObject({ code: 'storage_failed' });
    }
    await worker.close();
  });
});

it('a database that nobody has read from closes without starting a thread', async () => {
  const worker = new ReadWorker('', [], { script: join(root, 'missing.mjs') });
  await worker.close();
});
