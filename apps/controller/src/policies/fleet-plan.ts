import { createHash, type Hash } from 'node:crypto';
import { type PlanSummaryView } from '@fairlead/api';
import { type HostCount, type Restorability } from '@fairlead/domain';

/** A network that a plan removes. */
export interface PlannedRemoval {
  readonly hostName: string;
  readonly networkId: string;
  readonly networkName: string;
  readonly driver: string;
  /** Of the record that it was planned for (`networkDigest`). */
  readonly digest: string;
  /** Why, as a sentence. */
  readonly explanation: string;
  readonly restorability: Restorability;
  /** What would not come back, a sentence each. */
  readonly losses: readonly string[];
}

/** The same as a fresh plan knows it. */
export interface FreshRemoval extends PlannedRemoval {
  /** RFC 3339, as the engine says it. */
  readonly createdAt: string;
  /** Milliseconds since the epoch. */
  readonly unusedSinceAt: number | null;
}

/** What one version of a policy would do to the fleet at one moment. */
export interface FleetPlan {
  readonly policyId: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The same for as long as the same version would remove the same records. */
  readonly hash: string;
  /** In order of host, name and id. */
  readonly removals: readonly FreshRemoval[];
  readonly summary: PlanSummaryView;
  /** All hosts that it looked at, in order of name: what caps and waves are told by. */
  readonly hosts: readonly HostCount[];
}

/**
 * Names the version and each record that would go; time is no part of it. SHA-256 of the JSON text
 * `[policyId, version, [[host, networkId, digest], …]]`, in order of host and id.
 *
 * Invariant: hosts come in order of name, each once.
 */
export class PlanHash {
  private readonly hash: Hash;
  private isEmpty = true;

  constructor(policyId: string, version: number) {
    this.hash = createHash('sha256').update(`[${JSON.stringify(policyId)},${version},[`);
  }

  /** @param removals all of one host */
  add(removals: readonly Pick<PlannedRemoval, 'hostName' | 'networkId' | 'digest'>[]): void {
    const records = removals.map(({ hostName, networkId, digest }) => JSON.stringify([hostName, networkId, digest]));
    if (records.length === 0) return;
    this.hash.update(`${this.isEmpty ? '' : ','}${records.sort().join(',')}`);
    this.isEmpty = false;
  }

  /** Once, at the end. */
  digest(): string {
    return this.hash.update(']]').digest('hex');
  }
}
