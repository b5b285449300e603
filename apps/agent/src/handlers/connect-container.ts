import { type EndpointSpec, FairleadError } from '@fairlead/domain';
import { type ConnectContainerResponse, fromEndpointSpecMessage } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import { type Handler, runOnce } from './deps.js';
import { isAttached, readAfter, requireNetwork } from './looks.js';

const PLAIN: EndpointSpec = {
  aliases: [],
  links: [],
  ipv4: '',
  ipv6: '',
  linkLocalIps: [],
  driverOptions: {},
  gatewayPriority: undefined,
  mac: '',
};

export const connectContainer: Handler<'ConnectContainer', Promise<ConnectContainerResponse>> =
  (deps) => (request, context) =>
    runOnce(deps, 'ConnectContainer', request, context, async (scope) => {
      const { engine, policy } = deps;
      await policy.check({ verb: 'connect' });
      const network = await requireNetwork(engine, request.networkId);
      await policy.check({ verb: 'connect', network });
      const container = await engine.inspectContainer(request.container);
      if (isAttached(container, network)) {
        throw new FairleadError(
          'already_connected',
          `Container '${container.name}' is on network '${network.name}' already`,
        );
      }
      await scope.begin({ what: `connect container ${container.name} to network ${network.name}` });
      const endpoint = request.endpoint === null ? PLAIN : fromEndpointSpecMessage(request.endpoint);
      await engine.connect(network.id, container.id, endpoint);
      void scope.show();
      return { network: describeNetwork(await readAfter(engine, network)) };
    });
