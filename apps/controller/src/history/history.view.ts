import { type HistoryEntryView, type RemovedNetworkDetailView, type RemovedNetworkView } from '@fairlead/api';
import { type Network } from '@fairlead/domain';
import { toTimestamp } from '../clock.js';
import { type StoredEntry } from './history.store.js';
import { type StoredRemoval } from './removed-networks.store.js';

export const toEntryView = (entry: StoredEntry): HistoryEntryView => ({
  seq: entry.seq,
  at: toTimestamp(entry.at),
  notBefore: entry.notBefore === null ? null : toTimestamp(entry.notBefore),
  host: entry.hostName,
  kind: entry.kind,
  network: { id: entry.networkId, name: entry.networkName },
  container: entry.containerId === '' ? null : { id: entry.containerId, name: entry.containerName },
  changes: entry.detail,
  by: authorOf(entry),
});

export const toRemovedNetworkView = (removal: StoredRemoval): RemovedNetworkView => ({
  id: removal.id,
  host: removal.hostName,
  networkId: removal.networkId,
  name: removal.name,
  driver: removal.driver,
  firstSeenAt: toTimestamp(removal.firstSeenAt),
  lastSeenAt: toTimestamp(removal.lastSeenAt),
  removedAt: toTimestamp(removal.removedAt),
  by: authorOf(removal),
});

export const toRemovedNetworkDetailView = (
  removal: StoredRemoval & { readonly record: Network },
): RemovedNetworkDetailView => ({ ...toRemovedNetworkView(removal), record: removal.record });

const authorOf = ({ actor, operationId }: Pick<StoredEntry, 'actor' | 'operationId'>): HistoryEntryView['by'] =>
  operationId === null ? null : { actor: actor ?? '', operationId };
