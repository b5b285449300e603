import { FairleadError } from '@fairlead/domain';
import { type Prisma } from '../generated/prisma/client.js';
import { toStorageError } from './errors.js';
import { SqliteThread, type ThreadOptions } from './sqlite-thread.js';
import { toSqliteValue } from './sqlite-values.js';

/** Most reads that wait. At 20 ms each the last of them waits for 5 s: who asks then is better told at once. */
const MAX_WAITING = 256;

interface Read {
  readonly sql: Prisma.Sql;
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: FairleadError) => void;
}

/**
 * Runs reads on a thread of their own, one after the other.
 *
 * Invariants: the thread has at most one read; a read that is begun after a transaction has resolved sees it, since
 * each statement sees the last commit when it starts.
 */
export class ReadWorker {
  private readonly waiting: Read[] = [];
  private readonly thread: SqliteThread;
  private isReading = false;
  private closed = false;

  /** @param pragmas for the thread's connection, each without the word PRAGMA */
  constructor(file: string, pragmas: readonly string[], options?: ThreadOptions) {
    this.thread = new SqliteThread('reader', file, pragmas, options);
  }

  /**
   * Integers and booleans come as numbers, JSON as text.
   * @throws FairleadError `storage_failed`; `overloaded` where too many reads wait already
   */
  read<T>(sql: Prisma.Sql): Promise<T[]> {
    return new Promise<unknown[]>((resolve, reject) => {
      if (this.closed) return reject(closing());
      if (this.waiting.length >= MAX_WAITING) return reject(tooMany());
      this.waiting.push({ sql, resolve, reject });
      if (!this.isReading) void this.run();
    }) as Promise<T[]>;
  }

  /** Fails the reads that wait; the one under way is let finish. May be called twice. */
  async close(): Promise<void> {
    this.closed = true;
    for (const read of this.waiting.splice(0)) read.reject(closing());
    await this.thread.close();
  }

  private async run(): Promise<void> {
    this.isReading = true;
    for (let read = this.waiting.shift(); read !== undefined; read = this.waiting.shift()) {
      await this.all(read.sql).then(read.resolve, (error: unknown) => read.reject(toStorageError(error)));
    }
    this.isReading = false;
  }

  private async all({ sql, values }: Prisma.Sql): Promise<unknown[]> {
    return this.thread.all(
      sql,
      values.map((value) => toSqliteValue(value, undefined)),
    );
  }
}

const closing = (): FairleadError => toStorageError(new Error('it is being closed'));

const tooMany = (): FairleadError =>
  new FairleadError('overloaded', `More than ${MAX_WAITING} reads of the database wait already`, {
    hint: 'Try again in a moment, with filters that leave less to read.',
  });
