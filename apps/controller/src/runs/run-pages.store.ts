import { type RunItemQuery, type RunQuery } from '@fairlead/api';
import { type Database, listed, Prisma, where } from '../database/index.js';
import { type Page, pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { type RunItem, type StoredRun } from './run.js';
import { type ItemRow, toRunItem } from './run-items.store.js';
import { type RunRow, toStoredRun } from './run-rows.js';

export interface Counted<Row> extends Page<Row> {
  readonly total: number;
}

/** An item with the removal by which it is restored; null: there is none, or its record has not come or is not kept. */
export type PlacedItem = RunItem & { readonly removal: string | null };

/** Reads runs and their items by pages, on the thread for reads. */
export class RunPagesStore {
  constructor(private readonly database: Pick<Database, 'read'>) {}

  /** Newest first. @throws FairleadError `invalid_argument` for a cursor that no page ended with */
  async runs(query: RunQuery): Promise<Counted<StoredRun>> {
    const cursor = new PageCursor('runs', query);
    const asked = conditionsOf(query);
    const end = query.cursor === undefined ? [] : [Prisma.sql`"id" < ${cursor.read(query.cursor, ['string'])[0]}`];
    const [rows, total] = await Promise.all([
      this.database.read<RunRow>(
        Prisma.sql`SELECT * FROM "Run" ${where([...asked, ...end])} ORDER BY "id" DESC LIMIT ${query.limit + 1}`,
      ),
      this.count(Prisma.sql`SELECT COUNT(*) AS "total" FROM "Run" ${where(asked)}`),
    ]);
    return { ...pageFrom(rows.map(toStoredRun), query.limit, ({ id }) => cursor.write(id)), total };
  }

  /** In the order in which they are taken. @throws FairleadError `invalid_argument` for a cursor that no page ended with */
  async items(run: StoredRun, query: RunItemQuery): Promise<Counted<PlacedItem>> {
    const cursor = new PageCursor(`items of ${run.id}`, query);
    const asked = [
      Prisma.sql`i."runId" = ${run.id}`,
      ...oneOf('i."outcome"', query.outcome),
      ...oneOf('i."hostName"', query.host),
    ];
    const end =
      query.cursor === undefined ? [] : [Prisma.sql`i."position" > ${cursor.read(query.cursor, ['number'])[0]}`];
    const [rows, total] = await Promise.all([
      this.database.read<ItemRow & { readonly removal: string | null }>(Prisma.sql`
        SELECT i.*, ${REMOVAL} AS "removal" FROM "RunItem" i ${where([...asked, ...end])}
        ORDER BY i."position" LIMIT ${query.limit + 1}`),
      this.count(Prisma.sql`SELECT COUNT(*) AS "total" FROM "RunItem" i ${where(asked)}`),
    ]);
    const items = rows.map(({ removal, ...row }) => ({ ...toRunItem(row), removal }));
    return { ...pageFrom(items, query.limit, ({ position }) => cursor.write(position)), total };
  }

  /** @param policy its name or id */
  async hasRunsOf(policy: string): Promise<boolean> {
    const rows = await this.database.read(Prisma.sql`SELECT 1 FROM "Run" ${where([ofPolicies([policy])])} LIMIT 1`);
    return rows.length > 0;
  }

  private async count(sql: Prisma.Sql): Promise<number> {
    const [row] = await this.database.read<{ readonly total: number }>(sql);
    return row?.total ?? 0;
  }
}

/** The last one of an item's network, of those that this holds for. */
const removalWhere = (also: Prisma.Sql): Prisma.Sql => Prisma.sql`(SELECT r."id" FROM "RemovedNetwork" r
  WHERE r."hostName" = i."hostName" AND r."networkId" = i."networkId" ${also} ORDER BY r."removedAt" DESC LIMIT 1)`;

/**
 * That by its operation; where its author is not known, the last one: ids of networks are never given twice. Times are not
 * compared with the run's, since the clock may have been set back meanwhile. The plus keeps SQLite from the index over
 * operations, of which each has up to a thousand networks.
 */
const REMOVAL = Prisma.sql`CASE WHEN i."outcome" = 'removed' OR i."code" = 'undo_failed' THEN IFNULL(
  ${removalWhere(Prisma.sql`AND +r."operationId" = i."operationId"`)}, ${removalWhere(Prisma.empty)}) END`;

const oneOf = (column: string, values: readonly string[]): Prisma.Sql[] =>
  values.length === 0 ? [] : [Prisma.sql`${Prisma.raw(column)} IN ${listed(values)}`];

const ofPolicies = (policies: readonly string[]): Prisma.Sql =>
  Prisma.sql`("policyId" IN ${listed(policies)} OR "policyName" IN ${listed(policies)})`;

const conditionsOf = ({ policy, state, outcome }: RunQuery): Prisma.Sql[] => [
  ...(policy.length === 0 ? [] : [ofPolicies(policy)]),
  ...oneOf('"state"', state),
  // Of a run that is under way it is how it is going to end, which nobody is told before.
  ...(outcome.length === 0 ? [] : [Prisma.sql`"state" = 'finished'`, ...oneOf('"outcome"', outcome)]),
];
