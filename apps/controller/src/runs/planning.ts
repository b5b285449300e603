import { type PolicySpecView } from '@fairlead/api';
import { type Clock } from '../clock.js';
import { type Statement } from '../database/index.js';
import { type NotificationEvent } from '../notifications/notice.js';
import { type FleetPlan } from '../policies/fleet-plan.js';
import { type Planner } from '../policies/planner.js';
import { type PoliciesStore } from '../policies/policies.store.js';
import { afterPlanning } from './after-planning.js';
import { toPlannedItems } from './planned-items.js';
import { CONTROLLER, type ItemCounts, NO_ITEMS, type PlannedItem, type StoredRun } from './run.js';
import { type RunItemsStore } from './run-items.store.js';
import { type RunsStore } from './runs.store.js';

export interface PlanningParts {
  readonly runs: RunsStore;
  readonly items: RunItemsStore;
  readonly policies: Pick<PoliciesStore, 'isAt'>;
  readonly planner: Pick<Planner, 'plan'>;
  readonly labelsOf: (hostName: string) => Readonly<Record<string, string>> | undefined;
  readonly now: Clock;
  readonly notices: (
    run: StoredRun,
    spec: PolicySpecView,
    event: NotificationEvent,
    counts: ItemCounts,
    at: number,
  ) => readonly Statement[];
}

/** Items kept of a plan that is only told of. */
const MOST_TOLD = 1_000;

/**
 * Makes the plan of a run and takes it to where that leads: plan, items, notices and audit row in one transaction.
 * @throws RunMovedOnError where the run is no longer as given, or its policy at another version by now; FairleadError
 *   where it cannot be planned
 */
export async function planRun(parts: PlanningParts, run: StoredRun, spec: PolicySpecView): Promise<StoredRun> {
  const plan = await parts.planner.plan({ id: run.policyId, version: run.version, spec });
  const at = parts.now();
  const { change, event } = afterPlanning(run.mode, plan.summary, spec.approveWithin, at);
  const planned = { ...change, planHash: plan.hash, plannedAt: plan.at, summary: plan.summary };
  const notices = event === undefined ? [] : parts.notices({ ...run, ...planned }, spec, event, NO_ITEMS, at);
  const items = await parts.items.insertions(run, itemsOf(plan, spec, change.state === 'finished', parts.labelsOf));
  const step = { verb: 'plan', actor: CONTROLLER, at, statements: [...items, ...notices] };
  return parts.runs.change(run, planned, step, parts.policies.isAt({ id: run.policyId, version: run.version }));
}

/** What of a plan is kept with its run. @param isOver whether nothing will be done about it */
export const itemsOf = (
  plan: FleetPlan,
  { canary }: PolicySpecView,
  isOver: boolean,
  labelsOf: PlanningParts['labelsOf'],
): Iterable<PlannedItem> => toPlannedItems(plan, canary, labelsOf, isOver ? MOST_TOLD : Infinity);
