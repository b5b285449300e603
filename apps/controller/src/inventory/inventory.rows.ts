import { isActive, isPredefined, type Network, parseCidr, projectOf, rangeKeys, type Subnet } from '@fairlead/domain';
import { type Standing } from '../networks/network.rows.js';
import { textOf } from './network-text.js';

/** A network that is to be stored, with the key of its row. */
export interface KeyedNetwork extends Standing {
  readonly seq: number;
  readonly hostName: string;
  readonly network: Network & { readonly digest: string };
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/**
 * Domain networks as rows of the database, in the shape that the `json_each` statements read. Arrays keep the JSON
 * small: what a transaction writes is one parameter a table.
 */
export interface InventoryRows {
  readonly networks: readonly unknown[][];
  readonly texts: readonly unknown[][];
  readonly labels: readonly unknown[][];
  readonly projects: readonly unknown[][];
  readonly subnets: readonly unknown[][];
  readonly endpoints: readonly unknown[][];
}

export function toRows(keyed: readonly KeyedNetwork[]): InventoryRows {
  return {
    networks: keyed.map(networkRow),
    texts: keyed.map(({ seq, hostName, network }) => [seq, textOf(network, hostName)]),
    labels: keyed.flatMap(({ seq, network }) =>
      Object.entries(network.labels).map(([key, value]) => [seq, key, value]),
    ),
    projects: keyed.flatMap(({ seq, network }) => projectsOf(network).map((project) => [seq, project])),
    subnets: keyed.flatMap(({ seq, network }) =>
      network.subnets.map((subnet, position) => subnetRow(seq, position, subnet)),
    ),
    endpoints: keyed.flatMap(({ seq, network }) =>
      network.endpoints.map((e) => [
        seq,
        e.containerId,
        e.containerName,
        e.state,
        e.endpointId,
        e.ipv4,
        e.ipv6,
        e.mac,
        JSON.stringify(e.aliases),
        e.project,
        e.service,
      ]),
    ),
  };
}

/** Compose projects that the network itself or a container on it belongs to, each once. */
function projectsOf({ labels, endpoints }: Network): string[] {
  const projects = new Set([projectOf(labels) ?? '', ...endpoints.map(({ project }) => project)]);
  projects.delete('');
  return [...projects];
}

function networkRow({ seq, hostName, network, firstSeenAt, unusedSinceAt, updatedAt }: KeyedNetwork): unknown[] {
  const { endpoints, digest, ...attributes } = network;
  return [
    seq,
    hostName,
    network.id,
    network.name,
    network.driver,
    network.scope,
    network.createdAt,
    Number(network.internal),
    Number(network.attachable),
    Number(network.ingress),
    Number(network.ipv4),
    Number(network.ipv6),
    Number(network.configOnly),
    network.configFrom,
    network.ipamDriver,
    digest,
    Number(isPredefined(network)),
    endpoints.length,
    endpoints.filter(({ state }) => isActive(state)).length,
    JSON.stringify(attributes),
    firstSeenAt,
    updatedAt,
    unusedSinceAt,
  ];
}

function subnetRow(seq: number, position: number, subnet: Subnet): unknown[] {
  const { family, first, last } = rangeOf(subnet.cidr);
  const { cidr, ipRange, gateway, auxAddresses } = subnet;
  return [seq, position, cidr, ipRange, gateway, JSON.stringify(auxAddresses), family, first, last];
}

interface Range {
  readonly family: number;
  readonly first: string;
  readonly last: string;
}

/** Engines give out the same few ranges on every host. */
const ranges = new Map<string, Range>();
const MOST_RANGES = 10_000;

function rangeOf(cidr: string): Range {
  const range = ranges.get(cidr) ?? readRange(cidr);
  if (ranges.size >= MOST_RANGES) ranges.clear();
  ranges.set(cidr, range);
  return range;
}

/** A pool that we cannot read is kept, and lies in no range: an engine's text must never stop the inventory. */
function readRange(cidr: string): Range {
  try {
    const range = parseCidr(cidr);
    return { family: range.family, ...rangeKeys(range) };
  } catch {
    return { family: 0, first: '', last: '' };
  }
}
