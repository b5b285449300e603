/** What a Docker network is, apart from any engine, wire or database. */

/** `unknown` stands for whatever a future engine may say; it counts as in use everywhere. */
export type ContainerState =
  'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing' | 'dead' | 'unknown';

export type NetworkScope = 'local' | 'swarm' | 'global';

/** One IPAM pool of a network. Addresses are text as the engine gives them; `cidr` has its prefix length. */
export interface Subnet {
  readonly cidr: string;
  readonly ipRange: string | null;
  readonly gateway: string | null;
  /** Reserved addresses: name to address. */
  readonly auxAddresses: Readonly<Record<string, string>>;
}

/** One container's attachment to one network, also of a container that is stopped or was never started. */
export interface Endpoint {
  readonly containerId: string;
  /** Without the engine's leading slash. */
  readonly containerName: string;
  readonly state: ContainerState;
  /** Empty while the container is not running. */
  readonly endpointId: string;
  /** Without prefix length; empty where there is none (containers that are stopped have none). */
  readonly ipv4: string;
  readonly ipv6: string;
  readonly mac: string;
  readonly aliases: readonly string[];
  /** Compose project and service, empty where the container is not Compose's. */
  readonly project: string;
  readonly service: string;
}

/** Everything of a network but who is on it. */
export interface NetworkAttributes {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: NetworkScope;
  /** RFC 3339, by the engine's clock. */
  readonly createdAt: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly configOnly: boolean;
  /** Name of the config-only network that this one takes its configuration from, or empty. */
  readonly configFrom: string;
  readonly ipamDriver: string;
  readonly ipamOptions: Readonly<Record<string, string>>;
  readonly subnets: readonly Subnet[];
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Network extends NetworkAttributes {
  readonly endpoints: readonly Endpoint[];
}

/** What a user asks for when creating a network: every flag of `docker network create`. */
export interface NetworkSpec {
  readonly name: string;
  readonly driver: string;
  readonly scope: NetworkScope | '';
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  /** `undefined` leaves the choice to the engine. `ipv4: false` needs Docker Engine 28. */
  readonly ipv4: boolean | undefined;
  readonly ipv6: boolean | undefined;
  readonly configOnly: boolean;
  readonly configFrom: string;
  readonly ipamDriver: string;
  readonly ipamOptions: Readonly<Record<string, string>>;
  readonly subnets: readonly Subnet[];
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** How a container is to be attached: every flag of `docker network connect`, and the MAC address. */
export interface EndpointSpec {
  readonly aliases: readonly string[];
  readonly links: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
  readonly linkLocalIps: readonly string[];
  readonly driverOptions: Readonly<Record<string, string>>;
  /** Highest wins the container's default gateway. `undefined` leaves it to the engine; needs Docker Engine 28. */
  readonly gatewayPriority: number | undefined;
  /** Empty: the engine makes one. */
  readonly mac: string;
}

/** Networks that the engine makes itself and refuses to remove. Podman's only one is called `podman`. */
const PREDEFINED_NAMES: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'podman']);

/** Drivers of built-in networks, needed because a user network may be called `podman` on Docker. */
const PREDEFINED_DRIVERS: Readonly<Record<string, string>> = {
  bridge: 'bridge',
  host: 'host',
  none: 'null',
  podman: 'bridge',
};

/**
 * Whether the engine made this network itself: `bridge`, `host` and `none`, Podman's `podman`, and swarm's routing
 * mesh. `ingress` counts although engines let a manager delete it (204 on Docker 20.10 and 28.5).
 */
export function isPredefined(network: Pick<Network, 'name' | 'driver' | 'ingress'>): boolean {
  if (network.ingress) return true;
  if (network.name === 'docker_gwbridge' && network.driver === 'bridge') return true;
  return PREDEFINED_NAMES.has(network.name) && PREDEFINED_DRIVERS[network.name] === network.driver;
}

/** Whether the engine holds live sandboxes of this container, so that it answers `ping` and occupies an address. */
export const isActive = (state: ContainerState): boolean =>
  state === 'running' || state === 'paused' || state === 'restarting' || state === 'unknown';

const by =
  <T>(key: (item: T) => string) =>
  (a: T, b: T): number =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;

const sortedRecord = (record: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(record).sort(by(([key]) => key));

/**
 * The record of a network as one text that is the same wherever and in whatever order its parts were read; its hash
 * is the network's digest. Engines list networks, labels and containers in changing order (seen on Docker 20.10,
 * 26.1 and 28.5).
 */
export function canonicalNetwork(network: Network): string {
  const { subnets, endpoints, options, labels, ipamOptions, ...plain } = network;
  return JSON.stringify([
    Object.entries(plain).sort(by(([key]) => key)),
    sortedRecord(ipamOptions),
    sortedRecord(options),
    sortedRecord(labels),
    [...subnets].sort(by((s) => s.cidr)).map((s) => [s.cidr, s.ipRange, s.gateway, sortedRecord(s.auxAddresses)]),
    [...endpoints]
      .sort(by((e) => e.containerId))
      .map(({ aliases, ...rest }) => [Object.entries(rest).sort(by(([key]) => key)), [...aliases].sort()]),
  ]);
}
