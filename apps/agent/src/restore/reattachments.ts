import type { ContainerState, EndpointSpec, NetworkAttributes } from '@fairlead/domain';
import type { ConfiguredAttachment, ContainerDetails, ContainerFacts } from '@fairlead/engine';
import type { Detached } from '../journal/seal.js';
import type { RestoreOptions, RestoreSubject } from './subject.js';

/** A container that is to be attached again. */
export interface Reattachment {
  readonly containerId: string;
  readonly containerName: string;
  readonly state: ContainerState;
  /** `refers`: it still refers to the network's old id. `detached`: the removal took it off by force. */
  readonly reason: 'refers' | 'detached';
  readonly endpoint: EndpointSpec;
}

/** Whether a container may have to do with a removed network, so that it is worth to be inspected. */
export const isConcerned = ({ id, attachments }: ContainerFacts, { network, attachments: detached }: RestoreSubject) =>
  attachments.some(({ networkId, networkName }) => networkId === network.id || networkName === network.name) ||
  detached.some(({ containerId }) => containerId === id);

/**
 * Who is to be attached, those with static addresses first, so that nobody else is given one of these. A container
 * that has not been live on the network yet looks for it by name, and finds the new one.
 */
export function planReattachments(
  subject: RestoreSubject,
  containers: readonly ContainerDetails[],
  present: NetworkAttributes | undefined,
  { renumber }: RestoreOptions,
): Reattachment[] {
  const found = containers.flatMap((container): Reattachment[] => {
    const { id: containerId, name: containerName, state } = container;
    const wanted = referring(subject, container, present, renumber) ?? detachedFrom(subject, container, present);
    if (wanted === undefined) return [];
    const endpoint = renumber ? { ...wanted.endpoint, ipv4: '', ipv6: '' } : wanted.endpoint;
    return [{ containerId, containerName, state, reason: wanted.reason, endpoint }];
  });
  return found.sort((a, b) => Number(hasStatic(b.endpoint)) - Number(hasStatic(a.endpoint)));
}

export const hasStatic = ({ ipv4, ipv6 }: EndpointSpec): boolean => ipv4 !== '' || ipv6 !== '';

type Wanted = Pick<Reattachment, 'reason' | 'endpoint'>;

function referring(
  { network }: RestoreSubject,
  container: ContainerDetails,
  present: NetworkAttributes | undefined,
  renumber: boolean,
): Wanted | undefined {
  const isLost = ({ networkId, networkName, configured }: ConfiguredAttachment): boolean =>
    // A removal that failed half way has left the network where it was.
    (networkId === network.id && networkId !== present?.id) ||
    // Renumbered, it could not start with the address that it asks for.
    (renumber && networkId === '' && networkName === network.name && hasStatic(configured));
  const attachment = container.attachments.find(isLost);
  return attachment && { reason: 'refers', endpoint: attachment.configured };
}

function detachedFrom(
  { network, attachments }: RestoreSubject,
  container: ContainerDetails,
  present: NetworkAttributes | undefined,
): Wanted | undefined {
  const isBack = container.attachments.some(
    ({ networkId, networkName }) =>
      (networkId === '' && networkName === network.name) || (present !== undefined && networkId === present.id),
  );
  const detached = isBack ? undefined : findDetached(attachments, container.id);
  return detached && { reason: 'detached', endpoint: detached.endpoint };
}

const findDetached = (attachments: readonly Detached[], id: string): Detached | undefined =>
  attachments.find(({ containerId }) => containerId === id);
