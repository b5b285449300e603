import { LABELS_LEFT_OUT, type Network } from '@fairlead/domain';

/** Networks of one host that are followed; what is beyond is counted and left out. */
export const MAX_NETWORKS = 5_000;
/** What of a network's labels is passed on. The engine keeps them all. */
export const MAX_LABELS = 128;
export const MAX_LABEL_BYTES = 32 * 1024;

/** The network with no more labels than are passed on: in order of their keys, as far as they fit, and a word on the rest. */
export function capLabels(network: Network): Network {
  const entries = Object.entries(network.labels);
  if (entries.length <= MAX_LABELS && sizeOf(entries) <= MAX_LABEL_BYTES) return network;
  const kept: [string, string][] = [];
  let room = MAX_LABEL_BYTES;
  for (const entry of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const size = sizeOf([entry]);
    if (kept.length === MAX_LABELS || size > room) continue;
    kept.push(entry);
    room -= size;
  }
  const leftOut = String(entries.length - kept.length);
  return { ...network, labels: { ...Object.fromEntries(kept), [LABELS_LEFT_OUT]: leftOut } };
}

const sizeOf = (entries: readonly [string, string][]): number =>
  entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);

/** The oldest networks, as many as are followed: the choice does not change when another one is made. */
export function capNetworks(networks: readonly Network[]): readonly Network[] {
  if (networks.length <= MAX_NETWORKS) return networks;
  const age = ({ createdAt, id }: Network): string => `${createdAt} ${id}`;
  return [...networks].sort((a, b) => (age(a) < age(b) ? -1 : 1)).slice(0, MAX_NETWORKS);
}
