import { createHash } from 'node:crypto';
import { canonicalNetwork, type EndpointSpec, type Network, ordered } from '@fairlead/domain';

/** A container that force takes off a network, with what was asked for its endpoint: the engine forgets that. */
export interface Detached {
  readonly containerId: string;
  readonly containerName: string;
  readonly endpoint: EndpointSpec;
}

/** SHA-256 (hex) over all that a network is made from again, in whatever order its parts are. */
export const sealOf = (network: Network, attachments: readonly Detached[]): string =>
  createHash('sha256')
    .update(canonicalNetwork(network))
    .update(JSON.stringify(ordered(attachments)))
    .digest('hex');
