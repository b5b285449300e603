import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { type Prisma } from '../generated/prisma/client.js';
import { type BoundStatement, type SqliteRows } from './connection.js';
import { toDriverError } from './driver-error.js';
import { Mutex } from './mutex.js';
import { RolledBackError, SqliteThread } from './sqlite-thread.js';
import { toSqliteValue } from './sqlite-values.js';

/**
 * The one connection that writes and checkpoints, on a thread of its own, since a commit waits for the disk. Errors come as
 * DriverAdapterError.
 *
 * Invariant: it is used by whoever holds `turns` and by nobody else, a transaction holding them from BEGIN to its end.
 */
export class Writer {
  readonly turns = new Mutex();

  private constructor(private readonly thread: SqliteThread) {}

  /** Resolves when the file is there and set up. @param pragmas for the connection, each without the word PRAGMA */
  static async open(file: string, pragmas: readonly string[]): Promise<Writer> {
    const thread = new SqliteThread('writer', file, pragmas);
    await thread.query('PRAGMA journal_mode');
    return new Writer(thread);
  }

  /** Moves the WAL into the file and lets go of it. @throws where the WAL has to stay; nothing of it is lost */
  async close(): Promise<void> {
    try {
      await this.thread.query('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      await this.thread.close();
    }
  }

  get inTransaction(): boolean {
    return this.thread.inTransaction;
  }

  /** @param within only as part of the open transaction */
  query({ sql, values }: BoundStatement, within = false): Promise<SqliteRows> {
    return guard(this.thread.query(sql, values, within));
  }

  /** @param within only as part of the open transaction */
  execute({ sql, values }: BoundStatement, within = false): Promise<number> {
    return guard(this.thread.run(sql, values, within));
  }

  /** @param within only as part of the open transaction */
  exec(script: string, within = false): Promise<void> {
    return guard(this.thread.exec(script, within));
  }

  /**
   * All statements in one transaction of its own, when its turn has come. One message takes them to the thread, which
   * so does not wait for a busy event loop between two of them.
   * @returns for each its rows (as `SqliteThread.all`) where it returns any, else the number of rows that it changed
   */
  async transaction(statements: readonly Prisma.Sql[]): Promise<unknown[]> {
    const bound = statements.map(({ sql, values }) => ({
      sql,
      values: values.map((value) => toSqliteValue(value, undefined)),
    }));
    return this.turns.run(() => guard(this.thread.transaction(bound)));
  }

  /** Does nothing where SQLite has rolled back by itself. */
  async rollBack(): Promise<void> {
    await this.thread.exec('ROLLBACK', true).catch((error: unknown) => {
      if (!(error instanceof RolledBackError)) throw toDriverError(error);
    });
  }
}

export const alreadyOver = (): DriverAdapterError =>
  new DriverAdapterError({ kind: 'TransactionAlreadyClosed', cause: 'it has already been rolled back' });

async function guard<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof RolledBackError ? alreadyOver() : toDriverError(error);
  }
}
