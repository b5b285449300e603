/** What the fleet knows of a host, and how old that knowledge is. */

export type EngineKind = 'docker' | 'podman' | 'simulated';

export interface EngineFacts {
  readonly kind: EngineKind;
  readonly version: string;
  readonly apiVersion: string;
  /** True for the simulated engine; shown wherever the host is shown. */
  readonly simulated: boolean;
  readonly swarm: SwarmFacts;
}

export interface SwarmFacts {
  /** Empty outside a swarm. */
  readonly nodeId: string;
  readonly clusterId: string;
  readonly manager: boolean;
}

/** `up`: answers and its events are followed. Else why it does not answer, in `reason`. */
export interface EngineHealth {
  readonly state: 'up' | 'down';
  readonly reason: string;
}

export type Freshness = 'live' | 'stale' | 'offline';

/** Silence after which rows are no longer `live`, and after which the host counts as `offline`, in milliseconds. */
export const STALE_AFTER_MS = 10_000;
export const OFFLINE_AFTER_MS = 15_000;

/** Hosts up to which each sends a heartbeat every 5 s; beyond, all together send about a thousand a second. */
const HOSTS_OF_SHORTEST_HEARTBEAT = 5_000;

/** Time between two heartbeats of a host in a fleet of so many, in milliseconds: 5 s up to 5,000 hosts, 10 s at 10,000. */
export const heartbeatFor = (hosts: number): number => Math.max(HOSTS_OF_SHORTEST_HEARTBEAT, hosts);

/**
 * How far the inventory of a host can be trusted.
 * `live`: a session is open, was heard of in the last 10 s, and its engine answers. `offline`: not heard of for 15 s.
 * `stale`: anything between, and a host whose engine does not answer its agent.
 * A session with a longer heartbeat than 5 s is given two of them, and three.
 * @param lastHeardAt milliseconds since the epoch, by the controller's clock
 * @param heartbeatMs of its session; 0 where it has none
 */
export function freshnessOf(
  host: {
    readonly connected: boolean;
    readonly engineUp: boolean;
    readonly synced: boolean;
    readonly lastHeardAt: number;
    readonly heartbeatMs?: number;
  },
  now: number,
): Freshness {
  const silence = now - host.lastHeardAt;
  const { heartbeatMs = 0 } = host;
  if (silence >= Math.max(OFFLINE_AFTER_MS, 3 * heartbeatMs)) return 'offline';
  const staleAfter = Math.max(STALE_AFTER_MS, 2 * heartbeatMs);
  return host.connected && host.engineUp && host.synced && silence < staleAfter ? 'live' : 'stale';
}
