import type { NetworkAttributes } from '@fairlead/domain';
import type { Attachment, ContainerDetails, ContainerFacts } from '../port.js';
import type { SimulatedAttachment, SimulatedContainerState } from './world.js';

/** Copies, because what an engine has answered does not change any more. */
export const toNetwork = (network: NetworkAttributes): NetworkAttributes => structuredClone(network);

/** As in the engine's list, which leaves aliases out. */
export function toFacts(container: SimulatedContainerState): ContainerFacts {
  const { attachments, pid: _pid, mac: _mac, ...facts } = container;
  return { ...facts, attachments: [...attachments].map(([name, at]) => toAttachment(name, at, [])) };
}

export function toDetails(container: SimulatedContainerState): ContainerDetails {
  const attachments = [...container.attachments].map(([name, at]) => ({
    ...toAttachment(name, at, at.asked.aliases),
    configured: structuredClone({ ...at.asked, mac: macOf(container, name, at) }),
  }));
  return { ...toFacts(container), pid: container.pid, attachments };
}

/** Told of the network that the container was made for, else only until it starts there. */
function macOf({ networkMode, mac }: SimulatedContainerState, name: string, at: SimulatedAttachment): string {
  return (name === networkMode && mac) || (at.endpointId === '' ? at.mac : '');
}

function toAttachment(networkName: string, at: SimulatedAttachment, aliases: readonly string[]): Attachment {
  const { networkId, endpointId, ipv4, ipv6, mac } = at;
  return { networkName, networkId, endpointId, ipv4, ipv6, mac, aliases: [...aliases] };
}
