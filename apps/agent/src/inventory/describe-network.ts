import type { Network } from '@fairlead/domain';
import { networkDigest, type NetworkMessage, toNetworkMessage } from '@fairlead/link';
import { capNetwork } from './limits.js';

/** The digest by which the rest of the fleet knows this network: of what is passed on of it. */
export const digestOf = (network: Network): string => networkDigest(capNetwork(network));

/** The network as it is passed on. */
export function describeNetwork(network: Network): NetworkMessage {
  const capped = capNetwork(network);
  return toNetworkMessage(capped, networkDigest(capped));
}
