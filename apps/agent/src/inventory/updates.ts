import type { EngineHealth } from '@fairlead/domain';
import { type InventoryUpdate, type NetworkMessage, toHealthMessage, toNetworkMessage } from '@fairlead/link';
import { difference, type InventoryState, type KnownNetwork } from './inventory-state.js';

/** Limits of one message. One network alone may be larger. */
export const MAX_CHUNK_NETWORKS = 200;
export const MAX_CHUNK_BYTES = 256 * 1024;

/**
 * The messages that bring a receiver from what it has been given to `state`: a delta where it stands in the same
 * stream and the delta fits into one message, else a snapshot.
 */
export function* updatesTo(given: InventoryState | undefined, state: InventoryState): Generator<InventoryUpdate> {
  const delta = given?.streamId === state.streamId ? deltaFrom(given, state) : undefined;
  if (delta) yield delta;
  else yield* snapshotOf(state);
}

function deltaFrom(given: InventoryState, state: InventoryState): InventoryUpdate | undefined {
  const { upserts, removedIds } = difference(given, state);
  const [chunk = [], ...more] = chunksOf(upserts);
  if (more.length > 0) return undefined;
  const delta = { appliesTo: given.revision, resultsIn: state.revision, upserts: chunk, removedIds: [...removedIds] };
  return { streamId: state.streamId, delta };
}

function* snapshotOf({ streamId, networks, revision, setDigest }: InventoryState): Generator<InventoryUpdate> {
  yield { streamId, snapshotBegin: { networks: networks.size } };
  for (const chunk of chunksOf(networks.values())) yield { streamId, snapshotChunk: { networks: chunk } };
  yield { streamId, snapshotEnd: { revision, setDigest } };
}

function* chunksOf(networks: Iterable<KnownNetwork>): Generator<NetworkMessage[]> {
  let chunk: NetworkMessage[] = [];
  let bytes = 0;
  for (const { network, digest } of networks) {
    const message = toNetworkMessage(network, digest);
    // JSON repeats the names of all fields and so is larger than what is sent.
    const size = Buffer.byteLength(JSON.stringify(message));
    if (chunk.length === MAX_CHUNK_NETWORKS || (chunk.length > 0 && bytes + size > MAX_CHUNK_BYTES)) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

/** @param state undefined before the engine has been read for the first time */
export const bookmarkOf = (
  state: InventoryState | undefined,
  streamId: string,
  health: EngineHealth,
): InventoryUpdate => ({
  streamId: state?.streamId ?? streamId,
  bookmark: {
    revision: state?.revision ?? 0,
    setDigest: state?.setDigest ?? '',
    health: toHealthMessage(health),
  },
});
