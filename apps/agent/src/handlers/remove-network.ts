import { FairleadError, type Network } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import type { RemoveNetworkResponse } from '@fairlead/link';
import { digestOf } from '../inventory/describe-network.js';
import { toNetworkMessage } from '@fairlead/link';
import type { OperationScope } from '../operations/operation-runner.js';
import { type Handler, type HandlerDeps, runOnce } from './deps.js';
import { leftBehind, readNetwork, refusePredefined, refuseUsed, requireNetwork } from './looks.js';

export const removeNetwork: Handler<'RemoveNetwork', Promise<RemoveNetworkResponse>> = (deps) => (request, context) =>
  runOnce(deps, 'RemoveNetwork', request, context, async (scope) => {
    const { engine } = deps;
    refusePredefined(await requireNetwork(engine, request.networkId));
    const { network } = await readNetwork(engine, request.networkId);
    if (!request.force) refuseUsed(network);
    await scope.begin({ what: `remove network ${network.name}` }, network);
    const detached = await detachAll(engine, network, scope);
    await engine.removeNetwork(network.id);
    await lookAgain(deps, network);
    return { removed: toNetworkMessage(network, digestOf(network)), detached };
  });

/** Only forced; else nobody uses the network. Stopped containers are detached too: they could not start again. */
async function detachAll(engine: EnginePort, network: Network, scope: OperationScope): Promise<string[]> {
  const detached: string[] = [];
  for (const { containerId, containerName } of network.endpoints) {
    await scope.detaching(containerName);
    if (await detach(engine, network.id, containerId)) detached.push(containerName);
  }
  return detached;
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
    containers,
  });
}
