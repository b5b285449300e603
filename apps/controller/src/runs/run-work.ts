import { type PolicySpecView, type RunState } from '@fairlead/api';
import { overCaps, parseDuration, toFairleadError } from '@fairlead/domain';
import { type Prisma, type Statement } from '../database/index.js';
import { type Planner } from '../policies/planner.js';
import { type PoliciesStore } from '../policies/policies.store.js';
import { type Bell } from './bell.js';
import { CarryingOut, type TakenUp } from './carrying-out.js';
import { Lease, LEASE_MS } from './lease.js';
import { type LiveParts, LivePorts } from './live-ports.js';
import { type PlanningParts, planRun } from './planning.js';
import { CONTROLLER, NO_ITEMS, type StoredRun } from './run.js';
import { PolicyWindow } from './run-gate.js';
import { eventOfEnd } from './run-notices.js';
import { type RunChange } from './run-rows.js';
import { RunMovedOnError } from './runs.store.js';

export type WorkParts = Omit<LiveParts, 'isPaused' | 'cancelled' | 'since' | 'bell' | 'notices'> &
  PlanningParts & {
    readonly policies: Pick<PoliciesStore, 'version' | 'find'>;
    readonly planner: Pick<Planner, 'countsFor'>;
    /** Of this life of the controller. */
    readonly owner: string;
  };

/** What the work on a run is told while it goes on. */
export interface Signs {
  /** Aborted when it is to stop. */
  readonly over: AbortSignal;
  readonly bell: Bell;
  /** When this controller took up its work, by the clock that does not jump. */
  readonly since: number;
  readonly isPaused: () => boolean;
  /** Why it was cancelled, if it was. */
  readonly cancelled: () => string | undefined;
}

const BEGUN: ReadonlySet<RunState> = new Set<RunState>(['running', 'held', 'paused']);
const isBegun = (run: StoredRun): run is StoredRun & Pick<TakenUp, 'state'> => BEGUN.has(run.state);

/** Takes one run from where it is to where it waits for a person or for its time, or to its end. */
export class RunWork {
  constructor(private readonly parts: WorkParts) {}

  /** Whether there is anything to do about a run that nobody works on. @param isPaused whether its policy is */
  async isDue(run: StoredRun, isPaused: boolean): Promise<boolean> {
    const now = this.parts.now();
    if (isBegun(run)) return true;
    if (await this.newerVersion(run)) return true;
    if (run.state === 'awaiting-approval') return now >= (run.expiresAt ?? Infinity);
    if (run.planHash !== null) return this.isInWindow(run);
    return now >= run.dueAt && (!isPaused || (await this.isTooLate(run)));
  }

  /** @throws RunMovedOnError, LeaseLostError where somebody else has it */
  async on(found: StoredRun, signs: Signs): Promise<void> {
    const { runs, owner, now, monotonic, changed } = this.parts;
    const run = await runs.claim(found, owner, now() + LEASE_MS, now());
    const lease = new Lease(() => runs.renew(run, now() + LEASE_MS), monotonic);
    try {
      await this.goOn(run, { ...signs, over: AbortSignal.any([signs.over, lease.signal]) });
    } finally {
      lease.end();
      await runs.release(run);
      changed(run.id);
    }
  }

  private async goOn(run: StoredRun, signs: Signs): Promise<void> {
    const spec = await this.parts.policies.version(run.policyId, run.version);
    const newer = await this.newerVersion(run);
    if (spec === undefined) await this.end(run, spec, 'failed', 'what its policy said is gone');
    else if (isBegun(run)) await this.carryOut(run, spec, signs);
    else if (newer !== undefined) await this.end(run, spec, 'expired', `the policy is at version ${newer} by now`);
    else if (run.state === 'awaiting-approval') await this.end(run, spec, 'expired', 'nobody approved it in time');
    else if (run.planHash !== null) await this.begin(run, spec, signs);
    else if (await this.isTooLate(run)) await this.end(run, spec, ...endOfLate(run, spec));
    else await this.plan(run, spec, signs);
  }

  private async plan(run: StoredRun, spec: PolicySpecView, signs: Signs): Promise<void> {
    const isNew = run.state === 'waiting';
    const planning = isNew ? await this.step(run, 'begin', { state: 'planning', reason: '' }) : run;
    const planned = await planRun(this.parts, planning, spec).catch((error: unknown) =>
      this.unplanned(planning, error),
    );
    this.parts.changed(run.id);
    if (isBegun(planned)) await this.carryOut(planned, spec, signs);
  }

  /** It says why for as long as it is tried again. */
  private async unplanned(run: StoredRun, error: unknown): Promise<never> {
    const reason = `it could not be planned: ${toFairleadError(error).message}`;
    if (!(error instanceof RunMovedOnError) && reason !== run.reason) await this.step(run, 'plan', { reason });
    throw error;
  }

  private async begin(run: StoredRun, spec: PolicySpecView, signs: Signs): Promise<void> {
    const over = await this.overCapsNow(run, spec);
    if (over.length > 0) return this.end(run, spec, 'capped', `nothing was removed: ${over.join('; ')}`);
    const change = { state: 'running', reason: '', startedAt: this.parts.now() } as const;
    const guard = this.parts.policies.isAt({ id: run.policyId, version: run.version });
    const begun = await this.step(run, 'begin', change, { guard });
    await this.carryOut({ ...begun, ...change }, spec, signs);
  }

  /** It was planned some time ago: what its caps are a part of may be less by now. */
  private async overCapsNow(run: StoredRun, spec: PolicySpecView): Promise<string[]> {
    const { items, planner } = this.parts;
    const policy = { id: run.policyId, version: run.version, spec };
    const counts = await planner.countsFor(policy, await items.all(run.id));
    const networks = counts.reduce((sum, host) => sum + host.networks, 0);
    return overCaps(spec.caps, counts, networks);
  }

  /** The version that its policy has meanwhile, where it has not begun by an older one. */
  private async newerVersion(run: StoredRun): Promise<number | undefined> {
    if (isBegun(run)) return undefined;
    const policy = await this.parts.policies.find(run.policyId);
    return policy === undefined || policy.version === run.version ? undefined : policy.version;
  }

  private async carryOut(
    run: StoredRun & Pick<TakenUp, 'state'>,
    spec: PolicySpecView,
    { over, ...signs }: Signs,
  ): Promise<void> {
    const { state, outcome, reason } = run;
    const ports = new LivePorts(run, spec, {
      ...this.parts,
      ...signs,
      notices: (noted, event, counts, at) => this.parts.notices(noted, spec, event, counts, at),
    });
    const closing = outcome === null ? undefined : { outcome, reason };
    await CarryingOut.of({ state, reason, closing, stop: spec.stop }, ports, over);
  }

  private async isInWindow(run: StoredRun): Promise<boolean> {
    const spec = await this.parts.policies.version(run.policyId, run.version);
    return spec === undefined || new PolicyWindow(spec.schedule).isOpen(this.parts.now());
  }

  /** What a person has asked for is never too late. */
  private async isTooLate(run: StoredRun): Promise<boolean> {
    if (run.trigger === 'person') return false;
    const spec = await this.parts.policies.version(run.policyId, run.version);
    return this.parts.now() - run.dueAt > parseDuration(spec?.schedule?.startWithin ?? '0s');
  }

  /** @param spec undefined: what it said is gone, also where it tells */
  private async end(
    run: StoredRun,
    spec: PolicySpecView | undefined,
    outcome: 'failed' | 'expired' | 'missed' | 'capped',
    reason: string,
  ): Promise<void> {
    const at = this.parts.now();
    const change = { state: 'finished', outcome, reason, finishedAt: at } as const;
    const event = eventOfEnd(outcome, NO_ITEMS);
    const statements = spec && this.parts.notices({ ...run, ...change }, spec, event, NO_ITEMS, at);
    await this.step(run, 'finish', change, { statements });
  }

  private async step(
    run: StoredRun,
    verb: string,
    change: RunChange,
    { guard, statements }: { readonly guard?: Prisma.Sql; readonly statements?: readonly Statement[] | undefined } = {},
  ): Promise<StoredRun> {
    const { runs, now } = this.parts;
    const changed = await runs.change(run, change, { verb, actor: CONTROLLER, at: now(), statements }, guard);
    this.parts.changed(run.id);
    return changed;
  }
}

const endOfLate = ({ state, reason }: StoredRun, { schedule }: PolicySpecView): ['failed' | 'missed', string] =>
  state === 'planning' && reason !== ''
    ? ['failed', reason]
    : ['missed', `it could not begin within ${schedule?.startWithin ?? '0s'} of its time`];
