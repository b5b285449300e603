import { toFairleadError } from '@fairlead/domain';
import { type Log } from '../log.js';
import { type PoliciesStore } from '../policies/policies.store.js';
import { Bell } from './bell.js';
import { LEASE_MS } from './lease.js';
import { type StoredRun } from './run.js';
import { LeaseLostError } from './run-ports.js';
import { RunWork, type WorkParts } from './run-work.js';
import { RunMovedOnError } from './runs.store.js';

export type RunnerParts = WorkParts & {
  readonly policies: Pick<PoliciesStore, 'all' | 'version'>;
  readonly log: Log;
  /** Time between two looks at what is to be done, in milliseconds. */
  readonly tickMs: number;
};

/** A run that this controller is at. */
interface Active {
  readonly over: AbortController;
  cancelled: string | undefined;
  done: Promise<void>;
}

/** Time after which a run that could not go on for a fault is taken up again, in milliseconds. */
const AGAIN_MS = 5_000;

/**
 * Takes runs on: whatever has not ended, and is not another's, is worked on once its time has come.
 *
 * Invariants: a run is worked on by its owner alone, and by one task of this process; a lease that is lost stops that task
 * at once; after `stop` has resolved nothing is under way.
 */
export class Runner {
  private readonly active = new Map<string, Active>();
  /** By the clock that does not jump. */
  private readonly restUntil = new Map<string, number>();
  /** Rung by whatever a run may wait for. */
  private readonly bell = new Bell();
  private paused: ReadonlySet<string> = new Set();
  private readonly stopping = new AbortController();
  private looking: Promise<void> = Promise.resolve();
  /** When it was started, by the same clock. */
  private since = 0;
  private readonly work: RunWork;

  constructor(private readonly parts: RunnerParts) {
    this.work = new RunWork(parts);
  }

  /** To be called when it is known which operations an earlier life of the controller has left. */
  start(): void {
    this.since = this.parts.monotonic();
    this.looking = this.look();
  }

  /** Lets what is under way stop between two networks; the next life goes on with it. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const { over } of this.active.values()) over.abort();
    await this.looking;
    await Promise.all(Array.from(this.active.values(), ({ done }) => done));
  }

  /** Something is to be done, or may be by now. */
  poke(): void {
    this.bell.ring();
  }

  /** Lets a run end that was cancelled just now. */
  cancelled(runId: string, reason: string): void {
    const active = this.active.get(runId);
    if (active) active.cancelled = reason;
    this.poke();
  }

  private async look(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.takeUp();
      } catch (error) {
        this.parts.log('runs could not be looked at', { error: toFairleadError(error).message });
      }
      await this.bell.wait(this.parts.tickMs, signal);
    }
  }

  private async takeUp(): Promise<void> {
    const open = await this.parts.runs.open();
    if (open.length === 0) return;
    const policies = await this.parts.policies.all();
    this.paused = new Set(policies.flatMap(({ id, paused }) => (paused ? id : [])));
    for (const run of open) {
      if (this.stopping.signal.aborted) return;
      const isDue = this.isFree(run) && (await this.work.isDue(run, this.paused.has(run.policyId)));
      if (isDue) this.take(run);
    }
  }

  private isFree({ id, owner, leaseUntil }: StoredRun): boolean {
    const rests = (this.restUntil.get(id) ?? 0) > this.parts.monotonic();
    if (rests || this.active.has(id)) return false;
    const left = (leaseUntil ?? 0) - this.parts.now();
    return owner === null || left <= 0 || left > LEASE_MS;
  }

  private take(run: StoredRun): void {
    const active: Active = { over: new AbortController(), cancelled: undefined, done: Promise.resolve() };
    const signs = {
      over: active.over.signal,
      bell: this.bell,
      since: this.since,
      isPaused: () => this.paused.has(run.policyId),
      cancelled: () => active.cancelled,
    };
    this.restUntil.delete(run.id);
    this.active.set(run.id, active);
    active.done = this.work
      .on(run, signs)
      .catch((error: unknown) => this.failed(run, error))
      .finally(() => this.active.delete(run.id));
  }

  private failed(run: StoredRun, error: unknown): void {
    if (error instanceof RunMovedOnError || error instanceof LeaseLostError) return;
    this.restUntil.set(run.id, this.parts.monotonic() + AGAIN_MS);
    this.parts.log('a run cannot go on for now', { run: run.id, error: toFairleadError(error).message });
  }
}
