import { type StoredPolicy } from './stored-policy.js';
import { type FleetPlan, type PlannedRemoval } from './fleet-plan.js';

/** What a plan is made of: one version of a policy. */
export type PlannedPolicy = Pick<StoredPolicy, 'id' | 'version' | 'spec'>;

/** A network of a plan that it would not remove by now. */
export interface StaleRemoval {
  readonly removal: PlannedRemoval;
  /** As a sentence. */
  readonly why: string;
}

/** Works out what a policy would remove, from the inventory as it is now. Nothing is stored, nothing is sent. */
export interface Planner {
  /** @param at milliseconds since the epoch; default: now */
  plan(policy: PlannedPolicy, at?: number): Promise<FleetPlan>;
  /** Those that would not go by now: changed, in use, gone, or their host not live any more. */
  recheck(policy: PlannedPolicy, removals: readonly PlannedRemoval[]): Promise<readonly StaleRemoval[]>;
}
