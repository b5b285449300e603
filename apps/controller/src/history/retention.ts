import { setTimeout as delay } from 'node:timers/promises';
import { type Clock } from '../clock.js';
import { type Database, Prisma } from '../database/index.js';
import { type Log } from '../log.js';
import { type RetentionLimits } from './retention-limits.js';

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** Rows that go in one transaction, and the pause after it, in which others write. */
const BATCH = 1_000;
const PAUSE_MS = 50;

/** How many rows of each kind went. */
export interface Swept {
  readonly history: number;
  readonly removedNetworks: number;
  readonly operations: number;
  readonly runs: number;
  readonly notifications: number;
}

/**
 * Takes away what is older than the limits, once an hour. The clock of the machine alone is not believed: one that is far
 * ahead, as before it is set at boot, would take all there is.
 *
 * Invariants: what is old is so by what was stored last before the start and the time since, however far ahead the clock is;
 * one sweep at a time; a sweep holds the database for one batch at a time; after `stop` has resolved nothing
 * is taken away. The audit is never touched: its rows are a chain.
 */
export class Retention {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;
  /** What was stored last, and when that was read, by the clock that does not jump. */
  private known: { readonly at: number; readonly readAt: number } | undefined;

  constructor(
    private readonly database: Database,
    private readonly limits: RetentionLimits,
    private readonly now: Clock,
    private readonly monotonic: () => number,
    private readonly log: Log,
  ) {}

  /** To be called before anything is written by the clock as it is now. */
  async start(): Promise<void> {
    this.known = await this.lastKnown();
    this.next();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  async sweep(): Promise<Swept> {
    this.known ??= await this.lastKnown();
    const { historyDays, removedDays, operationDays, historyRows } = this.limits;
    const old = await this.remove(
      'HistoryEntry',
      'seq',
      Prisma.sql`WHERE "at" < ${this.before(historyDays)} ORDER BY "at"`,
    );
    const beyond = await this.remove(
      'HistoryEntry',
      'seq',
      Prisma.sql`WHERE "seq" <= (SELECT MAX("seq") FROM "HistoryEntry") - ${historyRows} ORDER BY "seq"`,
    );
    const removedNetworks = await this.remove(
      'RemovedNetwork',
      'id',
      Prisma.sql`WHERE "removedAt" < ${this.before(removedDays)} ORDER BY "removedAt"`,
    );
    const operations = await this.remove(
      'Operation',
      'id',
      Prisma.sql`WHERE "id" < ${firstId(this.before(operationDays))} AND "state" = 'finished' AND "outcome" <> 'unknown'`,
    );
    const [runs, notifications] = [await this.sweepRuns(), await this.sweepNotifications()];
    return { history: old + beyond, removedNetworks, operations, runs, notifications };
  }

  /**
   * Runs of the same age as the operations that they were carried out by, each with its networks. The last run of a policy
   * stays, since the fences of the next ones have to be above its own.
   */
  private async sweepRuns(): Promise<number> {
    const end = firstId(this.before(this.limits.operationDays));
    const runs = await this.remove(
      'Run',
      'id',
      Prisma.sql`WHERE "id" < ${end} AND "state" = 'finished'
        AND "id" < (SELECT MAX(later."id") FROM "Run" later WHERE later."policyId" = "Run"."policyId")`,
    );
    await this.remove(
      'RunItem',
      'rowid',
      Prisma.sql`WHERE "runId" < ${end} AND "runId" NOT IN (SELECT "id" FROM "Run")`,
    );
    return runs;
  }

  /** Of the same age as the runs that they tell of; what is still on its way stays until it has ended. */
  private sweepNotifications(): Promise<number> {
    return this.remove(
      'Notification',
      'id',
      Prisma.sql`WHERE "id" < ${firstId(this.before(this.limits.operationDays))} AND "state" <> 'waiting'`,
    );
  }

  private before(days: number): number {
    const latest = this.known === undefined ? Infinity : this.known.at + this.monotonic() - this.known.readAt;
    return Math.floor(Math.min(this.now(), latest)) - days * DAY_MS;
  }

  private async lastKnown(): Promise<{ readonly at: number; readonly readAt: number }> {
    const [row] = await this.database.read<{ readonly at: number | null }>(Prisma.sql`SELECT MAX("at") AS "at" FROM (
      SELECT MAX("lastHeardAt") AS "at" FROM "Host"
      UNION ALL SELECT "at" FROM "AuditEntry" WHERE "seq" = (SELECT MAX("seq") FROM "AuditEntry"))`);
    return { at: row?.at ?? this.now(), readAt: this.monotonic() };
  }

  private next(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void (this.running = this.run()), EVERY_MS).unref();
  }

  private async run(): Promise<void> {
    try {
      const swept = await this.sweep();
      if (Object.values(swept).some((count: number) => count > 0)) this.log('old records were taken away', swept);
    } catch (error) {
      this.log('old records could not be taken away', { error: String(error) });
    }
    this.next();
  }

  private async remove(table: string, key: string, chosen: Prisma.Sql): Promise<number> {
    const [from, by] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${key}"`)];
    let removed = 0;
    while (!this.stopped) {
      const batch = Prisma.sql`DELETE FROM ${from} WHERE ${by} IN (SELECT ${by} FROM ${from} ${chosen} LIMIT ${BATCH})`;
      const [count] = (await this.database.transaction([batch])) as [number];
      removed += count;
      if (count < BATCH) break;
      await delay(PAUSE_MS);
    }
    return removed;
  }
}

/** What ids of rows made from then on are not before: UUIDv7 begins with the milliseconds since the epoch. */
function firstId(at: number): string {
  const hex = Math.max(0, at).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
