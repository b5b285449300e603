import { FairleadError, type Network } from '@fairlead/domain';
import type { ConfiguredAttachment, ContainerDetails, EnginePort } from '@fairlead/engine';
import type { Detached } from '../journal/seal.js';

/**
 * What was asked for the endpoints on a network, to be written down before they are taken off. Who has gone meanwhile
 * is left out.
 * @throws FairleadError `engine_unavailable`
 */
export async function readAttachments(engine: EnginePort, network: Network): Promise<Detached[]> {
  const found: Detached[] = [];
  for (const { containerId, containerName } of network.endpoints) {
    const container = await inspectIfThere(engine, containerId);
    const attachment = container?.attachments.find((candidate) => means(candidate, network));
    if (attachment !== undefined) found.push({ containerId, containerName, endpoint: attachment.configured });
  }
  return found;
}

/** By id, and by name where the container has not been live there yet. */
const means = ({ networkId, networkName }: ConfiguredAttachment, { id, name }: Network): boolean =>
  networkId === id || (networkId === '' && networkName !== '' && (networkName === name || id.startsWith(networkName)));

/** Undefined where there is no such container. @throws FairleadError `engine_unavailable` */
export async function inspectIfThere(engine: EnginePort, containerId: string): Promise<ContainerDetails | undefined> {
  try {
    return await engine.inspectContainer(containerId);
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'container_not_found') return undefined;
    throw error;
  }
}
