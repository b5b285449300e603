import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Libsql from 'libsql';
import { type BoundStatement, type SqliteRows, type SqliteValue } from './connection.js';

/** The thread's script, seen from `src/database` and from `dist/database` alike. */
const SCRIPT = join(import.meta.dirname, '../../workers/sqlite.mjs');

/** What the thread is asked to do. `within`: only as part of the open transaction. */
type Request =
  | {
      readonly kind: 'all' | 'query' | 'run';
      readonly sql: string;
      readonly values: readonly SqliteValue[];
      readonly within: boolean;
    }
  | { readonly kind: 'exec'; readonly sql: string; readonly within: boolean }
  | { readonly kind: 'transaction'; readonly statements: readonly BoundStatement[]; readonly within: false };

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code: string; readonly rawCode?: number };
  readonly rolledBack?: true;
  readonly inTransaction: boolean;
}

export interface ThreadOptions {
  /** 0 to 19: the larger, the less of a busy processor the thread gets. On Linux, where each thread has one of its own. */
  readonly niceness?: number;
  /** Other than the project's own only in tests. */
  readonly script?: string;
}

/** The transaction that a statement was to be part of is no longer open. */
export class RolledBackError extends Error {}

/**
 * One SQLite connection on a thread of its own, so that the event loop waits neither for a long query nor for the disk.
 * Everything rejects with what libsql threw, or with an Error where the thread has gone.
 *
 * Invariants: statements run in the order in which they were asked for; the thread is started by the first; one that
 * dies fails what it had, and the next statement gets a new thread, and so a new connection; nothing runs after `close`.
 */
export class SqliteThread {
  private readonly pending = new Map<number, Pending>();
  private worker: Worker | undefined;
  private lastId = 0;
  private isInTransaction = false;
  private closed = false;

  /** @param pragmas for the connection, each without the word PRAGMA */
  constructor(
    private readonly name: string,
    private readonly file: string,
    private readonly pragmas: readonly string[],
    private readonly options: ThreadOptions = {},
  ) {}

  /** Whether a transaction was open after the last statement that has been answered. */
  get inTransaction(): boolean {
    return this.isInTransaction;
  }

  /** Rows by name; integers and booleans are numbers. */
  all(sql: string, values: readonly SqliteValue[] = []): Promise<unknown[]> {
    return this.ask({ kind: 'all', sql, values, within: false }) as Promise<unknown[]>;
  }

  /** Rows in the order of their columns; integers are bigints. @param within only as part of the open transaction */
  query(sql: string, values: readonly SqliteValue[] = [], within = false): Promise<SqliteRows> {
    return this.ask({ kind: 'query', sql, values, within }) as Promise<SqliteRows>;
  }

  /** How many rows a statement changed, or returned if it returns any. @param within as in `query` */
  run(sql: string, values: readonly SqliteValue[] = [], within = false): Promise<number> {
    return this.ask({ kind: 'run', sql, values, within }) as Promise<number>;
  }

  /** Any number of statements up to the first that fails. @param within as in `query` */
  async exec(script: string, within = false): Promise<void> {
    await this.ask({ kind: 'exec', sql: script, within });
  }

  /**
   * All statements in one transaction: all of it is on the disk when it resolves, or none.
   * @returns for each its rows (as `all`) where it returns any, else the number of rows that it changed
   */
  transaction(statements: readonly BoundStatement[]): Promise<unknown[]> {
    return this.ask({ kind: 'transaction', statements, within: false }) as Promise<unknown[]>;
  }

  /** Closes the connection, after what was asked for before. May be called twice. */
  async close(): Promise<void> {
    this.closed = true;
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage(null);
    await ended;
  }

  private ask(request: Request): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Error('it is being closed'));
      const worker = (this.worker ??= this.start());
      const id = (this.lastId += 1);
      this.pending.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, ...request });
    });
  }

  private start(): Worker {
    const { niceness = 0, script = SCRIPT } = this.options;
    const workerData = { file: this.file, pragmas: this.pragmas, niceness };
    const worker = new Worker(script, { workerData, execArgv: [], env: {}, name: this.name });
    let cause: Error | undefined;
    worker.on('message', (answer: Answer) => this.answered(worker, answer));
    worker.on('error', (error: Error) => (cause = error));
    worker.on('exit', () => this.ended(worker, cause ?? new Error(`its ${this.name} has stopped`)));
    return worker;
  }

  private answered(worker: Worker, { id, value, error, rolledBack, inTransaction }: Answer): void {
    this.isInTransaction = inTransaction;
    const asked = this.pending.get(id);
    this.pending.delete(id);
    // Nothing keeps the process alive but what somebody waits for.
    if (this.pending.size === 0) worker.unref();
    if (rolledBack) asked?.reject(new RolledBackError('it has already been rolled back'));
    else if (error) asked?.reject(toLibsqlError(error));
    else asked?.resolve(value);
  }

  private ended(worker: Worker, cause: Error): void {
    if (this.worker === worker) this.worker = undefined;
    this.isInTransaction = false;
    const failed = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of failed) reject(cause);
  }
}

/** Errors lose their class between threads. */
const toLibsqlError = ({ message, code, rawCode }: NonNullable<Answer['error']>): Error =>
  rawCode === undefined ? new Error(message) : new Libsql.SqliteError(message, code, rawCode);
