import { ENTRIES_LEFT_OUT, LABELS_LEFT_OUT, type Network } from '@fairlead/domain';

export { ENTRIES_LEFT_OUT };

/** Networks of one host that are followed; what is beyond is counted and left out. */
export const MAX_NETWORKS = 5_000;
/** What of each map of a network (labels, options, reserved addresses) is passed on. The engine keeps them all. */
export const MAX_ENTRIES = 128;
export const MAX_ENTRY_BYTES = 32 * 1024;

type Entries = Readonly<Record<string, string>>;

/**
 * The network with no more of each map than is passed on: in order of their keys, as far as they fit, and a word on the
 * rest. One message has to carry it, or its host would have no session.
 */
export function capNetwork(network: Network): Network {
  const labels = cap(network.labels, LABELS_LEFT_OUT);
  const options = cap(network.options);
  const ipamOptions = cap(network.ipamOptions);
  const reserved = network.subnets.map(({ auxAddresses }) => cap(auxAddresses));
  const isWhole =
    labels === network.labels &&
    options === network.options &&
    ipamOptions === network.ipamOptions &&
    network.subnets.every(({ auxAddresses }, index) => auxAddresses === reserved[index]);
  if (isWhole) return network;
  const subnets = network.subnets.map((subnet, index) => ({ ...subnet, auxAddresses: reserved[index] ?? {} }));
  return { ...network, labels, options, ipamOptions, subnets };
}

function cap(map: Entries, mark = ENTRIES_LEFT_OUT): Entries {
  const entries = Object.entries(map);
  if (entries.length <= MAX_ENTRIES && sizeOf(entries) <= MAX_ENTRY_BYTES) return map;
  const kept: [string, string][] = [];
  let room = MAX_ENTRY_BYTES;
  for (const entry of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const size = sizeOf([entry]);
    if (kept.length === MAX_ENTRIES || size > room) continue;
    kept.push(entry);
    room -= size;
  }
  return { ...Object.fromEntries(kept), [mark]: String(entries.length - kept.length) };
}

const sizeOf = (entries: readonly [string, string][]): number =>
  entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);

/** The oldest networks, as many as are followed: the choice does not change when another one is made. */
export function capNetworks(networks: readonly Network[]): readonly Network[] {
  if (networks.length <= MAX_NETWORKS) return networks;
  const age = ({ createdAt, id }: Network): string => `${createdAt} ${id}`;
  return [...networks].sort((a, b) => (age(a) < age(b) ? -1 : 1)).slice(0, MAX_NETWORKS);
}
