import { readInventory } from '@fairlead/engine';
import type { ListNetworksResponse } from '@fairlead/link';
import { describeNetwork } from '../inventory/describe-network.js';
import { capNetworks } from '../inventory/limits.js';
import type { Handler } from './deps.js';

export const listNetworks: Handler<'ListNetworks', Promise<ListNetworksResponse>> =
  ({ engine }) =>
  async () => ({ networks: capNetworks(await readInventory(engine)).map(describeNetwork) });
