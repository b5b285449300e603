import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstColumn, SqliteConnection, type SqliteValue } from './connection.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migration-folder.js';

const PEOPLE = `CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE pet (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE);`;

let root: string;
let file: string;
let migrations: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fairlead-migrate-'));
  migrations = join(root, 'migrations');
  mkdirSync(join(root, 'data'));
  file = join(root, 'data/test.db');
  write('1_people', PEOPLE);
});

afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, sql: string): void {
  mkdirSync(join(migrations, name), { recursive: true });
  writeFileSync(join(migrations, name, 'migration.sql'), sql);
}

function read(sql: string, from = file): SqliteValue[] {
  const connection = new SqliteConnection(from);
  try {
    return firstColumn(connection, sql);
  } finally {
    connection.close();
  }
}

function change(sql: string): void {
  const connection = new SqliteConnection(file);
  connection.exec(sql);
  connection.close();
}

const copies = (): string[] => readdirSync(join(root, 'data')).filter((name) => name.startsWith('backup'));
const applied = (): SqliteValue[] => read('SELECT migration_name FROM _prisma_migrations ORDER BY migration_name');

describe('migrate', () => {
  it('makes a fresh database, in the order of the names, with nothing to copy', () => {
    write('2_more', 'ALTER TABLE person ADD COLUMN age INTEGER;');
    expect(migrate(file, migrations)).toEqual({ applied: ['1_people', '2_more'], backup: undefined });
    expect(applied()).toEqual(['1_people', '2_more']);
    expect(read('SELECT age FROM person')).toEqual([]);
  });

  it('does nothing where everything is applied', () => {
    migrate(file, migrations);
    expect(migrate(file, migrations)).toEqual({ applied: [], backup: undefined });
    expect(copies()).toEqual([]);
  });

  it('copies a database that holds data before changing it', () => {
    migrate(file, migrations);
    change(`INSERT INTO person VALUES (1, 'ada')`);
    write('2_more', `UPDATE person SET name = 'changed';`);
    const { backup } = migrate(file, migrations);
    expect(backup).toBe(join(root, 'data/backup-before-2_more.db'));
    expect(read('SELECT name FROM person', backup)).toEqual(['ada']);
    expect(read('SELECT name FROM person')).toEqual(['changed']);
  });

  it('undoes a migration that fails, says why, and keeps the copy', () => {
    migrate(file, migrations);
    change(`INSERT INTO person VALUES (1, 'ada')`);
    write(
      '2_broken',
      `UPDATE person SET name = 'changed'; CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);`,
    );
    expect(() => migrate(file, migrations)).toThrow(
      expect.objectContaining({
        code: 'storage_failed',
        message: expect.stringMatching(/2_broken failed and was undone: no such table: nowhere/),
        hint: expect.stringContaining('backup-before-2_broken.db'),
      }),
    );
    expect(read('SELECT name FROM person')).toEqual(['ada']);
    expect(read(`SELECT name FROM sqlite_master WHERE name = 'half'`)).toEqual([]);
    expect(applied()).toEqual(['1_people']);
    expect(copies()).toEqual(['backup-before-2_broken.db']);
  });

  it('applies the corrected file after a failure', () => {
    migrate(file, migrations);
    write('2_broken', 'INSERT INTO nowhere VALUES (1);');
    expect(() => migrate(file, migrations)).toThrow('nowhere');
    write('2_broken', `INSERT INTO person VALUES (1, 'ada');`);
    expect(migrate(file, migrations).applied).toEqual(['2_broken']);
    expect(read('SELECT name FROM person')).toEqual(['ada']);
  });

  it('keeps the migrations before one that fails', () => {
    write('2_broken', 'nonsense;');
    expect(() => migrate(file, migrations)).toThrow('2_broken');
    expect(applied()).toEqual(['1_people']);
  });

  it('keeps the rows that refer to a table which is made anew', () => {
    migrate(file, migrations);
    change(`INSERT INTO person VALUES (1, 'ada'); INSERT INTO pet VALUES (7, 1)`);
    write(
      '2_redefine',
      `PRAGMA foreign_keys=OFF;
       CREATE TABLE new_person (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
       INSERT INTO new_person SELECT id, name FROM person;
       DROP TABLE person;
       ALTER TABLE new_person RENAME TO person;
       PRAGMA foreign_keys=ON;`,
    );
    migrate(file, migrations);
    expect(read('SELECT id FROM pet')).toEqual([7n]);
  });

  it('undoes a migration that leaves rows pointing nowhere', () => {
    migrate(file, migrations);
    change(`INSERT INTO person VALUES (1, 'ada'); INSERT INTO pet VALUES (7, 1)`);
    write('2_orphans', 'DELETE FROM person;');
    expect(() => migrate(file, migrations)).toThrow('rows of pet refer to rows that are gone');
    expect(read('SELECT name FROM person')).toEqual(['ada']);
  });

  it('refuses a migration that was edited after it had been applied', () => {
    migrate(file, migrations);
    write('1_people', `${PEOPLE} -- edited`);
    expect(() => migrate(file, migrations)).toThrow(
      expect.objectContaining({ code: 'storage_failed', message: expect.stringContaining('1_people was edited') }),
    );
  });

  it('refuses a database of a newer version', () => {
    write('2_future', 'CREATE TABLE future (id INTEGER);');
    migrate(file, migrations);
    rmSync(join(migrations, '2_future'), { recursive: true });
    expect(() => migrate(file, migrations)).toThrow(
      expect.objectContaining({
        code: 'storage_failed',
        message: expect.stringContaining('newer Fairlead (it has 2_future)'),
        hint: expect.stringContaining('backup-before-2_future.db'),
      }),
    );
  });

  it('takes a copy that was broken off for none', () => {
    migrate(file, migrations);
    writeFileSync(join(root, 'data/backup-before-2_more.db.part'), 'half a copy');
    write('2_more', 'CREATE TABLE more (id INTEGER);');
    expect(migrate(file, migrations).backup).toBeDefined();
    expect(copies()).toEqual(['backup-before-2_more.db']);
  });

  it("applies the project's own migrations", () => {
    expect(migrate(file, MIGRATIONS).applied.length).toBeGreaterThan(0);
    expect(existsSync(file)).toBe(true);
    expect(read('SELECT name FROM Host')).toEqual([]);
  });
});
