import { type Network, toFairleadError } from '@fairlead/domain';
import type { ContainerFacts } from '@fairlead/engine';
import type { PruneItemResult__Output } from '@fairlead/link';
import { lost, type OperationScope } from '../operations/operation-runner.js';
import type { HandlerDeps } from './deps.js';
import { removed, undone } from './prune-results.js';

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
  // Harm is undone also where that cannot be written down; the result then says that it could not.
  await scope.undoing(network.id, names).catch(() => undefined);
  try {
    const { id, failures } = await makeAgain(deps, network);
    deps.log.warn('A network was made again: containers were made on it while it was removed', {
      network: network.name,
      users: names,
    });
    return undone(network, id, [who, ...failures].join('; '));
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code === 'engine_unavailable') throw lost(error);
    deps.log.warn('Containers were made on a network while it was removed; they cannot start', {
      network: network.name,
      users: names,
    });
    const reason = `removed; ${who} and cannot start; it could not be made again: ${error.message}`;
    return removed(network, reason, error.engineMessage);
  }
}

async function makeAgain({ engine }: HandlerDeps, network: Network): Promise<{ id: string; failures: string[] }> {
  const { id: _id, createdAt: _createdAt, endpoints: _endpoints, scope: _scope, ...spec } = network;
  const { id } = await engine.createNetwork({ ...spec, scope: '' });
  return { id, failures: [] };
}
