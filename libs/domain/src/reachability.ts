import { parseAddress } from './ipam.js';
import { type Endpoint, isActive, type Network } from './network.js';

/** A container that fits the target's name but lives on another host. */
export interface RemoteContainer {
  readonly host: string;
  readonly network: Network;
  readonly endpoint: Endpoint;
}

export interface ReachabilityQuestion {
  /** All networks of the host that the source container runs on. */
  readonly networks: readonly Network[];
  /** Name, id or unique id prefix of the source container. */
  readonly from: string;
  /** Container name, alias or id, host name, or address. */
  readonly to: string;
  /** Containers of other hosts that fit `to`; the agent knows none, the controller all. */
  readonly elsewhere: readonly RemoteContainer[];
}

export type ReachabilityCode =
  | 'expected'
  | 'itself'
  | 'outside'
  | 'source-not-found'
  | 'source-ambiguous'
  | 'source-stopped'
  | 'source-host-network'
  | 'target-ambiguous'
  | 'target-stopped'
  | 'no-shared-network'
  | 'names-not-resolved'
  | 'other-host'
  | 'internal-network';

export interface Reachability {
  readonly code: ReachabilityCode;
  /** False where it cannot work, so that a failed probe is explained and not merely reported. */
  readonly possible: boolean;
  /** One or two sentences for a person: what stands in the way and what to do, or why it should work. */
  readonly explanation: string;
}

interface Place {
  readonly network: Network;
  readonly endpoint: Endpoint;
}

const no = (code: ReachabilityCode, explanation: string): Reachability => ({ code, possible: false, explanation });
const yes = (code: ReachabilityCode, explanation: string): Reachability => ({ code, possible: true, explanation });
const list = (names: Iterable<string>): string => [...new Set(names)].sort().join(', ');

/** Whether a ping from one container to a target can work by the networks' own rules, and why. */
export function explainReachability({ networks, from, to, elsewhere }: ReachabilityQuestion): Reachability {
  const source = findContainer(networks, from);
  if (source.length === 0) return no('source-not-found', `No network of this host has a container '${from}'.`);
  const ids = new Set(source.map(({ endpoint }) => endpoint.containerId));
  if (ids.size > 1) return no('source-ambiguous', `'${from}' fits ${ids.size} containers; give the full name or id.`);
  const stopped = source.find(({ endpoint }) => !isActive(endpoint.state));
  if (stopped)
    return no(
      'source-stopped',
      `Container '${stopped.endpoint.containerName}' is not running (${stopped.endpoint.state}); start it first.`,
    );
  return towardsTarget(networks, source, to, elsewhere);
}

function towardsTarget(
  networks: readonly Network[],
  source: readonly Place[],
  to: string,
  elsewhere: readonly RemoteContainer[],
): Reachability {
  const address = parseAddress(to);
  const target = address ? findAddress(networks, to) : preferShared(source, findContainer(networks, to));
  const ids = new Set(target.map(({ endpoint }) => endpoint.containerId));
  if (!address && ids.size > 1) return ambiguous(target, to);
  const down = target.find(({ endpoint }) => !isActive(endpoint.state));
  if (down) {
    return no(
      'target-stopped',
      `Container '${down.endpoint.containerName}' is not running (${down.endpoint.state}): a stopped container has no address.`,
    );
  }
  if (target.length > 0) return betweenContainers(source, target, to, address !== undefined);
  if (!address && elsewhere.length > 0) return acrossHosts(source, elsewhere, to);
  return towardsOutside(source, to);
}

function betweenContainers(
  source: readonly Place[],
  target: readonly Place[],
  to: string,
  byAddress: boolean,
): Reachability {
  if (source.some(({ network }) => network.driver === 'host')) {
    return yes(
      'source-host-network',
      'The source uses the network of its host: it reaches containers by address, not by name.',
    );
  }
  const shared = source.filter(({ network }) => target.some((place) => place.network.id === network.id));
  if (shared.length === 0) {
    const here = list(source.map(({ network }) => network.name));
    const there = list(target.map(({ network }) => network.name));
    return no(
      'no-shared-network',
      `They share no network: the source is on ${here}, '${to}' is on ${there}. Connect both to one network.`,
    );
  }
  if (!byAddress && shared.every(({ network }) => network.name === 'bridge')) {
    return no(
      'names-not-resolved',
      `They share only the default bridge, which resolves no container names. Use the address, or connect both to a network of their own.`,
    );
  }
  return yes('expected', `Both are on ${list(shared.map(({ network }) => network.name))}.`);
}

function acrossHosts(source: readonly Place[], elsewhere: readonly RemoteContainer[], to: string): Reachability {
  const shared = elsewhere.find(({ network }) => source.some((place) => place.network.id === network.id));
  const hosts = list(elsewhere.map(({ host }) => host));
  if (!shared) {
    const drivers = list(source.map(({ network }) => `${network.name} (${network.driver})`));
    return no(
      'other-host',
      `'${to}' runs on ${hosts}, and the source's networks end at its host: ${drivers}. Connect both to an attachable overlay network, or use a published port.`,
    );
  }
  if (!isActive(shared.endpoint.state)) {
    return no('target-stopped', `Container '${to}' on ${shared.host} is not running (${shared.endpoint.state}).`);
  }
  return yes(
    'expected',
    `Both are on ${shared.network.name}, an ${shared.network.driver} network that reaches ${shared.host}.`,
  );
}

const isLoopback = (text: string): boolean => {
  const address = parseAddress(text);
  return address !== undefined && (address.family === 4 ? address.first >> 24n === 127n : address.first === 1n);
};

function towardsOutside(source: readonly Place[], to: string): Reachability {
  if (to === 'localhost' || isLoopback(to)) return yes('itself', `'${to}' is the source container itself.`);
  if (source.every(({ network }) => network.driver === 'null')) {
    return no('no-shared-network', "The source is on the network 'none': it reaches nothing but itself.");
  }
  if (source.every(({ network }) => network.internal)) {
    return no(
      'internal-network',
      `The source is only on internal networks (${list(source.map(({ network }) => network.name))}), which lead nowhere else; '${to}' is not on them.`,
    );
  }
  return yes('outside', `'${to}' is no container that this host knows: it is looked for outside.`);
}

function ambiguous(target: readonly Place[], to: string): Reachability {
  const names = list(target.map(({ endpoint, network }) => `${endpoint.containerName} on ${network.name}`));
  return no(
    'target-ambiguous',
    `'${to}' is not unique: ${names}. Its name resolves to any of them; use an address or a container name.`,
  );
}

/** Places of the containers that a reference fits: by name or id, else by alias, else by unique id prefix. */
function findContainer(networks: readonly Network[], reference: string): Place[] {
  const places = networks.flatMap((network) => network.endpoints.map((endpoint) => ({ network, endpoint })));
  const fits = [
    ({ endpoint }: Place) => endpoint.containerName === reference || endpoint.containerId === reference,
    ({ endpoint }: Place) => endpoint.aliases.includes(reference) || endpoint.service === reference,
    ({ endpoint }: Place) => reference.length >= 4 && endpoint.containerId.startsWith(reference),
  ];
  return fits.map((fit) => places.filter(fit)).find((found) => found.length > 0) ?? [];
}

function findAddress(networks: readonly Network[], address: string): Place[] {
  return networks.flatMap((network) =>
    network.endpoints
      .filter(({ ipv4, ipv6 }) => ipv4 === address || ipv6 === address)
      .map((endpoint) => ({ network, endpoint })),
  );
}

/** A name means what it means on the source's own networks; other networks count only where those have none. */
function preferShared(source: readonly Place[], target: Place[]): Place[] {
  const shared = target.filter(({ network }) => source.some((place) => place.network.id === network.id));
  const ids = new Set(shared.map(({ endpoint }) => endpoint.containerId));
  return shared.length > 0 ? target.filter(({ endpoint }) => ids.has(endpoint.containerId)) : target;
}
