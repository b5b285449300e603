import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstColumn, SqliteConnection } from './connection.js';
import { primaryCode, SQLITE, sqliteCode } from './driver-error.js';

let folder: string;
let connection: SqliteConnection;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-connection-'));
  connection = new SqliteConnection(join(folder, 'test.db'), ['journal_mode=WAL']);
  connection.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)');
});

afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true });
});

const codeOf = (work: () => unknown): number | undefined => {
  try {
    work();
  } catch (error) {
    return sqliteCode(error);
  }
  throw new Error('Nothing was thrown');
};

describe('SqliteConnection', () => {
  it('returns rows with the names and declared types of their columns', () => {
    connection.run('INSERT INTO item VALUES (?, ?)', [1n, 'one']);
    expect(connection.query('SELECT id, name, count(*) AS n FROM item')).toEqual({
      columns: [
        { name: 'id', declaredType: 'INTEGER' },
        { name: 'name', declaredType: 'TEXT' },
        { name: 'n', declaredType: '' },
      ],
      rows: [[1n, 'one', 1n]],
    });
  });

  it('says how many rows a statement changed or returned', () => {
    expect(connection.run(`INSERT INTO item (name) VALUES ('a'), ('b')`)).toBe(2);
    expect(connection.run(`UPDATE item SET name = 'c' RETURNING id`)).toBe(2);
  });

  it('runs a statement again after its prepared form has fallen out of the cache', () => {
    for (let index = 0; index < 600; index++)
      expect(firstColumn(connection, `SELECT ${index}`)).toEqual([BigInt(index)]);
    expect(firstColumn(connection, 'SELECT 0')).toEqual([0n]);
  });

  it('leaves no snapshot open after a read, so that the WAL can be emptied', () => {
    const reader = new SqliteConnection(join(folder, 'test.db'), ['query_only=ON']);
    connection.run(`INSERT INTO item (name) VALUES ('a'), ('b')`);
    expect(firstColumn(reader, 'SELECT name FROM item')).toEqual(['a', 'b']);
    const [busy] = firstColumn(connection, 'PRAGMA wal_checkpoint(TRUNCATE)');
    reader.close();
    expect(busy).toBe(0n);
  });

  it('refuses to write on a connection that only reads', () => {
    const reader = new SqliteConnection(join(folder, 'test.db'), ['query_only=ON']);
    const code = codeOf(() => reader.run(`INSERT INTO item (name) VALUES ('a')`));
    reader.close();
    expect(primaryCode(code ?? 0)).toBe(SQLITE.READONLY);
  });

  it('throws with the extended code of SQLite', () => {
    connection.run('INSERT INTO item VALUES (1, NULL)');
    expect(codeOf(() => connection.run('INSERT INTO item VALUES (1, NULL)'))).toBe(SQLITE.CONSTRAINT_PRIMARYKEY);
  });
});
