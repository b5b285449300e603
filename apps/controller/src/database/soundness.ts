import { FairleadError } from '@fairlead/domain';
import { Prisma } from '../generated/prisma/client.js';
import { firstColumn, SqliteConnection } from './connection.js';
import { primaryCode, SQLITE, sqliteCode } from './driver-error.js';
import { ReadWorker } from './read-worker.js';

/** A fleet that comes back after a restart needs the processor more. */
const LEAST_URGENT = 19;
/** Faults that are named at most. */
const MOST_FAULTS = 3;

/**
 * Reads every page, so that damage is found now and not in the middle of an operation.
 * @param file not open for writing
 * @param pragmas for the connection, each without the word PRAGMA
 * @throws FairleadError `storage_failed`
 */
export function assertSound(file: string, pragmas: readonly string[]): void {
  const faults = quickCheck(file, pragmas);
  if (faults !== 'ok') throw damaged(file, faults, 'Nothing was changed.');
}

/**
 * The same for a file that is in use, on a thread of its own, one table with its indexes after the other: every page but
 * the free ones.
 *
 * Invariant: no table is begun after `stop`, which resolves when the thread has let go of the file.
 */
export class SoundnessCheck {
  /** Resolves when nothing was found, or it was stopped; rejects with a FairleadError `storage_failed` for damage. */
  readonly done: Promise<void>;
  private readonly reads: ReadWorker;
  private stopped = false;

  constructor(
    private readonly file: string,
    pragmas: readonly string[],
  ) {
    this.reads = new ReadWorker(file, pragmas, { niceness: LEAST_URGENT });
    this.done = this.run();
    // Who does not wait for it finds the same damage where it is met.
    this.done.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.reads.close();
  }

  private async run(): Promise<void> {
    const faults = await this.look();
    if (faults !== undefined) throw damaged(this.file, faults, 'It was found while the controller ran.');
    await this.reads.close();
  }

  /** Returns what is wrong. */
  private async look(): Promise<string | undefined> {
    try {
      const tables = await this.reads.read<{ name: string }>(
        Prisma.sql`SELECT 'sqlite_schema' AS "name" UNION ALL SELECT "name" FROM sqlite_schema WHERE "type" = 'table'`,
      );
      for (const { name } of tables) {
        if (this.stopped) break;
        const check = Prisma.raw(`PRAGMA quick_check("${name}")`);
        const found = (await this.reads.read<{ quick_check: string }>(check)).map((row) => row.quick_check);
        if (found.join() !== 'ok') return found.slice(0, MOST_FAULTS).join('; ');
      }
      return undefined;
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      // Another error says nothing of the file, and is met by whoever uses it.
      return cause instanceof Error && isDamage(cause) && !this.stopped ? cause.message : undefined;
    }
  }
}

const damaged = (file: string, faults: string, changed: string): FairleadError =>
  new FairleadError('storage_failed', `The database ${file} is damaged (${faults}). ${changed}`, {
    hint:
      `Move it aside, together with its -wal and -shm files, and put a backup in its place. Without one, start ` +
      'with an empty database: the inventory comes back with the hosts, which have to join again; the records of ' +
      'operations do not.',
  });

function quickCheck(file: string, pragmas: readonly string[]): string {
  const connection = new SqliteConnection(file, pragmas);
  try {
    return firstColumn(connection, `PRAGMA quick_check(${MOST_FAULTS})`).join('; ');
  } catch (error) {
    if (error instanceof Error && isDamage(error)) return error.message;
    throw error;
  } finally {
    connection.close();
  }
}

function isDamage(error: unknown): boolean {
  const code = primaryCode(sqliteCode(error) ?? 0);
  return code === SQLITE.CORRUPT || code === SQLITE.NOTADB;
}
