import { type OverlayView } from '@fairlead/api';
import { type NetworkAttributes } from '@fairlead/domain';
import { type HostStatus } from '../fleet/fleet.js';
import { toAge } from '../hosts/host.view.js';
import { type StoredHost } from '../hosts/hosts.store.js';
import { type StoredNetwork } from '../networks/network.rows.js';

/** What one host says of a swarm's network. */
export interface Sighting {
  readonly network: Omit<StoredNetwork, 'seq'>;
  readonly host: StoredHost;
  readonly status: HostStatus;
}

/** One network out of what several hosts say of it. */
export interface MergedOverlay {
  readonly view: OverlayView;
  /** Of the host that is to be trusted most. */
  readonly attributes: NetworkAttributes;
}

const RANKS = { live: 0, stale: 1, offline: 2 } as const;

/** Live before stale before offline; a manager, which knows the network without having a container on it; the latest. */
const byTrust = (a: Sighting, b: Sighting): number =>
  RANKS[a.status.freshness] - RANKS[b.status.freshness] ||
  Number(b.host.engine.swarm.manager) - Number(a.host.engine.swarm.manager) ||
  b.status.asOf - a.status.asOf;

/** @param sightings of one network, at least one, in order of host */
export function mergeOverlay(sightings: readonly Sighting[]): MergedOverlay {
  const trusted = [...sightings].sort(byTrust);
  const { attributes } = trusted[0]!.network;
  const { options: _options, ipamOptions: _ipamOptions, ...shown } = attributes;
  const swarm = trusted.map(({ host }) => host.engine.swarm.clusterId).find((clusterId) => clusterId !== '') ?? '';
  const count = (of: (network: Sighting['network']) => number): number =>
    sightings.reduce((sum, { network }) => sum + of(network), 0);
  const view = {
    ...shown,
    swarm,
    hosts: sightings.map(({ network, host, status }) => ({
      name: host.name,
      containers: network.endpointCount,
      ...toAge(status),
    })),
    containers: {
      total: count(({ endpointCount }) => endpointCount),
      running: count(({ activeEndpointCount }) => activeEndpointCount),
    },
    simulated: sightings.some(({ host }) => host.engine.simulated),
  };
  return { view, attributes };
}
