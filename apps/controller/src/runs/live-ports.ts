import { type PolicySpecView, type RunOutcome } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { isGuardViolation, type Statement } from '../database/index.js';
import { runCommand } from '../operations/commands.js';
import { type OperationsService } from '../operations/operations.service.js';
import { type Planner, type StaleRemoval } from '../policies/planner.js';
import { type PoliciesStore } from '../policies/policies.store.js';
import { type Bell } from './bell.js';
import { type OperationEnds, toOperationEnd } from './operation-ends.js';
import { CONTROLLER, type ItemCounts, type ItemEnd, NO_ITEMS, type RunItem, type StoredRun } from './run.js';
import { type GateParts, gateOf, PolicyWindow } from './run-gate.js';
import { type RunItemsStore } from './run-items.store.js';
import { LeaseLostError, type OperationEnd, type RunPorts, type Watch } from './run-ports.js';
import { type RunChange } from './run-rows.js';
import { eventOfEnd } from './run-notices.js';
import { describeCounts } from './run-words.js';
import { RunMovedOnError, type RunsStore } from './runs.store.js';
import { type NotificationEvent } from '../notifications/notice.js';

export interface LiveParts extends GateParts {
  readonly runs: RunsStore;
  readonly items: RunItemsStore;
  readonly operations: Pick<OperationsService, 'submit'>;
  readonly ends: Pick<OperationEnds, 'of'>;
  readonly policies: Pick<PoliciesStore, 'find'>;
  readonly planner: Pick<Planner, 'recheck'>;
  readonly isLive: (hostName: string) => boolean;
  /** When this controller took up its work, by the clock that does not jump: hosts need a while to come back. */
  readonly since: number;
  /** Milliseconds of that clock. */
  readonly monotonic: () => number;
  readonly bell: Bell;
  /** Told when something of the run was written. */
  readonly changed: (runId: string) => void;
  readonly notices: (run: StoredRun, event: NotificationEvent, counts: ItemCounts, at: number) => readonly Statement[];
}

/** Time between two looks at what nobody tells of, in milliseconds. */
const LOOK_EVERY_MS = 250;
/** How long hosts may take to come back after a start of the controller, in milliseconds. */
const BACK_WITHIN_MS = 60_000;
/** How long a host may take at any time, whose session has ended or whose inventory is read anew, in milliseconds. */
const AWAY_MS = 10_000;
/**
 * After that a run goes on without the word of a host that was asked and does not come back, in milliseconds: longer than a
 * machine takes to start. What it tells later still corrects its items.
 */
const LOST_AFTER_MS = 900_000;
/** The same where the run begins nothing any more, and only its end waits for that word. */
const CLOSING_MS = 60_000;
/** Time for an operation, and for each of its networks, in milliseconds. */
const DEADLINE_MS = 60_000;
const DEADLINE_EACH_MS = 2_000;

/** The ports of a run to the database, to the operations and to the switches of this controller. */
export class LivePorts implements RunPorts {
  private readonly window: PolicyWindow;

  constructor(
    private run: StoredRun,
    private readonly spec: PolicySpecView,
    private readonly parts: LiveParts,
  ) {
    this.window = new PolicyWindow(spec.schedule);
  }

  items = (): Promise<readonly RunItem[]> => this.parts.items.all(this.run.id);
  gate = () => gateOf(this.window, this.parts);
  change = (signal: AbortSignal): Promise<void> => this.parts.bell.wait(LOOK_EVERY_MS, signal);

  async reachable(hostName: string, signal: AbortSignal): Promise<boolean> {
    const { isLive, since, monotonic } = this.parts;
    const until = Math.max(since + BACK_WITHIN_MS, monotonic() + AWAY_MS);
    while (!isLive(hostName)) {
      if (signal.aborted || monotonic() > until) return false;
      await this.change(signal);
    }
    return true;
  }

  /** By its version and by the present one. What a host that has just gone would say is not known; the dispatch will tell. */
  async stale(items: readonly RunItem[]): Promise<ReadonlyMap<RunItem, string>> {
    const { policyId: id, version } = this.run;
    const byIts = await this.parts.planner.recheck({ id, version, spec: this.spec }, items);
    const told = [...(await this.staleByPresent(items)), ...byIts].flatMap(({ removal, why }) => {
      const item = items.find((each) => each === removal);
      return item !== undefined && this.parts.isLive(item.hostName) ? [[item, why] as const] : [];
    });
    return new Map(told);
  }

  /** What its policy, changed since the run has begun, would keep. */
  private async staleByPresent(items: readonly RunItem[]): Promise<StaleRemoval[]> {
    const present = await this.parts.policies.find(this.run.policyId);
    if (present === undefined || present.version === this.run.version) return [];
    const stale = await this.parts.planner.recheck(present, items);
    return stale.map(({ removal, why }) => ({ removal, why: `by version ${present.version} of its policy: ${why}` }));
  }

  async dispatch(hostName: string, items: readonly RunItem[], { taken, signal }: Watch): Promise<OperationEnd> {
    const { id: runId, policyId, policyName, version, fence, actor } = this.run;
    const alongside = (operationId: string) => [this.parts.items.sending(this.run, items, operationId)];
    const wanted = items.map(({ networkId, digest }) => ({ networkId, expectedDigest: digest }));
    const deadlineMs = DEADLINE_MS + items.length * DEADLINE_EACH_MS;
    const ref = { runId, policyId, policyName, version, fence };
    const command = runCommand(hostName, wanted, ref, deadlineMs, { alongside, watch: { taken, signal } });
    try {
      const { operation, finished } = await this.parts.operations.submit(() => Promise.resolve(command), actor);
      // Where its end cannot be written yet, it is known later.
      return await finished.then(toOperationEnd, () => toOperationEnd({ ...operation, outcome: 'unknown' }));
    } catch (error) {
      if (isGuardViolation(error)) throw new LeaseLostError('', { cause: error });
      if (error instanceof FairleadError && error.code === 'frozen') return held(error);
      throw error;
    }
  }

  async settled(operationId: string, signal: AbortSignal): Promise<OperationEnd | undefined> {
    try {
      return await this.parts.ends.of(operationId, signal, this.isClosing ? CLOSING_MS : LOST_AFTER_MS);
    } catch (error) {
      if (error instanceof FairleadError && error.code === 'operation_not_found') return undefined;
      throw error;
    }
  }

  async record(ends: readonly ItemEnd[]): Promise<void> {
    await this.parts.items.record(this.run, ends, this.parts.now());
    this.parts.changed(this.run.id);
  }

  async become(state: 'running' | 'held' | 'paused', reason: string): Promise<void> {
    const verb = { running: 'resume', held: 'hold', paused: 'pause' }[state];
    const counts = state === 'held' ? await this.counts() : NO_ITEMS;
    await this.step(verb, { state, reason }, state === 'held' ? 'held' : undefined, counts);
  }

  /** A cancellation was written by whoever cancelled it. */
  async close(outcome: RunOutcome, reason: string): Promise<void> {
    if (outcome !== 'cancelled' && outcome !== 'done') await this.step('stop', { outcome, reason });
  }

  async finish(outcome: RunOutcome, reason: string): Promise<void> {
    const { items, now } = this.parts;
    const before = await this.counts();
    const left = before.total - before.done;
    const counts = { ...before, done: before.total, skipped: before.skipped + left };
    const why = reason === '' ? describeCounts(counts) : `${reason}; ${describeCounts(counts)}`;
    const skipping = items.skipping(this.run.id, reason, now());
    const change = {
      state: 'finished',
      outcome,
      reason: why,
      finishedAt: now(),
      owner: null,
      leaseUntil: null,
    } as const;
    await this.step('finish', change, eventOfEnd(outcome, counts), counts, [skipping]);
  }

  private async step(
    verb: string,
    change: RunChange,
    event?: NotificationEvent,
    counts = NO_ITEMS,
    statements: readonly Statement[] = [],
  ): Promise<void> {
    const { runs, now, notices, changed } = this.parts;
    const at = now();
    const told = event === undefined ? [] : notices({ ...this.run, ...change }, event, counts, at);
    try {
      const step = { verb, actor: CONTROLLER, at, statements: [...statements, ...told] };
      this.run = await runs.change(this.run, change, step);
    } catch (error) {
      throw error instanceof RunMovedOnError ? new LeaseLostError('', { cause: error }) : error;
    }
    changed(this.run.id);
  }

  private get isClosing(): boolean {
    return this.run.outcome !== null || this.parts.cancelled() !== undefined;
  }

  private async counts(): Promise<ItemCounts> {
    return (await this.parts.items.counts([this.run.id])).get(this.run.id) ?? NO_ITEMS;
  }
}

/** Held between two questions: nothing was written. */
const held = ({ message }: FairleadError): OperationEnd => ({
  operationId: '',
  outcome: 'refused',
  items: [],
  error: { code: 'frozen', message, engineMessage: '' },
});
