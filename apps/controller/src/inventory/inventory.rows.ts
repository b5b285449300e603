import { isActive, isPredefined, type Network, parseCidr, rangeKeys, type Subnet } from '@fairlead/domain';

/**
 * Domain networks as rows of the database, in the shape that the store's `json_each` statements read. Arrays keep the
 * JSON small: a snapshot of a host is one parameter a table.
 */
export interface InventoryRows {
  readonly networks: readonly unknown[][];
  readonly labels: readonly unknown[][];
  readonly subnets: readonly unknown[][];
  readonly endpoints: readonly unknown[][];
}

export function toRows(networks: readonly (Network & { readonly digest: string })[]): InventoryRows {
  return {
    networks: networks.map(networkRow),
    labels: networks.flatMap(({ id, labels }) => Object.entries(labels).map(([key, value]) => [id, key, value])),
    subnets: networks.flatMap(({ id, subnets }) => subnets.map((subnet, position) => subnetRow(id, position, subnet))),
    endpoints: networks.flatMap(({ id, endpoints }) =>
      endpoints.map((e) => [
        id,
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

function networkRow(network: Network & { readonly digest: string }): unknown[] {
  const { endpoints, digest, ...attributes } = network;
  return [
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
  ];
}

function subnetRow(networkId: string, position: number, subnet: Subnet): unknown[] {
  const { family, first, last } = rangeOf(subnet.cidr);
  const { cidr, ipRange, gateway, auxAddresses } = subnet;
  return [networkId, position, cidr, ipRange, gateway, JSON.stringify(auxAddresses), family, first, last];
}

/** A pool that we cannot read is kept, and lies in no range: an engine's text must never stop the inventory. */
function rangeOf(cidr: string): { family: number; first: string; last: string } {
  try {
    const range = parseCidr(cidr);
    return { family: range.family, ...rangeKeys(range) };
  } catch {
    return { family: 0, first: '', last: '' };
  }
}
