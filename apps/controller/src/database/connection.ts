import Libsql from 'libsql';

/** What SQLite stores and returns. Integers always travel as bigint: libsql would bind a number as REAL. */
export type SqliteValue = null | bigint | number | string | Uint8Array;

/** A statement with its values. */
export interface BoundStatement {
  readonly sql: string;
  readonly values: readonly SqliteValue[];
}

export interface SqliteRows {
  readonly columns: readonly { readonly name: string; readonly declaredType: string }[];
  readonly rows: SqliteValue[][];
}

/**
 * How long to wait for a lock of a foreign program (a backup tool, a shell) before giving up, in milliseconds. The
 * event loop may stand still meanwhile (for small reads), so it stays far below the time after which hosts count as
 * stale.
 */
export const BUSY_TIMEOUT = 'busy_timeout=2000';

interface Prepared {
  readonly statement: Libsql.Statement;
  /** Undefined for statements that return no rows. */
  readonly columns: SqliteRows['columns'] | undefined;
}

/** Enough for every statement of the controller; what falls out is prepared again. */
const MAX_PREPARED = 256;

/**
 * One SQLite connection. All calls are synchronous and throw libsql's SqliteError.
 *
 * Invariants: every statement is stepped to its end within the call that runs it, so none holds a snapshot open
 * between calls; the schema does not change while prepared statements are kept, since their columns are kept too
 * (migrations use a connection of their own).
 */
export class SqliteConnection {
  private readonly database: Libsql.Database;
  /** Least recently used first. */
  private readonly prepared = new Map<string, Prepared>();

  constructor(path: string, pragmas: readonly string[] = []) {
    this.database = new Libsql(path);
    for (const pragma of pragmas) this.exec(`PRAGMA ${pragma}`);
  }

  get inTransaction(): boolean {
    return this.database.inTransaction;
  }

  /** Runs one statement and returns all its rows. */
  query(sql: string, values: readonly SqliteValue[] = []): SqliteRows {
    const { statement, columns } = this.prepare(sql);
    if (columns) return { columns, rows: statement.all(values) as SqliteValue[][] };
    statement.run(values);
    return { columns: [], rows: [] };
  }

  /** Runs one statement and returns how many rows it changed, or returned if it returns any. */
  run(sql: string, values: readonly SqliteValue[] = []): number {
    const { statement, columns } = this.prepare(sql);
    return columns ? statement.all(values).length : statement.run(values).changes;
  }

  /** Runs any number of statements up to the first that fails. */
  exec(script: string): void {
    this.database.exec(script);
  }

  /**
   * SQLite lets go of the file when the last of the connection's statements has been garbage collected, since libsql
   * gives no way to finalize one. Until then such a connection keeps its descriptors and does nothing.
   */
  close(): void {
    this.prepared.clear();
    this.database.close();
  }

  private prepare(sql: string): Prepared {
    const known = this.prepared.get(sql);
    if (known) this.prepared.delete(sql);
    const entry = known ?? this.compile(sql);
    this.prepared.set(sql, entry);
    if (this.prepared.size > MAX_PREPARED) this.prepared.delete(this.prepared.keys().next().value!);
    return entry;
  }

  private compile(sql: string): Prepared {
    const statement = this.database.prepare(sql);
    if (!statement.reader) return { statement, columns: undefined };
    const columns = statement.columns().map(({ name, type }) => ({ name, declaredType: type ?? '' }));
    return { statement: statement.raw(true).safeIntegers(true), columns };
  }
}

/** The bare values of a statement's first column. For set-up and checks; queries of the application go through Prisma. */
export const firstColumn = (connection: SqliteConnection, sql: string, values: SqliteValue[] = []): SqliteValue[] =>
  connection.query(sql, values).rows.map((row) => row[0] ?? null);
