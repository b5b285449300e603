import { FairleadError, type Network, toFairleadError } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import type { RemoveNetworkResponse } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import type { Detached } from '../journal/seal.js';
import type { OperationScope } from '../operations/operation-runner.js';
import { readAttachments } from '../restore/read-attachments.js';
import { type Handler, type HandlerDeps, runOnce } from './deps.js';
import { leftBehind, readNetwork, refusePredefined, refuseUsed, requireNetwork } from './looks.js';

export const removeNetwork: Handler<'RemoveNetwork', Promise<RemoveNetworkResponse>> = (deps) => (request, context) =>
  runOnce(deps, 'RemoveNetwork', request, context, async (scope) => {
    const { engine, policy } = deps;
    const act = { verb: 'remove', force: request.force } as const;
    await policy.check(act);
    const found = await requireNetwork(engine, request.networkId);
    await policy.check({ ...act, network: found });
    refusePredefined(found);
    const { network } = await readNetwork(engine, request.networkId);
    if (!request.force) refuseUsed(network);
    const attachments = request.force ? await readAttachments(engine, network) : [];
    const begin = () => scope.begin({ what: `remove network ${network.name}` }, network, attachments);
    await policy.admit({ ...act, network }, begin);
    const detached = request.force ? await removeForced(engine, network, attachments, scope) : [];
    if (!request.force) await engine.removeNetwork(network.id);
    await lookAgain(deps, network);
    return { removed: describeNetwork(network), detached };
  });

/**
 * Detaches everybody, and once more whoever came meanwhile.
 * @returns the names of the containers that were detached
 */
async function removeForced(
  engine: EnginePort,
  network: Network,
  attachments: readonly Detached[],
  scope: OperationScope,
): Promise<string[]> {
  const detached: string[] = [];
  try {
    await detachAll(engine, network, scope, detached);
    if (await isRemoved(engine, network.id)) return detached;
    const { network: used } = await readNetwork(engine, network.id);
    await scope.removing(network, [...attachments, ...(await readAttachments(engine, used))]);
    await detachAll(engine, used, scope, detached);
    await engine.removeNetwork(network.id);
    return detached;
  } catch (error) {
    throw detached.length === 0 ? error : notRemoved(network, detached, toFairleadError(error));
  }
}

/** False where somebody uses it. */
async function isRemoved(engine: EnginePort, networkId: string): Promise<boolean> {
  try {
    await engine.removeNetwork(networkId);
    return true;
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'network_in_use') return false;
    throw error;
  }
}

/** Stopped containers are detached too: they could not start again. */
async function detachAll(
  engine: EnginePort,
  network: Network,
  scope: OperationScope,
  detached: string[],
): Promise<void> {
  for (const { containerId, containerName } of network.endpoints) {
    await scope.detaching(containerName);
    if (await detach(engine, network.id, containerId)) detached.push(containerName);
  }
}

/** A refusal says that nothing was changed; this was. Where an answer was lost, nobody knows and looking tells. */
function notRemoved({ name }: Network, detached: readonly string[], error: FairleadError): FairleadError {
  if (error.code === 'engine_unavailable' || error.code === 'internal') return error;
  const who = [...new Set(detached)].join(', ');
  return new FairleadError('engine_failed', `Network '${name}' was not removed; detached already: ${who}`, {
    engineMessage: error.engineMessage ?? error.message,
    hint: 'Connect these containers again, or find out what stands in the way and remove the network again.',
    cause: error,
  });
}

async function detach(engine: EnginePort, networkId: string, containerId: string): Promise<boolean> {
  try {
    await engine.disconnect(networkId, containerId, true);
    return true;
  } catch (error) {
    // Somebody else was quicker.
    if (error instanceof FairleadError && ['not_connected', 'container_not_found'].includes(error.code)) return false;
    throw error;
  }
}

/** Says who was hit by what no look can rule out. What it cannot learn does not unmake the removal. */
async function lookAgain({ engine, log }: HandlerDeps, network: Network): Promise<void> {
  const containers = await leftBehind(engine, network).catch(() => []);
  if (containers.length === 0) return;
  log.warn('Containers were made on a network while it was removed; they cannot start', {
    network: network.name,
    containers: containers.map(({ name }) => name),
  });
}
