import { FairleadError } from '@fairlead/domain';
import { joinInventory } from '@fairlead/engine';
import type { NetworkMessage } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import type { Handler } from './deps.js';

/** Two questions side by side: an engine's own inspect leaves out the containers that do not run. */
export const inspectNetwork: Handler<'InspectNetwork', Promise<NetworkMessage>> =
  ({ engine }) =>
  async ({ network: reference }) => {
    if (reference === '') throw new FairleadError('invalid_argument', 'The network to inspect is not named');
    const [attributes, containers] = await Promise.all([engine.inspectNetwork(reference), engine.listContainers()]);
    const [network] = joinInventory([attributes], containers);
    return describeNetwork(network ?? { ...attributes, endpoints: [] });
  };
