import { checkNetworkName, FairleadError, type NetworkAttributes, type NetworkSpec, shortId } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import { type CreateNetworkResponse, fromNetworkSpecMessage } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import type { OperationScope } from '../operations/operation-runner.js';
import { type Handler, runOnce } from './deps.js';
import { lookOr, requireNetwork } from './looks.js';

export const createNetwork: Handler<'CreateNetwork', Promise<CreateNetworkResponse>> = (deps) => (request, context) =>
  runOnce(deps, 'CreateNetwork', request, context, async (scope) => {
    if (request.spec === null) throw new FairleadError('invalid_argument', 'The network to create is not described');
    const spec = fromNetworkSpecMessage(request.spec);
    checkNetworkName(spec.name);
    await deps.policy.check({ verb: 'create', network: spec });
    return create(deps.engine, spec, scope);
  });

async function create(engine: EnginePort, spec: NetworkSpec, scope: OperationScope): Promise<CreateNetworkResponse> {
  await refuseTaken(engine, spec.name);
  await scope.begin({ what: `create network ${spec.name}` });
  const { id, warning } = await engine.createNetwork(spec);
  void scope.show();
  const network = await lookOr(requireNetwork(engine, id), asAsked(id, spec));
  return { network: describeNetwork({ ...network, endpoints: [] }), warning };
}

/** What is known of a network that somebody removed as soon as it was made. */
const asAsked = (id: string, spec: NetworkSpec): NetworkAttributes => ({
  ...spec,
  id,
  scope: spec.scope || 'local',
  driver: spec.driver || 'bridge',
  createdAt: '',
  ipv4: spec.ipv4 ?? true,
  ipv6: spec.ipv6 ?? false,
});

/** Docker 20.10 lets several networks take one name: 8 creates at once all succeed. */
async function refuseTaken(engine: EnginePort, name: string): Promise<void> {
  const taken = (await engine.listNetworks()).find((network) => network.name === name);
  if (taken === undefined) return;
  throw new FairleadError(
    'already_exists',
    `There is a network '${name}' already: ${shortId(taken.id)} (${taken.driver})`,
    {
      hint: 'Use that one, or choose another name.',
    },
  );
}
