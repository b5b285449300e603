import { type ItemOutcome, type PlanSummaryView, type RunOutcome, type RunState } from '@fairlead/api';
import { type PolicyRunMode, type Restorability } from '@fairlead/domain';
import { type Actor } from '../operations/operation.js';

/** One carrying out of a policy. Instants are milliseconds since the epoch. */
export interface StoredRun {
  /** UUIDv7: the order of ids is that of creation. */
  readonly id: string;
  readonly policyId: string;
  readonly policyName: string;
  readonly version: number;
  readonly trigger: 'schedule' | 'person';
  /** The instant of the schedule; of a range of missed ones the first. */
  readonly scheduledFor: number | null;
  readonly scheduledUntil: number | null;
  /** How many instants it stands for. */
  readonly instants: number;
  readonly zoneRules: string | null;
  readonly mode: PolicyRunMode;
  readonly state: RunState;
  /** How it has ended; before it has, how it is going to: nothing new is begun then. */
  readonly outcome: RunOutcome | null;
  readonly reason: string;
  readonly dueAt: number;
  readonly planHash: string | null;
  readonly plannedAt: number | null;
  readonly summary: PlanSummaryView | null;
  readonly approvedBy: string | null;
  readonly approvedAt: number | null;
  readonly expiresAt: number | null;
  readonly owner: string | null;
  readonly leaseUntil: number | null;
  /** Grows with every owner that a run of this policy has. */
  readonly fence: number;
  readonly actor: Actor;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** One network that a run's plan removes, before anything is done. */
export interface PlannedItem {
  /** In the order in which they are taken, from 0. */
  readonly position: number;
  readonly hostName: string;
  readonly networkId: string;
  readonly networkName: string;
  readonly driver: string;
  readonly digest: string;
  /** 0: the canary, 1: a tenth of the hosts, 2: the rest. */
  readonly wave: 0 | 1 | 2;
  readonly restorability: Restorability;
  readonly explanation: string;
  readonly losses: readonly string[];
}

/** The same, and what became of it. */
export interface RunItem extends PlannedItem {
  /** `sent`: part of an operation whose end is not written down here yet. */
  readonly state: 'planned' | 'sent' | 'done';
  readonly outcome: ItemOutcome | null;
  readonly reason: string;
  readonly code: string;
  readonly engineMessage: string;
  readonly operationId: string | null;
  readonly restoredId: string | null;
  readonly endedAt: number | null;
}

/** What became of one item, or that it has to be taken up again since nothing was done. */
export type ItemEnd =
  | { readonly position: number; readonly state: 'planned'; readonly reason: string; readonly code: string }
  | {
      readonly position: number;
      readonly state: 'done';
      readonly outcome: ItemOutcome;
      readonly reason: string;
      readonly code: string;
      readonly engineMessage: string;
      readonly restoredId: string | null;
    };

/** How many items of a run there are, and what became of them so far. */
export type ItemCounts = Readonly<Record<'total' | 'done' | ItemOutcome, number>>;

export const NO_ITEMS: ItemCounts = { total: 0, done: 0, removed: 0, kept: 0, failed: 0, undone: 0, skipped: 0 };

/** In whose name a policy does what its schedule says. */
export const SCHEDULE: Actor = { name: 'schedule', client: 'fairlead-controller', peer: 'controller' };
/** In whose name the controller holds the work by itself. */
export const CONTROLLER: Actor = { ...SCHEDULE, name: 'controller' };
