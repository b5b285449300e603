import type {
  ConnectionInfo,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { Breather } from './breather.js';
import type { SqliteConnection, SqliteRows, SqliteValue } from './connection.js';
import { toDriverError } from './driver-error.js';
import { Mutex } from './mutex.js';
import { columnTypesOf, toResultValue, toSqliteValue } from './sqlite-values.js';

const PROVIDER = { provider: 'sqlite', adapterName: 'fairlead-libsql' } as const;

/** SQLite's own limit; Prisma assumes 999 where an adapter does not say, and splits `in` lists accordingly. */
const MAX_BIND_VALUES = 32_766;

export interface Connections {
  /** The only connection that writes or checkpoints. */
  readonly writer: SqliteConnection;
  /** `query_only`; sees the last commit and never waits for the writer. */
  readonly reader: SqliteConnection;
}

/**
 * Prisma's way to SQLite. Written here because neither stock adapter fits a server (both 7.10): adapter-libsql leaks a
 * connection per transaction, adapter-better-sqlite3 lets other requests' queries run inside an open transaction, and
 * both starve the event loop. The connections belong to the caller, who closes them after the client.
 */
export class LibsqlAdapterFactory implements SqlDriverAdapterFactory {
  readonly provider = PROVIDER.provider;
  readonly adapterName = PROVIDER.adapterName;

  constructor(private readonly connections: Connections) {}

  connect(): Promise<SqlDriverAdapter> {
    return Promise.resolve(new LibsqlAdapter(this.connections));
  }
}

/** Whether a statement may run on the reader. Anything in doubt goes to the writer, where it is slower and still right. */
const isRead = (sql: string): boolean => /^\s*SELECT\b/i.test(sql);

/** One connection with values and errors translated. Synchronous: whoever calls has made sure that it may. */
class Runner {
  constructor(private readonly connection: SqliteConnection) {}

  query(query: SqlQuery): SqlResultSet {
    return this.guard(() => toResultSet(this.connection.query(query.sql, valuesOf(query))));
  }

  execute(query: SqlQuery): number {
    return this.guard(() => this.connection.run(query.sql, valuesOf(query)));
  }

  exec(script: string): void {
    this.guard(() => this.connection.exec(script));
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toDriverError(error);
    }
  }
}

const valuesOf = ({ args, argTypes }: SqlQuery): SqliteValue[] =>
  args.map((value, index) => toSqliteValue(value, argTypes[index]));

function toResultSet(result: SqliteRows): SqlResultSet {
  const columnTypes = columnTypesOf(result);
  return {
    columnNames: result.columns.map(({ name }) => name),
    columnTypes,
    rows: result.rows.map((row) => row.map((value, index) => toResultValue(value, columnTypes[index]!))),
  };
}

/**
 * Invariants: the writer is used by whoever holds the mutex and by nobody else, a transaction holding it from BEGIN to
 * its end; reads outside transactions use the reader, so they never see what is not committed.
 */
class LibsqlAdapter implements SqlDriverAdapter {
  readonly provider = PROVIDER.provider;
  readonly adapterName = PROVIDER.adapterName;
  private readonly mutex = new Mutex();
  private readonly breather = new Breather();
  private readonly read: Runner;
  private readonly write: Runner;

  constructor(private readonly connections: Connections) {
    this.read = new Runner(connections.reader);
    this.write = new Runner(connections.writer);
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    if (!isRead(query.sql)) return this.alone(() => this.write.query(query));
    await this.breather.breathe();
    return this.read.query(query);
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.alone(() => this.write.execute(query));
  }

  executeScript(script: string): Promise<void> {
    return this.alone(() => this.write.exec(script));
  }

  /** IMMEDIATE: a transaction that reads first and writes later could otherwise fail with BUSY half way. */
  async startTransaction(): Promise<Transaction> {
    const release = await this.mutex.acquire();
    try {
      this.write.exec('BEGIN IMMEDIATE');
    } catch (error) {
      release();
      throw error;
    }
    return new LibsqlTransaction(this.connections.writer, this.write, this.breather, release);
  }

  getConnectionInfo(): ConnectionInfo {
    return { maxBindValues: MAX_BIND_VALUES, supportsRelationJoins: false };
  }

  /** The connections are not this adapter's to close. */
  dispose(): Promise<void> {
    return Promise.resolve();
  }

  /** Breathes while holding the mutex: a queue of writes would otherwise run through in one go. */
  private alone<T>(work: () => T): Promise<T> {
    return this.mutex.run(async () => {
      await this.breather.breathe();
      return work();
    });
  }
}

/**
 * Invariants: `release` is called exactly once, when the transaction has ended, whichever way it ended; no statement
 * runs after that, not even one that was waiting, since the writer may by then be in somebody else's transaction.
 */
class LibsqlTransaction implements Transaction {
  readonly provider = PROVIDER.provider;
  readonly adapterName = PROVIDER.adapterName;
  /** True: commit() and rollback() run the SQL themselves. */
  readonly options = { usePhantomQuery: true };
  private ended = false;

  constructor(
    private readonly writer: SqliteConnection,
    private readonly runner: Runner,
    private readonly breather: Breather,
    private readonly release: () => void,
  ) {}

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    await this.breather.breathe();
    this.assertOpen();
    return this.runner.query(query);
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    await this.breather.breathe();
    this.assertOpen();
    return this.runner.execute(query);
  }

  async commit(): Promise<void> {
    try {
      this.assertOpen();
      this.runner.exec('COMMIT');
    } finally {
      this.end();
    }
    await this.breather.yield();
  }

  async rollback(): Promise<void> {
    this.end();
    await this.breather.yield();
  }

  /** Rolls back what is not committed and lets the next one in. */
  private end(): void {
    if (this.ended) return;
    this.ended = true;
    try {
      if (this.writer.inTransaction) this.runner.exec('ROLLBACK');
    } finally {
      this.release();
    }
  }

  /** A full disk makes SQLite roll back by itself; what came after would then be committed one by one. */
  private assertOpen(): void {
    if (!this.ended && this.writer.inTransaction) return;
    throw new DriverAdapterError({ kind: 'TransactionAlreadyClosed', cause: 'it has already been rolled back' });
  }
}
