import type {
  ConnectionInfo,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { Breather } from './breather.js';
import type { BoundStatement, SqliteConnection, SqliteRows } from './connection.js';
import { toDriverError } from './driver-error.js';
import { columnTypesOf, toResultValue, toSqliteValue } from './sqlite-values.js';
import { alreadyOver, type Writer } from './writer.js';

const PROVIDER = { provider: 'sqlite', adapterName: 'fairlead-libsql' } as const;

/** SQLite's own limit; Prisma assumes 999 where an adapter does not say, and splits `in` lists accordingly. */
const MAX_BIND_VALUES = 32_766;

export interface Connections {
  /** The only connection that writes or checkpoints. */
  readonly writer: Writer;
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

/** The connection that reads, with values and errors translated. Synchronous: whoever calls has made sure that it may. */
class Reader {
  constructor(private readonly connection: SqliteConnection) {}

  query(query: SqlQuery): SqlResultSet {
    try {
      const { sql, values } = bound(query);
      return toResultSet(this.connection.query(sql, values));
    } catch (error) {
      throw toDriverError(error);
    }
  }
}

const bound = ({ sql, args, argTypes }: SqlQuery): BoundStatement => ({
  sql,
  values: args.map((value, index) => toSqliteValue(value, argTypes[index])),
});

function toResultSet(result: SqliteRows): SqlResultSet {
  const columnTypes = columnTypesOf(result);
  return {
    columnNames: result.columns.map(({ name }) => name),
    columnTypes,
    rows: result.rows.map((row) => row.map((value, index) => toResultValue(value, columnTypes[index]!))),
  };
}

/** Invariant: reads outside transactions use the reader, so they never see what is not committed. */
class LibsqlAdapter implements SqlDriverAdapter {
  readonly provider = PROVIDER.provider;
  readonly adapterName = PROVIDER.adapterName;
  private readonly breather = new Breather();
  private readonly reader: Reader;
  private readonly writer: Writer;

  constructor(connections: Connections) {
    this.reader = new Reader(connections.reader);
    this.writer = connections.writer;
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    if (!isRead(query.sql)) return toResultSet(await this.writer.turns.run(() => this.writer.query(bound(query))));
    await this.breather.breathe();
    return this.reader.query(query);
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.writer.turns.run(() => this.writer.execute(bound(query)));
  }

  executeScript(script: string): Promise<void> {
    return this.writer.turns.run(() => this.writer.exec(script));
  }

  /** IMMEDIATE: a transaction that reads first and writes later could otherwise fail with BUSY half way. */
  async startTransaction(): Promise<Transaction> {
    const release = await this.writer.turns.acquire();
    try {
      await this.writer.exec('BEGIN IMMEDIATE');
    } catch (error) {
      release();
      throw error;
    }
    return new LibsqlTransaction(this.writer, release);
  }

  getConnectionInfo(): ConnectionInfo {
    return { maxBindValues: MAX_BIND_VALUES, supportsRelationJoins: false };
  }

  /** The connections are not this adapter's to close. */
  dispose(): Promise<void> {
    return Promise.resolve();
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
    private readonly writer: Writer,
    private readonly release: () => void,
  ) {}

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    this.assertOpen();
    return toResultSet(await this.writer.query(bound(query), true));
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    this.assertOpen();
    return this.writer.execute(bound(query), true);
  }

  async commit(): Promise<void> {
    try {
      this.assertOpen();
      await this.writer.exec('COMMIT', true);
    } finally {
      await this.end();
    }
  }

  rollback(): Promise<void> {
    return this.end();
  }

  /** Rolls back what is not committed and lets the next one in. */
  private async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    try {
      if (this.writer.inTransaction) await this.writer.rollBack();
    } finally {
      this.release();
    }
  }

  private assertOpen(): void {
    if (this.ended) throw alreadyOver();
  }
}
