import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FairleadError } from '@fairlead/domain';
import Libsql from 'libsql';
import { type Prisma } from '../generated/prisma/client.js';
import { type SqliteValue } from './connection.js';
import { toStorageError } from './errors.js';
import { toSqliteValue } from './sqlite-values.js';

/** The worker's script, seen from `src/database` and from `dist/database` alike. */
const SCRIPT = join(import.meta.dirname, '../../workers/reader.mjs');

/** Most reads that wait. At 20 ms each the last of them waits for 5 s: who asks then is better told at once. */
const MAX_WAITING = 256;

interface Read {
  readonly sql: string;
  readonly values: readonly SqliteValue[];
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: FairleadError) => void;
}

type Answer =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly error: { message: string; code: string; rawCode?: number } };

/**
 * Runs reads on a thread of their own, one after the other.
 *
 * Invariants: the thread is started by a read and has at most one read; a read that is begun after a transaction has
 * resolved sees it, since each statement sees the last commit when it starts; a thread that dies fails the read that
 * it had, and the next one gets a new thread.
 */
export class ReadWorker {
  private readonly waiting: Read[] = [];
  private current: { readonly id: number; readonly read: Read } | undefined;
  private worker: Worker | undefined;
  private lastId = 0;
  private closed = false;

  /**
   * @param pragmas for the thread's connection, each without the word PRAGMA
   * @param script other than the project's own only in tests
   */
  constructor(
    private readonly file: string,
    private readonly pragmas: readonly string[],
    private readonly script = SCRIPT,
  ) {}

  /**
   * Integers and booleans come as numbers, JSON as text.
   * @throws FairleadError `storage_failed`; `overloaded` where too many reads wait already
   */
  read<T>({ sql, values }: Prisma.Sql): Promise<T[]> {
    return new Promise<unknown[]>((resolve, reject) => {
      if (this.closed) return reject(closing());
      if (this.waiting.length >= MAX_WAITING) return reject(tooMany());
      this.waiting.push({ sql, values: values.map((value) => toSqliteValue(value, undefined)), resolve, reject });
      this.next();
    }) as Promise<T[]>;
  }

  /** Fails the reads that wait; the one under way is let finish. May be called twice. */
  async close(): Promise<void> {
    this.closed = true;
    for (const read of this.waiting.splice(0)) read.reject(closing());
    const { worker } = this;
    if (worker === undefined) return;
    const ended = once(worker, 'exit');
    worker.ref();
    worker.postMessage(null);
    await ended;
  }

  private next(): void {
    if (this.current !== undefined) return;
    const read = this.waiting.shift();
    if (read === undefined) {
      this.worker?.unref();
      return;
    }
    this.worker ??= this.start();
    this.worker.ref();
    this.current = { id: (this.lastId += 1), read };
    this.worker.postMessage({ id: this.lastId, sql: read.sql, values: read.values });
  }

  private start(): Worker {
    const workerData = { file: this.file, pragmas: this.pragmas };
    const worker = new Worker(this.script, { workerData, execArgv: [], env: {}, name: 'reader' });
    let cause: unknown;
    worker.on('message', (answer: Answer) => this.answered(answer));
    worker.on('error', (error: unknown) => (cause = error));
    worker.on('exit', () => this.ended(worker, cause));
    return worker;
  }

  private answered(answer: Answer): void {
    if (this.current?.id !== answer.id) return;
    const { read } = this.current;
    this.current = undefined;
    if ('rows' in answer) read.resolve(answer.rows);
    else read.reject(toStorageError(toLibsqlError(answer.error)));
    this.next();
  }

  private ended(worker: Worker, cause: unknown): void {
    if (this.worker === worker) this.worker = undefined;
    const failed = this.current;
    this.current = undefined;
    failed?.read.reject(cause === undefined ? stopped() : toStorageError(cause));
    this.next();
  }
}

/** Errors lose their class between threads. */
const toLibsqlError = ({ message, code, rawCode }: { message: string; code: string; rawCode?: number }): Error =>
  rawCode === undefined ? new Error(message) : new Libsql.SqliteError(message, code, rawCode);

const closing = (): FairleadError => new FairleadError('storage_failed', 'The database is being closed.');

const stopped = (): FairleadError =>
  new FairleadError('storage_failed', 'The thread that reads the database has stopped.', {
    hint: 'The next read starts another one.',
  });

const tooMany = (): FairleadError =>
  new FairleadError('overloaded', `More than ${MAX_WAITING} reads of the database wait already`, {
    hint: 'Try again in a moment, with filters that leave less to read.',
  });
