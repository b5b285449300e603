import { type NetworkDetailView, type NetworkView } from '@fairlead/api';
import { isActive, isPredefined, type Network } from '@fairlead/domain';
import { toTimestamp, toTimestampOrNull } from '../clock.js';
import { type HostStatus } from '../fleet/fleet.js';
import { toAge } from '../hosts/host.view.js';
import { type StoredHost } from '../hosts/hosts.store.js';
import { type Standing, type StoredNetwork } from './network.rows.js';

/** What every view of a network says of its host. */
export interface HostOfNetwork {
  readonly host: StoredHost;
  readonly status: HostStatus;
}

export function toNetworkView(stored: Omit<StoredNetwork, 'seq'>, { host, status }: HostOfNetwork): NetworkView {
  const { options: _options, ipamOptions: _ipamOptions, ...attributes } = stored.attributes;
  return {
    ...attributes,
    host: stored.hostName,
    predefined: stored.predefined,
    containers: { total: stored.endpointCount, running: stored.activeEndpointCount },
    inUse: stored.endpointCount > 0,
    simulated: host.engine.simulated,
    ...toAge(status),
    firstSeenAt: toTimestamp(stored.firstSeenAt),
    unusedSince: toTimestampOrNull(stored.unusedSinceAt),
  };
}

export function toNetworkDetailView(
  network: Network,
  { firstSeenAt, unusedSinceAt }: Standing,
  source: NetworkDetailView['source'],
  at: HostOfNetwork,
): NetworkDetailView {
  const { endpoints, ...attributes } = network;
  const stored = {
    hostName: at.host.name,
    attributes,
    predefined: isPredefined(network),
    endpointCount: endpoints.length,
    activeEndpointCount: endpoints.filter(({ state }) => isActive(state)).length,
    firstSeenAt,
    unusedSinceAt,
  };
  const { options, ipamOptions } = attributes;
  return { ...toNetworkView(stored, at), options, ipamOptions, endpoints, source };
}
