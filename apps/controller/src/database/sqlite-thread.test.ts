import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../testing/rig.js';
import { SQLITE, sqliteCode } from './driver-error.js';
import { RolledBackError, SqliteThread } from './sqlite-thread.js';

let folder: string;
let thread: SqliteThread;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-thread-'));
  thread = new SqliteThread('writer', join(folder, 'test.db'), ['journal_mode=WAL']);
  await thread.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)');
});

afterEach(async () => {
  await thread.close();
  rmSync(folder, { recursive: true });
});

const add = (name: string, within = false) => thread.run('INSERT INTO item (name) VALUES (?)', [name], within);
const names = async (): Promise<unknown[]> => (await thread.query('SELECT name FROM item ORDER BY id')).rows.flat();

describe('SqliteThread', () => {
  it('gives rows with their columns, and rows by name', async () => {
    await add('one');
    expect(await thread.query('SELECT id, name FROM item')).toEqual({
      columns: [
        { name: 'id', declaredType: 'INTEGER' },
        { name: 'name', declaredType: 'TEXT' },
      ],
      rows: [[1n, 'one']],
    });
    expect(await thread.all('SELECT id, name FROM item')).toEqual([{ id: 1, name: 'one' }]);
  });

  it('runs statements in the order in which they were asked for, without waiting between them', async () => {
    const counts = await Promise.all([thread.exec('BEGIN'), add('a'), add('b'), thread.exec('COMMIT'), names()]);
    expect(counts.slice(1, 3)).toEqual([1, 1]);
    expect(counts.at(-1)).toEqual(['a', 'b']);
    expect(thread.inTransaction).toBe(false);
  });

  it('writes nothing of a transaction that is over, however it ended', async () => {
    const asked = [thread.exec('BEGIN'), add('a', true), thread.exec('ROLLBACK', true), add('late', true)];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    await expect(add('later', true)).rejects.toThrow(RolledBackError);
    await expect(thread.exec('COMMIT', true)).rejects.toThrow(RolledBackError);
    expect(await names()).toEqual([]);
  });

  it('loses a transaction with its thread, and says so', async () => {
    const real = pathToFileURL(join(import.meta.dirname, '../../workers/sqlite.mjs')).href;
    const mortal = join(folder, 'mortal.mjs');
    writeFileSync(
      mortal,
      `import { parentPort } from 'node:worker_threads';
      await import('${real}');
      parentPort.on('message', (request) => request?.sql === 'SELECT die' && process.exit(1));`,
    );
    const other = new SqliteThread('writer', join(folder, 'test.db'), [], { script: mortal });
    await other.exec('BEGIN');
    await other.run("INSERT INTO item (name) VALUES ('a')", [], true);
    await expect(Promise.all([other.exec('SELECT die'), other.exec('SELECT 1')])).rejects.toThrow();
    await until('it is gone', () => !other.inTransaction);
    await expect(other.run("INSERT INTO item (name) VALUES ('b')", [], true)).rejects.toThrow(RolledBackError);
    // The lock of the dead thread's transaction has gone with it.
    await other.exec("BEGIN IMMEDIATE; INSERT INTO item (name) VALUES ('c'); COMMIT");
    await other.close();
    expect(await names()).toEqual(['c']);
  });

  (process.platform === 'linux' ? it : it.skip)('alone gives way to others where it is told to be nice', async () => {
    const ofThreads = () =>
      readdirSync('/proc/self/task').map((id) =>
        readFileSync(`/proc/self/task/${id}/stat`, 'utf8').replace(/.*\) /, ''),
      );
    const nice = () => ofThreads().filter((fields) => fields.split(' ')[16] === '17').length;
    expect(nice()).toBe(0);
    const other = new SqliteThread('writer', join(folder, 'test.db'), [], { niceness: 17 });
    await other.query('SELECT 1');
    expect(nice()).toBe(1);
    await other.close();
  });

  it('all statements of a transaction are done, or none', async () => {
    const insertion = { sql: 'INSERT INTO item (name) VALUES (?)', values: ['a'] };
    const both = await thread.transaction([insertion, { sql: 'SELECT name FROM item', values: [] }]);
    expect(both).toEqual([1, [{ name: 'a' }]]);
    await expect(thread.transaction([insertion, { sql: 'SELECT nonsense', values: [] }])).rejects.toThrow(
      'no such column',
    );
    expect(thread.inTransaction).toBe(false);
    expect(await names()).toEqual(['a']);
  });

  it('runs nothing after it was closed', async () => {
    await thread.close();
    await expect(add('late')).rejects.toThrow('it is being closed');
  });

  it('throws what SQLite says, with its extended code', async () => {
    await thread.run('INSERT INTO item VALUES (1, NULL)');
    const error: unknown = await thread.run('INSERT INTO item VALUES (1, NULL)').catch((thrown: unknown) => thrown);
    expect(sqliteCode(error)).toBe(SQLITE.CONSTRAINT_PRIMARYKEY);
    await expect(thread.query('SELECT nonsense')).rejects.toThrow('no such column');
  });

  it('may be closed twice', async () => {
    await Promise.all([thread.close(), thread.close()]);
    await thread.close();
  });
});
