import { formatDuration, toFairleadError } from '@fairlead/domain';
import { type AuditStore } from '../audit/audit.store.js';
import { type Clock, toTimestamp } from '../clock.js';
import { type Fleet } from '../fleet/fleet.js';
import { type Log } from '../log.js';
import { type PoliciesStore } from '../policies/policies.store.js';
import { comingInstants } from '../policies/policy-schedule.js';
import { type StoredPolicy } from '../policies/stored-policy.js';
import { Bell } from './bell.js';
import { ClockWatch } from './clock-watch.js';
import { type Due, dueOf } from './due.js';
import { missedRuns, scheduledRun, skippedRun } from './new-runs.js';
import { type PlanningParts } from './planning.js';
import { CONTROLLER, NO_ITEMS, SCHEDULE, type StoredRun } from './run.js';
import { type Ending, RunMovedOnError, type RunsStore } from './runs.store.js';

export interface SchedulerParts extends Pick<PlanningParts, 'notices'> {
  readonly policies: Pick<PoliciesStore, 'all' | 'passThrough' | 'rewind' | 'isThrough'>;
  readonly runs: Pick<RunsStore, 'add' | 'open' | 'lastInstant' | 'rewind'>;
  readonly audit: Pick<AuditStore, 'commit'>;
  readonly clockSet: Fleet['clockSet'];
  /** Told when a run was made. */
  readonly made: (run: StoredRun) => void;
  readonly now: Clock;
  /** Milliseconds of a clock that does not jump. */
  readonly monotonic: () => number;
  readonly log: Log;
  /** Most time between two looks, in milliseconds; default: half a minute. */
  readonly mostMs?: number | undefined;
}

/** Time between two looks while an instant is near, and while none is, in milliseconds. */
const NEAR_MS = 1_000;
const FAR_MS = 30_000;
/** An instant that has run counts as dealt with where it is ahead of the clock by no more, in milliseconds. */
const AHEAD_MS = 86_400_000;
/** A policy that was changed while it is looked at, or a clock that was set back by less, is not worth a rewind. */
const SLACK_MS = 60_000;

/**
 * Makes a run of each instant of each policy's schedule.
 *
 * Invariants: an instant is dealt with in one transaction with the policy having passed through it, so that whoever comes
 * second, or looks at a clock that was set back, finds it done; it runs once or not at all, and a row says which. A clock
 * that was far ahead for a while silences no schedule until then. No instant is dealt with before the times of what
 * was seen have followed a clock that was set.
 */
export class Scheduler {
  private readonly clock = new ClockWatch();
  private readonly bell = new Bell();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: SchedulerParts) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** A policy has changed: its next instant may be nearer. */
  poke(): void {
    this.bell.ring();
  }

  /** Deals with all instants that have come. @returns milliseconds until the next look */
  async tick(): Promise<number> {
    const now = this.parts.now();
    await this.watchClock(now);
    let next = Infinity;
    for (const policy of await this.parts.policies.all()) {
      await this.serve(policy, now).catch((error: unknown) => this.failed(policy, error));
      next = Math.min(next, comingInstants(policy, now, 1)[0] ?? Infinity);
    }
    const far = this.parts.mostMs ?? FAR_MS;
    return next - now > far ? far : Math.min(NEAR_MS, far, Math.max(1, next - now));
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const wait = await this.tick().catch((error: unknown) => {
        this.parts.log('schedules could not be looked at', { error: toFairleadError(error).message });
        return NEAR_MS;
      });
      await this.bell.wait(wait, signal);
    }
  }

  private async serve(policy: StoredPolicy, now: number): Promise<void> {
    if (policy.scheduledThrough > now + SLACK_MS) return this.rewind(policy, now);
    const due = await this.dueOf(policy, now);
    if (due === undefined) return;
    const { policies, runs: store, notices, made } = this.parts;
    const [open, replaced] = await this.inTheWay(policy, due, now);
    const runs = runsOf(policy, due, open.length > 0, now);
    const passing = policies.passThrough(policy.id, policy.scheduledThrough, due.until);
    const missed = runs.filter(({ outcome }) => outcome === 'missed');
    const told = missed.flatMap((run) => notices(run, policy.spec, 'failed', NO_ITEMS, now));
    const step = { verb: 'schedule', actor: SCHEDULE, at: now, statements: [passing, ...told] };
    await store.add(runs, step, policies.isThrough(policy, due.until), replaced);
    for (const run of [...replaced.map(({ run: before }) => before), ...runs]) made(run);
  }

  /** What is not finished, apart from those whose plan nobody has approved: a newer one takes its place. */
  private async inTheWay(
    { id }: StoredPolicy,
    { last }: Due,
    now: number,
  ): Promise<readonly [readonly StoredRun[], readonly Ending[]]> {
    if (last === undefined) return [[], []];
    const open = await this.parts.runs.open(id);
    if (last.skipped !== undefined) return [open, []];
    const isReplaced = ({ state }: StoredRun): boolean => state === 'awaiting-approval';
    const end = { state: 'finished', outcome: 'expired', reason: 'a newer plan takes its place' } as const;
    const replaced = open.filter(isReplaced).map((run) => ({ run, change: { ...end, finishedAt: now } }));
    return [open.filter((run) => !isReplaced(run)), replaced];
  }

  /** Without what has run already, by a clock that was ahead then. */
  private async dueOf(policy: StoredPolicy, now: number): Promise<Due | undefined> {
    const due = dueOf(policy, now);
    const dealtWith = due && (await this.parts.runs.lastInstant(policy.id, due.until));
    if (dealtWith === undefined || dealtWith <= policy.scheduledThrough) return due;
    return dueOf({ ...policy, scheduledThrough: dealtWith }, now);
  }

  /** The clock was ahead, and is not any more: what has come since, by the clock as it was, comes still. */
  private async rewind({ id, name, scheduledThrough }: StoredPolicy, now: number): Promise<void> {
    const { policies, runs, audit } = this.parts;
    const until = Math.max(now, (await runs.lastInstant(id, now + AHEAD_MS)) ?? 0);
    if (until >= scheduledThrough) return;
    const rewinding = [policies.rewind(id, scheduledThrough, until, now), ...runs.rewind(id, until)];
    const what = { action: 'scheduler.rewind', hostName: null, operationId: null, outcome: 'done' };
    const detail = { from: toTimestamp(scheduledThrough), to: toTimestamp(until) };
    const target = { policy: name, policyId: id };
    await audit.commit({ at: now, actor: CONTROLLER, target, detail, ...what }, rewinding);
  }

  /** Somebody else has dealt with it, or the policy has changed meanwhile: the next look finds it so. */
  private failed({ name }: StoredPolicy, error: unknown): void {
    if (error instanceof RunMovedOnError) return;
    this.parts.log('an instant of a schedule could not be dealt with', {
      policy: name,
      error: toFairleadError(error).message,
    });
  }

  private async watchClock(now: number): Promise<void> {
    const monotonic = this.parts.monotonic();
    const jump = this.clock.look(now, monotonic);
    if (jump === undefined) return;
    const direction = jump.ms > 0 ? 'forward' : 'back';
    const by = formatDuration(Math.abs(jump.ms));
    this.parts.log(`the clock was set ${direction} by ${by}`);
    const what = { action: 'scheduler.clock-jump', hostName: null, operationId: null, outcome: 'done', target: {} };
    const record = { at: now, actor: CONTROLLER, detail: { direction, by, ms: jump.ms }, ...what };
    await this.parts.clockSet(jump, (statements) => this.parts.audit.commit(record, statements));
    this.clock.noted(jump, now, monotonic);
  }
}

function runsOf(policy: StoredPolicy, { missed, last }: Due, isBusy: boolean, now: number): StoredRun[] {
  const earlier = missed === undefined ? [] : [missedRuns(policy, missed, now)];
  if (last === undefined) return earlier;
  const why = isBusy ? 'the previous run is not finished' : last.skipped;
  const run =
    why === undefined
      ? scheduledRun(policy, last.instant, last.dueAt, now)
      : skippedRun(policy, last.instant, why, now);
  return [...earlier, run];
}
