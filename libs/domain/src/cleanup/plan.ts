import { type NetworkAttributes } from '../network.js';
import { type NetworkUsers } from '../users.js';

/** Why nobody may tidy a network away, whatever was asked for. */
export const IN_USE_REASONS = [
  'predefined',
  'in-use',
  'stopped-containers',
  'config-referenced',
  'swarm-scope',
  'protected',
  'project-in-use',
  'labels-unknown',
] as const;
export type InUseReason = (typeof IN_USE_REASONS)[number];

/** Why a network is kept; `unused` is the only reason to remove one. */
export const CLEANUP_REASONS = ['unused', ...IN_USE_REASONS, 'no-match', 'exempt', 'too-young', 'used-lately'] as const;
export type CleanupReason = (typeof CLEANUP_REASONS)[number];

/** How far a removed network could be made again. What a container cannot notice (id, creation time) does not count. */
export const RESTORABILITIES = ['exactly', 'with-changes'] as const;
export type Restorability = (typeof RESTORABILITIES)[number];

/** A network as a plan looks at it. */
export interface PlanNetwork {
  readonly attributes: NetworkAttributes;
  readonly users: NetworkUsers;
  /** Milliseconds since the epoch; null while there is a container on it. */
  readonly unusedSinceAt: number | null;
}

/** What a host knows beyond the one network. */
export interface HostContext {
  /** Names of config-only networks that others are configured from. */
  readonly configsInUse: ReadonlySet<string>;
  /** Compose projects that have a container left, running or not. */
  readonly projectsInUse: ReadonlySet<string>;
  /** The host is a member of a swarm, as manager or worker. */
  readonly inSwarm: boolean;
}

export interface PlanVerdict {
  readonly action: 'remove' | 'keep';
  readonly reason: CleanupReason;
  /** The reason as a sentence, with the names that matter. */
  readonly explanation: string;
  /** Of what would be removed. */
  readonly restorability: Restorability | null;
  /** What would not come back, a sentence each. */
  readonly losses: readonly string[];
}
