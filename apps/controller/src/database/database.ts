import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { BUSY_TIMEOUT, SqliteConnection } from './connection.js';
import { DataLock } from './data-lock.js';
import { storing, toStorageError } from './errors.js';
import { type Connections, LibsqlAdapterFactory } from './libsql-adapter.js';
import { migrate, type MigrationResult } from './migrate.js';
import { MIGRATIONS } from './migration-folder.js';
import { ReadWorker } from './read-worker.js';
import { assertSound, SoundnessCheck } from './soundness.js';
import { Writer } from './writer.js';

const FILE = 'fairlead.db';

/**
 * FULL: what was acknowledged is on the disk, also after a power cut. Measured with libsql 0.5.29 on a virtual disk, an
 * operation and its audit entry in one transaction: FULL 0.4 ms p50 and 1.8 ms p99, NORMAL 0.15 ms and 4.3 ms (NORMAL
 * saves its syncs up for the checkpoint). Replacing a host of 30 networks and 300 endpoints: 4.2 against 3.6 ms.
 */
const WRITER = [
  BUSY_TIMEOUT,
  'journal_mode=WAL',
  'synchronous=FULL',
  'foreign_keys=ON',
  'journal_size_limit=67108864',
  // The inventory of 4,000 hosts (1.9 million rows, 0.6 GB), 1,500 endpoints a commit: a checkpoint every 1,000 pages
  // 44,000 rows/s, every 4,000 57,000, every 16,000 (64 MiB) 77,000, since a page that changes often is then copied
  // once. The longest commit, one with a checkpoint, took 170, 109 and 112 ms.
  'wal_autocheckpoint=16000',
  // 64 MiB: the inner pages of the indexes. Of 10,000 hosts (1.4 GB) it saves a tenth of the time; memory grows no further.
  'cache_size=-65536',
];

/** Checkpointing is the writer's alone: see DataLock for what two of them can do. */
const READER = ['query_only=ON', 'wal_autocheckpoint=0', BUSY_TIMEOUT];

/** Its queries walk indexes of hundreds of thousands of rows: 64 MiB hold those of 10,000 hosts, the system's cache the rest. */
const READ_WORKER = [...READER, 'cache_size=-65536'];

/**
 * Files up to which damage is looked for before anything else. The look takes 7 s/GB, for which an inventory of 10,000 hosts
 * (1.4 GB) would be away at each start; a larger file is looked at while it is in use.
 */
const CHECKED_FIRST_BYTES = 256 * 1024 * 1024;

/** Transactions queue for the one writer; Prisma would give up after 2 s in the queue. In milliseconds. */
const PATIENCE = { maxWait: 30_000, timeout: 30_000 };

/** A statement of a transaction: raw SQL, or a call of the client that was not awaited. */
export type Statement = Prisma.Sql | Prisma.PrismaPromise<unknown>;

/**
 * The controller's database, open in this process alone.
 *
 * Invariants: the folder's lock is held from before the file is opened until after it is closed; only `writer` writes
 * or checkpoints; the readers are closed first, so that none is the last connection, which SQLite checkpoints by.
 */
export class Database {
  private closing: Promise<void> | undefined;

  private constructor(
    readonly prisma: PrismaClient,
    /** What was done to the file when it was opened. */
    readonly migrations: MigrationResult,
    private readonly connections: Connections,
    private readonly reads: ReadWorker,
    private readonly lock: DataLock,
    private readonly check: SoundnessCheck | undefined,
  ) {}

  /** See `openDatabase`. */
  static async open(folder: string, migrationFolder: string, checkedFirstBytes: number): Promise<Database> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = DataLock.acquire(folder);
    try {
      const file = join(folder, FILE);
      const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      const large = bytes > checkedFirstBytes;
      const check = (): void => assertSound(file, [BUSY_TIMEOUT]);
      if (bytes > 0 && !large) check();
      const migrations = migrate(file, migrationFolder, large ? check : undefined);
      const connections = await connect(file);
      const prisma = await startClient(connections);
      const checkedLater = large && migrations.applied.length === 0;
      const later = checkedLater ? new SoundnessCheck(file, READER) : undefined;
      return new Database(prisma, migrations, connections, new ReadWorker(file, READ_WORKER), lock, later);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Resolves when the file has been looked through, which may be long after it was opened, and no damage was found.
   * @throws FairleadError `storage_failed` where it is damaged
   */
  get checked(): Promise<void> {
    return this.check?.done ?? Promise.resolve();
  }

  /**
   * Runs all statements in one transaction: all of them are on the disk when it resolves, or none.
   * @returns for each statement what the call of the client returns; of raw SQL the number of rows that it changed. Where
   * all are raw SQL, one that returns rows gives these: integers and booleans are numbers there, and JSON is text
   * @throws FairleadError `storage_failed`; a unique violation as Prisma's error (see `isUniqueViolation`)
   */
  async transaction(statements: readonly Statement[]): Promise<unknown[]> {
    if (statements.length === 0) return [];
    if (statements.every((each) => each instanceof Prisma.Sql))
      return storing(this.connections.writer.transaction(statements));
    const calls = statements.map((each) => (each instanceof Prisma.Sql ? this.prisma.$executeRaw(each) : each));
    return storing(this.prisma.$transaction(calls));
  }

  /**
   * Reads on a thread of its own: for whatever may take long. Sees every transaction that has resolved before.
   * @returns rows whose integers and booleans are numbers and whose JSON is text
   * @throws FairleadError `storage_failed`; `overloaded` where too many reads wait already
   */
  read<T>(sql: Prisma.Sql): Promise<T[]> {
    return storing(this.reads.read<T>(sql));
  }

  /** @throws FairleadError `storage_failed` where the database does not answer */
  async ping(): Promise<void> {
    await storing(this.prisma.$queryRaw`SELECT 1`);
  }

  /**
   * Rolls back what is not committed, moves the WAL into the file and lets go of the folder. May be called twice.
   * @throws FairleadError `storage_failed` where the WAL has to stay beside the file; nothing of it is lost
   */
  close(): Promise<void> {
    this.closing ??= storing(this.shutDown());
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    try {
      await Promise.all([this.reads.close(), this.check?.stop()]);
      await this.prisma.$disconnect();
      this.connections.reader.close();
    } finally {
      await this.connections.writer.close().finally(() => this.lock.release());
    }
  }
}

/**
 * Opens the database of a data folder, making folder and database where they are missing and applying migrations.
 * @param migrationFolder other than the project's own only in tests, like `checkedFirstBytes`
 * @throws FairleadError `storage_failed`: the folder is in use, the file is damaged or newer, a migration failed
 */
export async function openDatabase(
  folder: string,
  migrationFolder = MIGRATIONS,
  checkedFirstBytes = CHECKED_FIRST_BYTES,
): Promise<Database> {
  try {
    return await Database.open(folder, migrationFolder, checkedFirstBytes);
  } catch (error) {
    throw toStorageError(error);
  }
}

/** Connects at once: the client compiles its query planner then, and the first request need not wait for it. */
async function startClient(connections: Connections): Promise<PrismaClient> {
  const adapter = new LibsqlAdapterFactory(connections);
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal', transactionOptions: PATIENCE });
  await prisma.$connect();
  return prisma;
}

async function connect(file: string): Promise<Connections> {
  // First, so that the reader finds the file as the writer has set it up.
  const writer = await Writer.open(file, WRITER);
  return { writer, reader: new SqliteConnection(file, READER) };
}
