import { MAX_UNAVAILABLE, type PlanSummaryView, type UnavailableHostView } from '@fairlead/api';
import {
  byNameAndId,
  type CleanupPolicy,
  type HostCount,
  judgeNetwork,
  overCaps,
  type PlanNetwork,
} from '@fairlead/domain';
import { type FreshRemoval } from './fleet-plan.js';
import { type Candidate, type HostNetworks } from './plan.store.js';

const NOBODY: PlanNetwork['users'] = { count: 0, allStopped: true, names: [] };

/**
 * Adds up what a policy would do, host by host. Invariant: hosts come in order of name, each once, so that everything is
 * in order of host, name and id.
 */
export class PlanTally {
  readonly removals: FreshRemoval[] = [];
  readonly hosts: HostCount[] = [];
  private readonly reasons = new Map<string, number>();
  private readonly restorability = new Map<string, number>();
  private readonly leftOut: UnavailableHostView[] = [];
  private leftOutTotal = 0;
  private networks = 0;
  private simulatedHosts = 0;

  constructor(
    private readonly policy: CleanupPolicy,
    private readonly at: number,
  ) {}

  /** @param view as it is shown, if there is room for it */
  leaveOut(view: () => UnavailableHostView): void {
    this.leftOutTotal += 1;
    if (this.leftOut.length < MAX_UNAVAILABLE) this.leftOut.push(view());
  }

  /** @returns the host's networks that would go */
  add({ host, predefined, used, stopped, candidates, context }: HostNetworks, isSimulated: boolean): FreshRemoval[] {
    grow(this.reasons, 'predefined', predefined);
    grow(this.reasons, 'in-use', used - stopped);
    grow(this.reasons, 'stopped-containers', stopped);
    const before = this.removals.length;
    const ordered = [...candidates].sort((a, b) => byNameAndId(a.attributes, b.attributes));
    for (const candidate of ordered) this.judge(host, candidate, context);
    const networks = used + candidates.length;
    this.hosts.push({ host, networks, remove: this.removals.length - before });
    this.networks += predefined + networks;
    if (isSimulated) this.simulatedHosts += 1;
    return this.removals.slice(before);
  }

  get summary(): PlanSummaryView {
    const remove = this.removals.length;
    const own = this.hosts.reduce((sum, { networks }) => sum + networks, 0);
    return {
      hosts: this.hosts.length,
      networks: this.networks,
      remove,
      keep: this.networks - remove,
      reasons: Object.fromEntries(this.reasons),
      restorability: Object.fromEntries(this.restorability),
      leftOut: this.leftOut,
      leftOutTotal: this.leftOutTotal,
      simulatedHosts: this.simulatedHosts,
      overCaps: overCaps(this.policy.caps, this.hosts, own),
    };
  }

  private judge(hostName: string, candidate: Candidate, context: HostNetworks['context']): void {
    const { attributes, digest, unusedSinceAt } = candidate;
    const network = { attributes, users: NOBODY, unusedSinceAt };
    const { action, reason, explanation, restorability, losses } = judgeNetwork(this.policy, network, context, this.at);
    grow(this.reasons, reason, 1);
    if (action === 'keep' || restorability === null) return;
    grow(this.restorability, restorability, 1);
    const { id: networkId, name: networkName, driver, createdAt } = attributes;
    const why = { explanation, restorability, losses };
    this.removals.push({ hostName, networkId, networkName, driver, digest, ...why, createdAt, unusedSinceAt });
  }
}

function grow(counts: Map<string, number>, key: string, by: number): void {
  if (by > 0) counts.set(key, (counts.get(key) ?? 0) + by);
}
