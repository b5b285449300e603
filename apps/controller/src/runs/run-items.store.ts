import { type ItemOutcome } from '@fairlead/api';
import { Breather } from '../database/breather.js';
import { type Database, isGuardViolation, listed, Prisma, type Statement } from '../database/index.js';
import { type ItemCounts, type ItemEnd, NO_ITEMS, type PlannedItem, type RunItem, type StoredRun } from './run.js';
import { LeaseLostError } from './run-ports.js';
import { isOwned } from './run-rows.js';

/** As raw SQL reads it: JSON is text. */
export type ItemRow = Omit<RunItem, 'losses'> & { readonly losses: string };

/** Items written, or read, by one statement: some 500 KB, which hold the event loop for some 10 ms. */
const CHUNK = 1_000;
/** Operations looked at by one statement: 5 ms, and some 100 ms of a file that is not in memory. */
const OPERATIONS = 10_000;
/** The last runs of a policy, of which those that began nothing still have their items. */
const RUNS_TOLD = 20;
const UNKNOWN = Prisma.sql`"state" = 'done' AND "code" = 'outcome_unknown' AND "outcome" = 'failed'`;

export const toRunItem = ({ losses, ...row }: ItemRow): RunItem => ({
  ...row,
  losses: JSON.parse(losses) as string[],
});

/**
 * Writes what runs plan and what becomes of it.
 *
 * Invariants: what was planned is written with its run and never changed; what becomes of it is written for the run's
 * present owner only, and once an item is done it stays so, but for one whose outcome was not known.
 */
export class RunItemsStore {
  constructor(private readonly database: Pick<Database, 'read' | 'transaction'>) {}

  /**
   * For the transaction in which the plan of a run is stored. Runs long before it that began nothing lose theirs: a plan
   * every five minutes must not fill the disk.
   */
  async insertions(
    { id, policyId }: Pick<StoredRun, 'id' | 'policyId'>,
    items: Iterable<PlannedItem>,
  ): Promise<Statement[]> {
    const statements = [forgetting(id, policyId)];
    const breather = new Breather();
    for (const chunk of chunksOf(items)) {
      statements.push(insertion(id, chunk));
      await breather.breathe();
    }
    return statements;
  }

  /** In the order in which they are taken. */
  async all(runId: string): Promise<RunItem[]> {
    const items: RunItem[] = [];
    for (;;) {
      const rows = await this.after(runId, items.at(-1)?.position ?? -1);
      items.push(...rows.map(toRunItem));
      if (rows.length < CHUNK) return items;
    }
  }

  /** That they are part of an operation, for the transaction in which that is written: refused as a whole otherwise. */
  sending(run: StoredRun, items: readonly RunItem[], operationId: string): Statement {
    const positions = listed(items.map(({ position }) => position));
    return Prisma.sql`UPDATE "RunItem" SET "operationId" = ${operationId},
      "state" = CASE WHEN "state" = 'planned' AND ${isOwned(run)} THEN 'sent' END
      WHERE "runId" = ${run.id} AND "position" IN ${positions}`;
  }

  /** @throws LeaseLostError where the run has another owner by now, or has ended */
  async record(run: StoredRun, ends: readonly ItemEnd[], at: number): Promise<void> {
    try {
      await this.database.transaction([recording(run, ends, at)]);
    } catch (error) {
      throw isGuardViolation(error) ? new LeaseLostError('', { cause: error }) : error;
    }
  }

  /** For the transaction in which a run ends: nobody comes to what is planned still. */
  skipping(runId: string, reason: string, at: number): Statement {
    return Prisma.sql`UPDATE "RunItem" SET "state" = 'done', "outcome" = 'skipped', "reason" = ${reason}, "code" = '',
      "endedAt" = ${at} WHERE "runId" = ${runId} AND "state" = 'planned'`;
  }

  /** Items of an operation that ended without anybody knowing what became of them, each with its run. */
  async unknown(operationId: string): Promise<(RunItem & { readonly runId: string })[]> {
    const rows = await this.database.read<ItemRow & { readonly runId: string }>(Prisma.sql`
      SELECT * FROM "RunItem" WHERE "operationId" = ${operationId} AND ${UNKNOWN}`);
    return rows.map(({ runId, ...row }) => ({ ...toRunItem(row), runId }));
  }

  /**
   * The operations of such items that were settled since. Asked from the side of the operations, few of which ever were,
   * since there is no index for the items, and some at a time, so that other reads get in between.
   */
  async settledSince(): Promise<string[]> {
    const found: string[] = [];
    for (let last: string | null = ''; last !== null;) {
      const [portion] = await this.settledAfter(last);
      found.push(...(JSON.parse(portion?.found ?? '[]') as string[]));
      last = portion?.last ?? null;
    }
    return found;
  }

  /** Tells it of them after all. */
  async correct(runId: string, ends: readonly ItemEnd[], at: number): Promise<void> {
    await this.database.transaction([update(runId, ends, at, Prisma.sql`'done'`, UNKNOWN)]);
  }

  /** By run; a run without items is left out. */
  async counts(runIds: readonly string[]): Promise<ReadonlyMap<string, ItemCounts>> {
    const rows = await this.database.read<{ runId: string; outcome: ItemOutcome | null; count: number }>(Prisma.sql`
      SELECT "runId", "outcome", COUNT(*) AS "count" FROM "RunItem" WHERE "runId" IN ${listed(runIds)}
      GROUP BY "runId", "outcome"`);
    const counts = new Map<string, ItemCounts>();
    for (const { runId, outcome, count } of rows) {
      const so = counts.get(runId) ?? NO_ITEMS;
      const done = outcome === null ? {} : { done: so.done + count, [outcome]: count };
      counts.set(runId, { ...so, total: so.total + count, ...done });
    }
    return counts;
  }

  /** The same of some operations, up to the last of them. */
  private settledAfter(id: string): Promise<{ readonly last: string | null; readonly found: string }[]> {
    return this.database.read(Prisma.sql`
      SELECT MAX("id") AS "last", json_group_array("id") FILTER (WHERE "settledAt" IS NOT NULL
        AND EXISTS (SELECT 1 FROM "RunItem" WHERE "operationId" = o."id" AND ${UNKNOWN})) AS "found"
      FROM (SELECT "id", "settledAt" FROM "Operation" WHERE "id" > ${id} ORDER BY "id" LIMIT ${OPERATIONS}) o`);
  }

  /** Some of those behind a position. */
  private after(runId: string, position: number): Promise<ItemRow[]> {
    return this.database.read<ItemRow>(Prisma.sql`
      SELECT "position", "hostName", "networkId", "networkName", "driver", "digest", "wave", "restorability",
        "explanation", "losses", "state", "outcome", "reason", "code", "engineMessage", "operationId", "restoredId", "endedAt"
      FROM "RunItem" WHERE "runId" = ${runId} AND "position" > ${position} ORDER BY "position" LIMIT ${CHUNK}`);
  }
}

function* chunksOf(items: Iterable<PlannedItem>): Generator<readonly PlannedItem[]> {
  let chunk: PlannedItem[] = [];
  for (const item of items) {
    if (chunk.push(item) < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

const insertion = (runId: string, items: readonly PlannedItem[]): Statement => Prisma.sql`
  INSERT INTO "RunItem" ("runId", "position", "hostName", "networkId", "networkName", "driver", "digest", "wave",
    "restorability", "explanation", "losses", "state", "reason", "code", "engineMessage")
  SELECT ${runId}, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8,
    value->>9, 'planned', '', '', '' FROM json_each(${JSON.stringify(items.map(toList))})`;

/** Looks no further back than some runs, since those before lost theirs in their turn. */
const forgetting = (runId: string, policyId: string): Statement => Prisma.sql`
  DELETE FROM "RunItem" WHERE "runId" IN (SELECT "id" FROM (
    SELECT "id", "state", "startedAt" FROM "Run" WHERE "policyId" = ${policyId} AND "id" < ${runId}
      ORDER BY "id" DESC LIMIT ${RUNS_TOLD} OFFSET ${RUNS_TOLD - 1})
    WHERE "state" = 'finished' AND "startedAt" IS NULL)`;

const toList = (item: PlannedItem) => [
  item.position,
  item.hostName,
  item.networkId,
  item.networkName,
  item.driver,
  item.digest,
  item.wave,
  item.restorability,
  item.explanation,
  JSON.stringify(item.losses),
];

const recording = (run: StoredRun, ends: readonly ItemEnd[], at: number): Statement =>
  update(run.id, ends, at, Prisma.sql`CASE WHEN ${isOwned(run)} THEN e.value->>1 END`, Prisma.sql`"state" <> 'done'`);

/**
 * One row after the other by the key: read in place, the list would be gone through once for each item of the run.
 * @param state of each, `e` being its end @param where which items may be changed
 */
function update(runId: string, ends: readonly ItemEnd[], at: number, state: Prisma.Sql, where: Prisma.Sql): Statement {
  const values = JSON.stringify(ends.map((end) => toEndList(end, at)));
  return Prisma.sql`WITH e AS MATERIALIZED (SELECT value, value->>0 AS "at" FROM json_each(${values}))
    UPDATE "RunItem" SET "state" = ${state}, "outcome" = e.value->>2, "reason" = e.value->>3, "code" = e.value->>4,
      "engineMessage" = e.value->>5, "restoredId" = e.value->>6, "endedAt" = e.value->>7
    FROM e WHERE "runId" = ${runId} AND "position" = e."at" AND ${where}`;
}

const toEndList = (end: ItemEnd, at: number) =>
  end.state === 'planned'
    ? [end.position, 'planned', null, '', '', '', null, null]
    : [end.position, 'done', end.outcome, end.reason, end.code, end.engineMessage, end.restoredId, at];
