import { type HistoryEntryView, type RemovedNetworkDetailView, type RemovedNetworkView } from '@fairlead/api';
import { type Network } from '@fairlead/domain';
import { toTimestamp, toTimestampOrNull } from '../clock.js';
import { type StoredEntry } from './history.store.js';
import { type StoredRemovedNetwork } from './removed-networks.store.js';
import { type RunAuthor } from './run-authors.store.js';

/** Whether the engine of a row's host is a simulated one; null: not known. */
type Simulated = boolean | null;
/** By operation. */
type Runs = ReadonlyMap<string, RunAuthor>;

export const toEntryView = (entry: StoredEntry, simulated: Simulated, runs: Runs): HistoryEntryView => ({
  seq: entry.seq,
  at: toTimestamp(entry.at),
  notBefore: toTimestampOrNull(entry.notBefore),
  host: entry.hostName,
  simulated,
  kind: entry.kind,
  network: { id: entry.networkId, name: entry.networkName },
  container: entry.containerId === '' ? null : { id: entry.containerId, name: entry.containerName },
  changes: entry.detail,
  by: authorOf(entry, runs),
});

export const toRemovedNetworkView = (
  row: StoredRemovedNetwork,
  simulated: Simulated,
  runs: Runs,
): RemovedNetworkView => ({
  id: row.id,
  host: row.hostName,
  simulated,
  networkId: row.networkId,
  name: row.name,
  driver: row.driver,
  firstSeenAt: toTimestamp(row.firstSeenAt),
  lastSeenAt: toTimestamp(row.lastSeenAt),
  removedAt: toTimestamp(row.removedAt),
  by: authorOf(row, runs),
  restored: restorationOf(row),
});

export const toRemovedNetworkDetailView = (
  row: StoredRemovedNetwork & { readonly record: Network },
  simulated: Simulated,
  runs: Runs,
): RemovedNetworkDetailView => ({ ...toRemovedNetworkView(row, simulated, runs), record: row.record });

const restorationOf = (row: StoredRemovedNetwork): RemovedNetworkView['restored'] =>
  row.restoredAt === null || row.restoringOperation === null
    ? null
    : { at: toTimestamp(row.restoredAt), operation: row.restoringOperation, networkId: row.restoredNetworkId };

const authorOf = (
  { actor, operationId }: Pick<StoredEntry, 'actor' | 'operationId'>,
  runs: Runs,
): HistoryEntryView['by'] =>
  operationId === null ? null : { actor: actor ?? '', operationId, run: runs.get(operationId) ?? null };
