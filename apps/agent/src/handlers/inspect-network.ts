import { FairleadError } from '@fairlead/domain';
import type { NetworkMessage } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import type { Handler } from './deps.js';
import { readNetwork } from './looks.js';

export const inspectNetwork: Handler<'InspectNetwork', Promise<NetworkMessage>> =
  ({ engine }) =>
  async ({ network: reference }) => {
    if (reference === '') throw new FairleadError('invalid_argument', 'The network to inspect is not named');
    const { id } = await engine.inspectNetwork(reference);
    return describeNetwork((await readNetwork(engine, id)).network);
  };
