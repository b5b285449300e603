import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FairleadError } from '@fairlead/domain';
import { BUSY_TIMEOUT, firstColumn, SqliteConnection } from './connection.js';
import { type Migration, readMigrations } from './migration-folder.js';

export interface MigrationResult {
  /** Names of the migrations that were applied now; empty when the database was up to date. */
  readonly applied: readonly string[];
  /** The copy made before, or undefined where there was nothing to copy. */
  readonly backup: string | undefined;
}

/** The table of Prisma's schema engine, to the letter, so that its tools read this database as their own. */
const HISTORY = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

/**
 * Brings a database to the state of the migration folder. Costs a few milliseconds when nothing is to be done.
 *
 * Prisma's schema engine is not used for this: it leaves the statements before a failing one applied, says nothing of
 * edited files, and takes a second and 40 MB. Here each migration is one transaction with its row in the history, so
 * it is in force completely or not at all.
 * @param beforeFirst called before anything is changed, and only then; where it throws nothing is
 * @throws FairleadError `storage_failed` where the two do not belong together, or a migration fails
 */
export function migrate(file: string, folder: string, beforeFirst?: () => void): MigrationResult {
  // Off (libsql turns them on): a table is changed by dropping it and making it again, and dropping it with foreign
  // keys on would delete all rows that refer to it. Each migration is checked as a whole before it is committed.
  const connection = new SqliteConnection(file, [BUSY_TIMEOUT, 'foreign_keys=OFF', 'synchronous=FULL']);
  try {
    const migrations = readMigrations(folder);
    const pending = findPending(file, migrations, readHistory(connection));
    if (pending.length === 0) return { applied: [], backup: undefined };
    beforeFirst?.();
    const backup = backUp(connection, file, pending[0]!.name);
    connection.exec(HISTORY);
    for (const migration of pending) apply(connection, migration, file, backup);
    return { applied: pending.map(({ name }) => name), backup };
  } finally {
    connection.close();
  }
}

/** Name to checksum of what is in force. */
function readHistory(connection: SqliteConnection): Map<string, string> {
  if (!hasTables(connection, `name = '_prisma_migrations'`)) return new Map();
  const { rows } = connection.query(
    'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Map(rows.map(([name, checksum]) => [String(name), String(checksum)]));
}

const hasTables = (connection: SqliteConnection, condition: string): boolean =>
  firstColumn(connection, `SELECT name FROM sqlite_master WHERE type = 'table' AND ${condition}`).length > 0;

function findPending(
  file: string,
  migrations: readonly Migration[],
  history: ReadonlyMap<string, string>,
): readonly Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  const newer = [...history.keys()].filter((name) => !known.has(name));
  if (newer.length > 0) {
    throw new FairleadError('storage_failed', `${file} was written by a newer Fairlead (it has ${newer.join(', ')}).`, {
      hint: `Start that version, or put back the copy that it made before (backup-before-${newer[0]}.db).`,
    });
  }
  const edited = migrations.filter(({ name, checksum }) => (history.get(name) ?? checksum) !== checksum);
  if (edited.length > 0) {
    const names = edited.map(({ name }) => name).join(', ');
    throw new FairleadError('storage_failed', `Migration ${names} was edited after it had been applied to ${file}.`, {
      hint: 'Put the file back as it was and write the change as a new migration.',
    });
  }
  return migrations.filter(({ name }) => !history.has(name));
}

/** A whole copy beside the file, complete or absent. */
function backUp(connection: SqliteConnection, file: string, before: string): string | undefined {
  if (!hasTables(connection, `name NOT LIKE 'sqlite_%'`)) return undefined;
  const backup = join(dirname(file), `backup-before-${before}.db`);
  rmSync(`${backup}.part`, { force: true });
  connection.query('VACUUM INTO ?', [`${backup}.part`]);
  renameSync(`${backup}.part`, backup);
  return backup;
}

function apply(connection: SqliteConnection, migration: Migration, file: string, backup: string | undefined): void {
  const started = BigInt(Date.now());
  connection.exec('BEGIN IMMEDIATE');
  try {
    connection.exec(migration.sql);
    assertReferences(connection);
    connection.run(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES (?, ?, ?, ?, ?, 1)`,
      [randomUUID(), migration.checksum, migration.name, started, BigInt(Date.now())],
    );
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw failed(migration, file, backup, error);
  }
}

function assertReferences(connection: SqliteConnection): void {
  const tables = new Set(firstColumn(connection, 'PRAGMA foreign_key_check'));
  if (tables.size > 0) throw new Error(`rows of ${[...tables].join(', ')} refer to rows that are gone`);
}

function failed({ name }: Migration, file: string, backup: string | undefined, cause: unknown): FairleadError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const copy = backup === undefined ? '' : ` A copy from before is at ${backup}.`;
  return new FairleadError(
    'storage_failed',
    `Migration ${name} failed and was undone: ${reason}. ${file} is unchanged.`,
    {
      hint: `Go back to the version that was running, and report this.${copy}`,
      cause,
    },
  );
}
