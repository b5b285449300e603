import { FairleadError, type NetworkAttributes } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import type { DisconnectContainerResponse } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import { type Handler, runOnce } from './deps.js';
import { isAttached, readAfter, requireNetwork } from './looks.js';

export const disconnectContainer: Handler<'DisconnectContainer', Promise<DisconnectContainerResponse>> =
  (deps) => (request, context) =>
    runOnce(deps, 'DisconnectContainer', request, context, async (scope) => {
      const { engine, policy } = deps;
      const act = { verb: 'disconnect', force: request.force } as const;
      await policy.check(act);
      const network = await requireNetwork(engine, request.networkId);
      await policy.check({ ...act, network });
      const { id, name } = await findAttached(engine, network, request.container, request.force);
      await scope.begin({ what: `disconnect container ${name} from network ${network.name}` });
      await engine.disconnect(network.id, id, request.force);
      void scope.show();
      return { network: describeNetwork(await readAfter(engine, network)) };
    });

/** Forced, also a container that is gone and has left its endpoint behind; the engine knows it by what was said. */
async function findAttached(engine: EnginePort, network: NetworkAttributes, reference: string, force: boolean) {
  try {
    const container = await engine.inspectContainer(reference);
    if (isAttached(container, network) || force) return container;
    throw new FairleadError('not_connected', `Container '${container.name}' is not on network '${network.name}'`);
  } catch (error) {
    const isGone = error instanceof FairleadError && error.code === 'container_not_found';
    if (force && isGone && reference !== '') return { id: reference, name: reference };
    throw error;
  }
}
