import { type Network, toFairleadError } from '@fairlead/domain';
import type { ContainerFacts } from '@fairlead/engine';
import type { PruneItemResult__Output, RestoreNetworkResponse } from '@fairlead/link';
import { lost, type OperationScope } from '../operations/operation-runner.js';
import { restoreRecord } from '../restore/restore-record.js';
import type { HandlerDeps } from './deps.js';
import { notUndone, undone } from './prune-results.js';

/** A prune shows what it has changed when it is over. */
const AT_THE_END = { show: () => Promise.resolve() };

/**
 * Gives a network back to the containers that were made on it while it was removed: at once, since without it they
 * cannot start.
 * @throws FairleadError `outcome_unknown` where the engine falls silent meanwhile
 */
export async function undoRemoval(
  deps: HandlerDeps,
  network: Network,
  users: readonly ContainerFacts[],
  scope: OperationScope,
): Promise<PruneItemResult__Output> {
  const names = users.map(({ name }) => name).sort();
  const who = `${names.join(', ')} came onto it while it was removed`;
  const details = { network: network.name, containers: names };
  // Harm is undone also where that cannot be written down; the result then says that it could not.
  await scope.undoing(network.id, names).catch(() => undefined);
  try {
    const restored = await restoreRecord(deps, { network, attachments: [] }, { renumber: false }, AT_THE_END);
    deps.log.warn('A network was made again, since containers came onto it while it was removed', details);
    return undone(
      network,
      restored.network?.id ?? '',
      [`${who}, so that it was made again`, ...failuresOf(restored)].join('; '),
    );
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code === 'engine_unavailable') throw lost(error);
    deps.log.warn('Containers came onto a network while it was removed; they cannot start', details);
    const reason = `removed; ${who} and cannot start; it could not be made again: ${error.message}`;
    return notUndone(network, `${reason}; restore it when nothing stands in its way`, error.engineMessage);
  }
}

const failuresOf = ({ attachments = [] }: RestoreNetworkResponse): string[] =>
  attachments
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ containerName, reason }) => `${containerName} could not be attached again: ${reason}`);
