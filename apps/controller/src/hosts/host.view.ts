import { type HostView, type UnavailableHostView } from '@fairlead/api';
import { toTimestamp } from '../clock.js';
import { type HostStatus } from '../fleet/fleet.js';
import { effectiveLabels, type StoredHost } from './hosts.store.js';

export interface HostCounts {
  readonly networks: number;
  readonly endpoints: number;
}

/** The age that every answer from the inventory carries. */
export const toAge = ({ freshness, asOf }: HostStatus) => ({ freshness, asOf: toTimestamp(asOf) });

export const toHostView = (host: StoredHost, status: HostStatus, counts: HostCounts): HostView => ({
  name: host.name,
  labels: effectiveLabels(host),
  ...toAge(status),
  simulated: host.engine.simulated,
  connected: status.connected,
  engine: host.engine,
  engineHealth: status.health,
  agent: { version: host.agentVersion, capability: host.capability },
  counts,
  firstSeenAt: toTimestamp(host.firstSeenAt),
  peer: host.peer,
});

export const toUnavailableHost = (host: StoredHost, status: HostStatus): UnavailableHostView => ({
  name: host.name,
  ...toAge(status),
});
