import { type NetworkScope } from '../network.js';
import { type Selector } from '../selector.js';

/** `report` tells what it would remove, `approve` waits for a person's yes to its plan, `apply` removes by itself. */
export const POLICY_RUN_MODES = ['report', 'approve', 'apply'] as const;
export type PolicyRunMode = (typeof POLICY_RUN_MODES)[number];

/** Networks that fit all that it says; what is empty or null asks nothing. */
export interface NetworkRule {
  readonly drivers: readonly string[];
  /** Globs (`*`, `?`); one has to fit. */
  readonly names: readonly string[];
  /** Selector of the network's labels. */
  readonly labels: Selector;
  /** Globs of the Compose project that the network belongs to. */
  readonly projects: readonly string[];
  readonly scopes: readonly NetworkScope[];
  /** One of its subnets has a prefix length within these, both included. */
  readonly prefix: { readonly min: number; readonly max: number } | null;
}

/** How much one run may remove; more, and it removes nothing. */
export interface Caps {
  readonly networks: number;
  /** Of the networks of each host, and of the fleet, that no engine made itself; rounded down, but one at least. */
  readonly hostPercent: number;
  readonly fleetPercent: number;
}

/** When a run goes no further: at so many failures, and above each of the percentages. */
export interface StopRules {
  /** Networks whose removal failed. */
  readonly failures: number;
  /** Of the networks of its plan that were to go. */
  readonly failedPercent: number;
  /** Of the hosts of its plan. */
  readonly unreachablePercent: number;
}

/** What one version of a cleanup policy says. Durations are milliseconds. */
export interface CleanupPolicy {
  readonly hosts: Selector;
  /** One has to fit; empty: every network does. */
  readonly match: readonly NetworkRule[];
  /** None may fit. */
  readonly exempt: readonly NetworkRule[];
  /** Since when every look at a network has shown no container on it. */
  readonly unusedForMs: number;
  /** By the engine's clock, since its creation. */
  readonly minAgeMs: number;
  readonly caps: Caps;
  readonly stop: StopRules;
  /** Selector of the hosts to begin with; empty: the first one by name. */
  readonly canary: Selector;
}
