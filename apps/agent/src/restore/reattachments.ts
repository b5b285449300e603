import { type ContainerState, type EndpointSpec, isActive, type NetworkAttributes } from '@fairlead/domain';
import type { ConfiguredAttachment, ContainerDetails, ContainerFacts } from '@fairlead/engine';
import type { Detached } from '../journal/seal.js';
import type { RestoreOptions, RestoreSubject, Scene } from './subject.js';

/** A container that is to be attached again. */
export interface Reattachment {
  readonly containerId: string;
  readonly containerName: string;
  readonly state: ContainerState;
  /**
   * `refers`: it still refers to the network's old id, or to that of a later network of its name which is gone too.
   * `detached`: the removal took it off by force.
   */
  readonly reason: 'refers' | 'detached';
  readonly endpoint: EndpointSpec;
}

/** Whether a container may have to do with a removed network, so that it is worth to be inspected. */
export const isConcerned = ({ id, attachments }: ContainerFacts, { network, attachments: detached }: RestoreSubject) =>
  attachments.some(({ networkId, networkName }) => networkId === network.id || networkName === network.name) ||
  detached.some(({ containerId }) => containerId === id);

/** The network as the containers may refer to it. */
interface Referred {
  readonly name: string;
  /** Undefined where the network with that id is there: a removal that failed half way has left it. */
  readonly lostId: string | undefined;
  readonly presentId: string | undefined;
  /** Whether what a container refers to by this id is no network any more. */
  readonly isGone: (networkId: string) => boolean;
}

/**
 * Who is to be attached, those with static addresses first, so that nobody else is given one of these. A container
 * that has not been live on the network yet looks for it by name, and finds the new one.
 * @param present the network of the engine that is this one
 */
export function planReattachments(
  { network: { id, name }, attachments }: RestoreSubject,
  { engine, networks, containers }: Pick<Scene, 'engine' | 'networks' | 'containers'>,
  present: NetworkAttributes | undefined,
  { renumber }: RestoreOptions,
): Reattachment[] {
  const isThere = networks.some((network) => network.id === id);
  const isGone = (networkId: string): boolean => isMissing(networkId, { engine, networks });
  const referred = { name, lostId: isThere ? undefined : id, presentId: present?.id, isGone };
  const found = containers.flatMap((container): Reattachment[] => {
    const wanted = referring(referred, container, renumber) ?? detachedFrom(referred, container, attachments);
    if (wanted === undefined) return [];
    const { id: containerId, name: containerName, state } = container;
    const endpoint = renumber ? { ...wanted.endpoint, ipv4: '', ipv6: '' } : wanted.endpoint;
    return [{ containerId, containerName, state, reason: wanted.reason, endpoint }];
  });
  return found.sort((a, b) => Number(hasStatic(b.endpoint)) - Number(hasStatic(a.endpoint)));
}

/** Docker's ids of what only one host has, which is always listed there, and of what a swarm has. */
const LOCAL_ID = /^[0-9a-f]{64}$/;
const SWARM_ID = /^[0-9a-z]{25}$/;

/**
 * Of the networks of a swarm, a worker lists only some (seen on 20.10.24). Engines take a stale id for a network that is
 * called like it (see `requireNetwork`).
 */
function isMissing(reference: string, { engine, networks }: Pick<Scene, 'engine' | 'networks'>): boolean {
  const isListed = LOCAL_ID.test(reference) || (engine.swarm.manager && SWARM_ID.test(reference));
  return isListed && !networks.some(({ id, name }) => id === reference || name === reference);
}

export const hasStatic = ({ ipv4, ipv6 }: EndpointSpec): boolean => ipv4 !== '' || ipv6 !== '';

type Wanted = Pick<Reattachment, 'reason' | 'endpoint'>;

function referring(
  { name, lostId, isGone }: Referred,
  container: ContainerDetails,
  renumber: boolean,
): Wanted | undefined {
  const isLost = ({ networkId, networkName, configured }: ConfiguredAttachment): boolean =>
    (networkId !== '' && networkId === lostId) ||
    // A later one of this name: it has lost that too.
    (networkName === name && isGone(networkId) && !isActive(container.state)) ||
    // Renumbered, it could not start with the address that it asks for.
    (renumber && networkId === '' && networkName === name && hasStatic(configured));
  const attachment = container.attachments.find(isLost);
  return attachment && { reason: 'refers', endpoint: attachment.configured };
}

function detachedFrom(
  { name, presentId }: Referred,
  container: ContainerDetails,
  attachments: readonly Detached[],
): Wanted | undefined {
  const isBack = container.attachments.some(({ networkId, networkName }) =>
    networkId === '' ? networkName === name : networkId === presentId,
  );
  if (isBack) return undefined;
  const detached = attachments.find(({ containerId }) => containerId === container.id);
  return detached && { reason: 'detached', endpoint: detached.endpoint };
}
