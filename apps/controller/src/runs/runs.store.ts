import { type RunState } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import {
  type Database,
  isGuardViolation,
  isUniqueViolation,
  listed,
  Prisma,
  type Statement,
} from '../database/index.js';
import { type Actor } from '../operations/operation.js';
import { isIdle } from '../policies/idle.js';
import { CONTROLLER, type StoredRun } from './run.js';
import { LeaseLostError } from './run-ports.js';
import { type RunChange, runInsertion, type RunRow, runUpdate, toStoredRun } from './run-rows.js';

/** A step of a run: who takes it, and how the audit calls it. */
export interface Step {
  readonly verb: string;
  readonly actor: Actor;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Written in the same transaction, before the run itself. */
  readonly statements?: readonly Statement[] | undefined;
}

/** How a run ends. */
export interface Ending {
  readonly run: StoredRun;
  readonly change: RunChange;
}

/** The run is not as it was thought to be: somebody else has come first, and nothing was written. */
export class RunMovedOnError extends Error {}

/** Fences are no lower than the seconds since then: a database from a backup does not fall behind what agents have seen. */
const FENCES_SINCE = Date.parse('2026-01-01T00:00:00Z');

const OPEN = ['waiting', 'planning', 'awaiting-approval', 'running', 'paused', 'held'] satisfies RunState[];

/**
 * Writes runs, each step with its audit row in one transaction.
 *
 * Invariant: a step is written only while the run is as its taker has last seen it (state and fence), else nothing is.
 */
export class RunsStore {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  /**
   * Writes new runs of a policy, all of them or none.
   * @param guard has to hold when they are written
   * @param replaced ends before, in the same transaction
   * @throws RunMovedOnError where it does not, one of them would be a second one that is not finished, or somebody else has
   *   its instant
   */
  async add(
    runs: readonly StoredRun[],
    step: Step,
    guard: Prisma.Sql = Prisma.sql`TRUE`,
    replaced: readonly Ending[] = [],
  ): Promise<void> {
    const rows = runs.map((run) => {
      const free = run.state === 'finished' ? guard : Prisma.sql`${guard} AND ${isIdle(run.policyId)}`;
      return runInsertion(run, free);
    });
    const ends = replaced.map(({ run, change }) => runUpdate(run, change));
    const ended = replaced.map(({ run, change }) => recordOf({ ...run, ...change }, { ...step, verb: 'finish' }));
    const records = [...ended, ...runs.map((run) => recordOf(run, step))];
    await unlessMovedOn(this.audit.commit(records, [...(step.statements ?? []), ...ends, ...rows]));
  }

  /**
   * @param guard has to hold when it is written
   * @returns the run as it is then @throws RunMovedOnError where the guard does not hold, or the run is no longer as given
   */
  async change(run: StoredRun, change: RunChange, step: Step, guard?: Prisma.Sql): Promise<StoredRun> {
    const changed = { ...run, ...change };
    const statements = [...(step.statements ?? []), runUpdate(run, change, guard)];
    await unlessMovedOn(this.audit.commit(recordOf(changed, step), statements));
    return changed;
  }

  /**
   * Makes somebody the owner of a run that nobody owns, or whose owner has not renewed its lease. One that ends later than
   * any can was given before the clock was set back.
   * @returns the run as it is then; its fence is above that of every run of the policy @throws RunMovedOnError
   */
  async claim(run: StoredRun, owner: string, leaseUntil: number, at: number): Promise<StoredRun> {
    const least = Math.max(0, Math.floor((at - FENCES_SINCE) / 1000));
    const over = Prisma.sql`"leaseUntil" <= ${at} OR "leaseUntil" > ${leaseUntil}`;
    const free = Prisma.sql`"fence" = ${run.fence} AND ("owner" IS NULL OR ${over})`;
    const claiming = Prisma.sql`UPDATE "Run" SET "owner" = ${owner}, "leaseUntil" = ${leaseUntil},
      "state" = CASE WHEN "state" = ${run.state} AND ${free} THEN "state" END,
      "fence" = MAX((SELECT MAX(other."fence") FROM "Run" other WHERE other."policyId" = "Run"."policyId") + 1, ${least})
      WHERE "id" = ${run.id} RETURNING *`;
    const step = { verb: 'take', actor: CONTROLLER, at };
    const [rows] = await unlessMovedOn(this.audit.commit(recordOf({ ...run, owner }, step), [claiming]));
    const [row] = rows as readonly RunRow[];
    if (row === undefined) throw new RunMovedOnError();
    return toStoredRun(row);
  }

  /** @throws LeaseLostError where it has another owner by now, or has ended */
  async renew({ id, fence }: StoredRun, leaseUntil: number): Promise<void> {
    const [count] = await this.database.transaction([
      Prisma.sql`UPDATE "Run" SET "leaseUntil" = ${leaseUntil}
        WHERE "id" = ${id} AND "fence" = ${fence} AND "state" <> 'finished'`,
    ]);
    if (count === 0) throw new LeaseLostError();
  }

  /** Lets go of a run that has not ended, for whoever takes it up next. */
  async release({ id, fence }: StoredRun): Promise<void> {
    await this.database.transaction([
      Prisma.sql`UPDATE "Run" SET "owner" = NULL, "leaseUntil" = NULL WHERE "id" = ${id} AND "fence" = ${fence}`,
    ]);
  }

  /** The last instant up to `until` that was not missed; undefined: there is none. Milliseconds since the epoch. */
  async lastInstant(policyId: string, until: number): Promise<number | undefined> {
    const [row] = await this.database.read<{ readonly last: number | null }>(Prisma.sql`
      SELECT MAX("scheduledFor") AS last FROM "Run"
      WHERE "policyId" = ${policyId} AND "scheduledFor" <= ${until} AND "outcome" IS NOT 'missed'`);
    return row?.last ?? undefined;
  }

  /** Instants after `at` were not missed after all, and no run waits for one of them. */
  rewind(policyId: string, at: number): Statement[] {
    return [
      Prisma.sql`UPDATE "Run" SET "scheduledFor" = NULL, "scheduledUntil" = NULL,
        "reason" = "reason" || '; it was set back since, to before that'
        WHERE "policyId" = ${policyId} AND "outcome" = 'missed' AND "scheduledFor" > ${at}`,
      Prisma.sql`UPDATE "Run" SET "dueAt" = ${at}
        WHERE "policyId" = ${policyId} AND "state" = 'waiting' AND "dueAt" > ${at} AND "scheduledFor" > ${at}`,
    ];
  }

  /** Runs that have not ended, oldest first. */
  async open(policyId?: string): Promise<StoredRun[]> {
    const ofPolicy = policyId === undefined ? Prisma.empty : Prisma.sql`AND "policyId" = ${policyId}`;
    const rows = await this.database.read<RunRow>(
      Prisma.sql`SELECT * FROM "Run" WHERE "state" IN ${listed(OPEN)} ${ofPolicy} ORDER BY "id"`,
    );
    return rows.map(toStoredRun);
  }

  /** @throws FairleadError `run_not_found` */
  async get(id: string): Promise<StoredRun> {
    const [row] = await this.database.read<RunRow>(Prisma.sql`SELECT * FROM "Run" WHERE "id" = ${id}`);
    if (row !== undefined) return toStoredRun(row);
    throw new FairleadError('run_not_found', `There is no run '${id}'`, { hint: "See 'fairlead policy runs'." });
  }
}

async function unlessMovedOn<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isGuardViolation(error) || isUniqueViolation(error) ? new RunMovedOnError('', { cause: error }) : error;
  }
}

const recordOf = (run: StoredRun, { verb, actor, at }: Step): AuditRecord => ({
  at,
  actor,
  action: `run.${verb}`,
  hostName: null,
  target: { run: run.id, policy: run.policyName },
  operationId: null,
  outcome: run.state === 'finished' ? (run.outcome ?? 'done') : 'accepted',
  detail: {
    version: run.version,
    state: run.state,
    reason: run.reason,
    ...(run.planHash !== null && { planHash: run.planHash }),
    ...(run.owner !== null && { fence: run.fence }),
  },
});
