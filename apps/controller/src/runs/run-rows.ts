import { type PlanSummaryView } from '@fairlead/api';
import { Prisma } from '../database/index.js';
import { type StoredRun } from './run.js';

/** A run as raw SQL reads it: the actor in three columns, JSON as text. */
export type RunRow = Omit<StoredRun, 'summary' | 'actor'> & {
  readonly summary: string | null;
  readonly actor: string;
  readonly client: string;
  readonly peer: string;
};

type Value = string | number | null;

/** What may change of a run once it is there. */
export type RunChange = Partial<
  Pick<
    StoredRun,
    | 'state'
    | 'outcome'
    | 'reason'
    | 'planHash'
    | 'plannedAt'
    | 'summary'
    | 'approvedBy'
    | 'approvedAt'
    | 'expiresAt'
    | 'startedAt'
    | 'finishedAt'
    | 'owner'
    | 'leaseUntil'
  >
>;

export const toStoredRun = ({ summary, actor, client, peer, ...row }: RunRow): StoredRun => ({
  ...row,
  summary: summary === null ? null : (JSON.parse(summary) as PlanSummaryView),
  actor: { name: actor, client, peer },
});

const toValue = (value: Value | PlanSummaryView): Value =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

/** The row, which is refused as a whole where the guard does not hold: `state` must not be NULL then. */
export function runInsertion(run: StoredRun, guard: Prisma.Sql): Prisma.Sql {
  const { actor, state, ...rest } = run;
  const columns = { ...rest, actor: actor.name, client: actor.client, peer: actor.peer };
  const names = Object.keys(columns).map((name) => Prisma.raw(`"${name}"`));
  const values = Object.values(columns).map((value) => Prisma.sql`${toValue(value)}`);
  return Prisma.sql`INSERT INTO "Run" ("state", ${Prisma.join(names)})
    VALUES (CASE WHEN ${guard} THEN ${state} END, ${Prisma.join(values)})`;
}

/**
 * For the present owner, and only while the run is in that state still and the guard holds; else the whole transaction is
 * refused.
 */
export function runUpdate(
  { id, state, fence }: Pick<StoredRun, 'id' | 'state' | 'fence'>,
  change: RunChange,
  guard: Prisma.Sql = Prisma.sql`TRUE`,
): Prisma.Sql {
  const { state: next = state, ...rest } = change;
  const settings = Object.entries(rest).map(
    ([name, value]) => Prisma.sql`${Prisma.raw(`"${name}"`)} = ${toValue(value)}`,
  );
  const guarded = Prisma.sql`"state" =
    CASE WHEN "state" = ${state} AND "fence" = ${fence} AND ${guard} THEN ${next} END`;
  return Prisma.sql`UPDATE "Run" SET ${Prisma.join([guarded, ...settings])} WHERE "id" = ${id}`;
}

/** Holds while nobody has taken the run over, nor ended it. */
export const isOwned = ({ id, fence }: Pick<StoredRun, 'id' | 'fence'>): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT 1 FROM "Run" WHERE "id" = ${id} AND "fence" = ${fence} AND "state" <> 'finished')`;
