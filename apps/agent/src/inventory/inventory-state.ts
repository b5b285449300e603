import type { Network } from '@fairlead/domain';
import { networkDigest, setDigest } from '@fairlead/link';
import { capNetwork, capNetworks } from './limits.js';

export interface KnownNetwork {
  readonly network: Network;
  readonly digest: string;
}

/** What the engine showed at one time. Never changed: the next one shares with it what is the same. */
export interface InventoryState {
  readonly streamId: string;
  /** Grows by one with each change, also over streams. */
  readonly revision: number;
  readonly networks: ReadonlyMap<string, KnownNetwork>;
  readonly setDigest: string;
}

/** The state after a read: the previous one itself where nothing has changed. */
export function nextState(
  previous: InventoryState | undefined,
  streamId: string,
  read: readonly Network[],
): InventoryState {
  const networks = new Map(capNetworks(read).map((network) => [network.id, recognise(network, previous)]));
  if (previous?.streamId === streamId && isSame(previous.networks, networks)) return previous;
  const digest = setDigest(Array.from(networks, ([id, known]) => [id, known.digest]));
  return { streamId, revision: (previous?.revision ?? 0) + 1, networks, setDigest: digest };
}

function recognise(read: Network, previous: InventoryState | undefined): KnownNetwork {
  const network = capNetwork(read);
  const digest = networkDigest(network);
  const known = previous?.networks.get(network.id);
  return known?.digest === digest ? known : { network, digest };
}

type Networks = ReadonlyMap<string, KnownNetwork>;

const isSame = (a: Networks, b: Networks): boolean =>
  a.size === b.size && [...a].every(([id, known]) => b.get(id) === known);

export interface Difference {
  readonly upserts: readonly KnownNetwork[];
  readonly removedIds: readonly string[];
}

/** What leads from one state to another of the same stream. */
export function difference(from: InventoryState, to: InventoryState): Difference {
  return {
    upserts: [...to.networks.values()].filter((known) => from.networks.get(known.network.id) !== known),
    removedIds: [...from.networks.keys()].filter((id) => !to.networks.has(id)),
  };
}
