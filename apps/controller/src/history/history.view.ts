import { type HistoryEntryView, type RemovedNetworkDetailView, type RemovedNetworkView } from '@fairlead/api';
import { type Network } from '@fairlead/domain';
import { toTimestamp, toTimestampOrNull } from '../clock.js';
import { type StoredEntry } from './history.store.js';
import { type StoredRemovedNetwork } from './removed-networks.store.js';

/** Whether the engine of a row's host is a simulated one; null: not known. */
type Simulated = boolean | null;

export const toEntryView = (entry: StoredEntry, simulated: Simulated): HistoryEntryView => ({
  seq: entry.seq,
  at: toTimestamp(entry.at),
  notBefore: toTimestampOrNull(entry.notBefore),
  host: entry.hostName,
  simulated,
  kind: entry.kind,
  network: { id: entry.networkId, name: entry.networkName },
  container: entry.containerId === '' ? null : { id: entry.containerId, name: entry.containerName },
  changes: entry.detail,
  by: authorOf(entry),
});

export const toRemovedNetworkView = (row: StoredRemovedNetwork, simulated: Simulated): RemovedNetworkView => ({
  id: row.id,
  host: row.hostName,
  simulated,
  networkId: row.networkId,
  name: row.name,
  driver: row.driver,
  firstSeenAt: toTimestamp(row.firstSeenAt),
  lastSeenAt: toTimestamp(row.lastSeenAt),
  removedAt: toTimestamp(row.removedAt),
  by: authorOf(row),
  restored: restorationOf(row),
});

export const toRemovedNetworkDetailView = (
  row: StoredRemovedNetwork & { readonly record: Network },
  simulated: Simulated,
): RemovedNetworkDetailView => ({ ...toRemovedNetworkView(row, simulated), record: row.record });

const restorationOf = (row: StoredRemovedNetwork): RemovedNetworkView['restored'] =>
  row.restoredAt === null || row.restoringOperation === null
    ? null
    : { at: toTimestamp(row.restoredAt), operation: row.restoringOperation, networkId: row.restoredNetworkId };

const authorOf = ({ actor, operationId }: Pick<StoredEntry, 'actor' | 'operationId'>): HistoryEntryView['by'] =>
  operationId === null ? null : { actor: actor ?? '', operationId };
