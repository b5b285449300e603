import {
  type RunItemPageView,
  type RunItemQuery,
  type RunPageView,
  type RunQuery,
  type RunView,
  type StartRunRequest,
} from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type Clock, toTimestamp } from '../clock.js';
import { type Prisma } from '../database/index.js';
import { type Actor } from '../operations/operation.js';
import { type FleetPlan } from '../policies/fleet-plan.js';
import { busy } from '../policies/idle.js';
import { type PoliciesStore } from '../policies/policies.store.js';
import { type Planner } from '../policies/planner.js';
import { requirePolicy } from '../policies/require-policy.js';
import { type StoredPolicy } from '../policies/stored-policy.js';
import { afterPlanning } from './after-planning.js';
import { type FreezeSwitch } from './freeze-switch.js';
import { aRun } from './new-runs.js';
import { itemsOf, type PlanningParts } from './planning.js';
import { NO_ITEMS, type StoredRun } from './run.js';
import { PolicyWindow } from './run-gate.js';
import { type RunItemsStore } from './run-items.store.js';
import { type RunPagesStore } from './run-pages.store.js';
import { assertShown, assertWithinCaps, changedSince, notWaiting, outdated, stale } from './run-refusals.js';
import { type RunChange } from './run-rows.js';
import { toRunItemView, toRunView } from './run.view.js';
import { type Runner } from './runner.js';
import { RunMovedOnError, type RunsStore } from './runs.store.js';
import { type Scheduler } from './scheduler.js';

export interface RunsParts extends Pick<PlanningParts, 'labelsOf' | 'notices'> {
  readonly runs: RunsStore;
  readonly items: RunItemsStore;
  readonly pages: RunPagesStore;
  readonly policies: Pick<PoliciesStore, 'find' | 'all' | 'isAt'>;
  readonly planner: Planner;
  readonly freeze: FreezeSwitch;
  readonly runner: Pick<Runner, 'poke' | 'cancelled'>;
  readonly scheduler: Pick<Scheduler, 'poke'>;
  readonly changed: (runId: string) => void;
  readonly now: Clock;
}

/** How often a cancellation is tried while the run itself moves on. */
const TRIES = 10;

/** Runs as people see, start, approve and cancel them. */
export class RunsService {
  constructor(private readonly parts: RunsParts) {}

  /** @throws FairleadError `policy_not_found` for a name that no policy has, nor any run of one that is gone */
  async list(query: RunQuery): Promise<RunPageView> {
    for (const nameOrId of query.policy) {
      if (!(await this.parts.pages.hasRunsOf(nameOrId))) await requirePolicy(this.parts.policies, nameOrId);
    }
    const { items, total, nextCursor } = await this.parts.pages.runs(query);
    const counts = await this.parts.items.counts(items.map(({ id }) => id));
    return { items: items.map((run) => toRunView(run, counts.get(run.id) ?? NO_ITEMS)), total, nextCursor };
  }

  /** @throws FairleadError `run_not_found` */
  async show(id: string): Promise<RunView> {
    return this.view(await this.parts.runs.get(id));
  }

  /** @throws FairleadError `run_not_found` */
  async items(id: string, query: RunItemQuery): Promise<RunItemPageView> {
    const { items, total, nextCursor } = await this.parts.pages.items(await this.parts.runs.get(id), query);
    return { items: items.map(toRunItemView), total, nextCursor };
  }

  /** Those of the policy that are not finished. */
  open(policyId: string): Promise<StoredRun[]> {
    return this.parts.runs.open(policyId);
  }

  /** A policy was made, changed, paused, resumed or removed just now. */
  policyChanged(): void {
    this.parts.scheduler.poke();
    this.parts.runner.poke();
  }

  /**
   * Reports, or begins to carry out the plan whose hash is given; a report may have one too.
   * @throws FairleadError `policy_not_found`, `frozen`, `run_active`, `plan_stale`, `caps_exceeded`: nothing was done
   */
  async start(nameOrId: string, { mode, planHash }: StartRunRequest, actor: Actor): Promise<RunView> {
    const policy = await requirePolicy(this.parts.policies, nameOrId);
    if (mode === 'apply') this.parts.freeze.assertOpen('prune');
    if (mode === 'apply' && (await this.parts.runs.open(policy.id)).length > 0) throw busy(policy.name);
    const plan = await this.parts.planner.plan(policy);
    if (planHash !== undefined) assertShown(policy, plan, planHash);
    if (mode === 'apply') assertWithinCaps(policy, plan);
    const run = await this.add(policy, plan, mode, actor);
    this.parts.changed(run.id);
    this.parts.runner.poke();
    return this.view(run);
  }

  /**
   * Takes the yes to a plan.
   * @throws FairleadError `run_not_found`, `frozen`, `plan_stale` where it is not that plan any more that waits for it
   */
  async approve(id: string, planHash: string, actor: Actor): Promise<RunView> {
    const run = await this.parts.runs.get(id);
    this.parts.freeze.assertOpen('prune');
    const policy = await this.approvable(run, planHash);
    const gone = await this.parts.planner.recheck(policy, await this.parts.items.all(id));
    if (gone.length > 0) throw changedSince(gone);
    const at = this.parts.now();
    const change = { ...this.onItsWay(policy, at), approvedBy: actor.name, approvedAt: at };
    const approved = await this.change(run, change, 'approve', actor, this.parts.policies.isAt(policy));
    if (approved !== undefined) return this.view(approved);
    const moved = await this.parts.runs.get(id);
    await this.approvable(moved, planHash);
    throw notWaiting(moved);
  }

  /** What is under way stops between two networks. @throws FairleadError `run_not_found` */
  async cancel(id: string, actor: Actor): Promise<RunView> {
    const reason = `it was cancelled by ${actor.name}`;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const run = await this.parts.runs.get(id);
      if (run.state === 'finished' || run.outcome !== null) return this.view(run);
      const cancelled = await this.change(run, this.cancelling(run, reason), 'cancel', actor);
      if (cancelled === undefined) continue;
      this.parts.runner.cancelled(id, reason);
      return this.view(cancelled);
    }
    throw new FairleadError('run_active', `Run '${id}' moves on too fast to be cancelled`, { hint: 'Try again.' });
  }

  /** One that is carried out ends by itself, when what is under way has come to its end. */
  private cancelling({ state }: StoredRun, reason: string): RunChange {
    const begun = state === 'running' || state === 'held' || state === 'paused';
    const ended = { state: 'finished', finishedAt: this.parts.now() } as const;
    return { outcome: 'cancelled', reason, ...(!begun && ended) };
  }

  private async add(policy: StoredPolicy, plan: FleetPlan, mode: 'report' | 'apply', actor: Actor): Promise<StoredRun> {
    const { items, labelsOf, notices, runs, policies, now } = this.parts;
    const at = now();
    const { change, event } = afterPlanning(mode, plan.summary, policy.spec.approveWithin, at);
    const next = change.state === 'running' ? this.onItsWay(policy, at) : change;
    const planned = { planHash: plan.hash, plannedAt: plan.at, summary: plan.summary };
    const run = { ...aRun(policy, at), trigger: 'person', mode, actor, ...planned, ...next } as const;
    const told = event === undefined ? [] : notices(run, policy.spec, event, NO_ITEMS, at);
    const rows = await items.insertions(run, itemsOf(plan, policy.spec, run.state === 'finished', labelsOf));
    try {
      await runs.add([run], { verb: 'start', actor, at, statements: [...rows, ...told] }, policies.isAt(policy));
    } catch (error) {
      throw error instanceof RunMovedOnError ? await this.whyNot(policy) : error;
    }
    return run;
  }

  /** Why the plan of a new run was not taken. */
  private async whyNot(policy: StoredPolicy): Promise<FairleadError> {
    const now = await this.parts.policies.find(policy.id);
    return now?.version === policy.version ? busy(policy.name) : outdated(policy, now);
  }

  /** Outside of the window it waits for that. */
  private onItsWay({ spec }: StoredPolicy, at: number): RunChange & Pick<StoredRun, 'state' | 'reason'> {
    const window = new PolicyWindow(spec.schedule);
    if (window.isOpen(at)) return { state: 'running', reason: '', startedAt: at };
    return { state: 'waiting', reason: `it waits for the window (${window.words})` };
  }

  /** @returns undefined where the run has moved on meanwhile */
  private async change(
    run: StoredRun,
    change: RunChange,
    verb: string,
    actor: Actor,
    guard?: Prisma.Sql,
  ): Promise<StoredRun | undefined> {
    try {
      const changed = await this.parts.runs.change(run, change, { verb, actor, at: this.parts.now() }, guard);
      this.parts.changed(run.id);
      this.parts.runner.poke();
      return changed;
    } catch (error) {
      if (error instanceof RunMovedOnError) return undefined;
      throw error;
    }
  }

  private async approvable(run: StoredRun, planHash: string): Promise<StoredPolicy> {
    const { id, state, expiresAt, version } = run;
    if (state !== 'awaiting-approval') throw notWaiting(run);
    if (planHash !== run.planHash) throw stale(`Run '${id}' waits for the approval of another plan`);
    if (expiresAt !== null && this.parts.now() >= expiresAt) {
      throw stale(`The time for an approval of run '${id}' was over at ${toTimestamp(expiresAt)}`);
    }
    const policy = await this.parts.policies.find(run.policyId);
    if (policy?.version !== version) throw outdated({ name: run.policyName, version }, policy);
    return policy;
  }

  private async view(run: StoredRun): Promise<RunView> {
    return toRunView(run, (await this.parts.items.counts([run.id])).get(run.id) ?? NO_ITEMS);
  }
}
