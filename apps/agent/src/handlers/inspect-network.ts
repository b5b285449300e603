import { FairleadError } from '@fairlead/domain';
import { readInventory } from '@fairlead/engine';
import type { NetworkMessage } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import type { Handler } from './deps.js';

/**
 * All questions side by side: an engine's own inspect leaves out the containers that do not run. These are joined to all
 * networks and not to this one alone: a container that was never started names its network, and `db` would pass for
 * the beginning of an id.
 */
export const inspectNetwork: Handler<'InspectNetwork', Promise<NetworkMessage>> =
  ({ engine }) =>
  async ({ network: reference }) => {
    if (reference === '') throw new FairleadError('invalid_argument', 'The network to inspect is not named');
    const [attributes, all] = await Promise.all([engine.inspectNetwork(reference), readInventory(engine)]);
    return describeNetwork(all.find(({ id }) => id === attributes.id) ?? { ...attributes, endpoints: [] });
  };
