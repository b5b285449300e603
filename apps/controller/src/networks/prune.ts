import { createHash } from 'node:crypto';
import { type PrunePlanRequest, type PrunePlanView } from '@fairlead/api';
import { type Network, parseLabelFilter, parseUntil, planPrune, type PruneItem } from '@fairlead/domain';
import { networkDigest } from '@fairlead/link';
import { toAge } from '../hosts/host.view.js';
import { type StoredHost } from '../hosts/hosts.store.js';
import { type HostOfNetwork } from './network.view.js';

export interface HostPrunePlan {
  /** Names what would be removed: host, ids and records. The same as long as the same networks would go. */
  readonly hash: string;
  readonly items: readonly PruneItem[];
  readonly removals: readonly { readonly network: Network; readonly digest: string }[];
}

/**
 * @param networks all of the host
 * @param now milliseconds since the epoch
 * @throws FairleadError `invalid_argument` for filters that cannot be read
 */
export function planForHost(
  { name, engine }: Pick<StoredHost, 'name' | 'engine'>,
  networks: Iterable<Network>,
  { until, labels, notLabels }: PrunePlanRequest,
  now: number,
): HostPrunePlan {
  const filters = {
    createdBefore: until === undefined ? undefined : parseUntil(until, now),
    labels: [...labels.map((text) => parseLabelFilter(text)), ...notLabels.map((text) => parseLabelFilter(text, true))],
  };
  const items = planPrune([...networks], filters, engine.swarm.nodeId !== '', now);
  const removals = items
    .filter(({ action }) => action === 'remove')
    .map(({ network }) => ({ network, digest: networkDigest(network) }));
  const lines = removals.map(({ network, digest }) => `${network.id} ${digest}`).sort();
  const hash = createHash('sha256')
    .update([name, ...lines].join('\n'))
    .digest('hex');
  return { hash, items, removals };
}

export function toPrunePlanView(
  plan: HostPrunePlan,
  filters: PrunePlanRequest,
  { host, status }: HostOfNetwork,
): PrunePlanView {
  return {
    hash: plan.hash,
    host: host.name,
    ...toAge(status),
    simulated: host.engine.simulated,
    filters,
    items: plan.items.map(({ network: { id, name, driver, scope, createdAt, labels }, ...verdict }) => ({
      network: { id, name, driver, scope, createdAt, labels },
      ...verdict,
    })),
    remove: plan.removals.length,
    keep: plan.items.length - plan.removals.length,
  };
}
