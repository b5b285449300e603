import type { ContainerState, EndpointSpec, NetworkAttributes } from '@fairlead/domain';
import { refusal, type EngineCall } from '../docker/errors.js';
import type { EngineEvent } from '../port.js';

/** A container's attachment. `networkId` is empty until it first starts there, as on Docker. */
export interface SimulatedAttachment {
  networkId: string;
  endpointId: string;
  ipv4: string;
  ipv6: string;
  mac: string;
  /** What was asked for. */
  readonly asked: EndpointSpec;
  /** The MAC address that it gets; empty: one made of its address. Docker gives none that `connect` asks for. */
  readonly fixedMac: string;
}

export interface SimulatedContainerState {
  readonly id: string;
  readonly name: string;
  state: ContainerState;
  pid: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly networkMode: string;
  /** Asked for on the network of `networkMode`; empty: none. */
  readonly mac: string;
  /** By the name of the network, as Docker keeps them. */
  readonly attachments: Map<string, SimulatedAttachment>;
}

/** All that a simulated engine is. Whoever changes it reports the event. */
export interface World {
  readonly networks: Map<string, NetworkAttributes>;
  /** Ids of networks whose IPv4 subnet the engine chose; those give no fixed addresses. */
  readonly automatic: Set<string>;
  readonly containers: Map<string, SimulatedContainerState>;
  readonly newId: () => string;
  readonly newPid: () => number;
  readonly now: () => number;
  readonly emit: (event: EngineEvent) => void;
}

/** Whether the container has live endpoints. */
export const holdsAddresses = ({ state }: SimulatedContainerState): boolean =>
  state === 'running' || state === 'paused';

/** A refusal in the words of Docker 28.5, named as the adapter for the real engine names it. */
export function refuse(call: EngineCall, subject: string, status: number, words: string): never {
  throw refusal(call, subject, status, words);
}

/** As Docker resolves: full id, then name, then unique id prefix of any length. */
export function findNetwork(world: World, call: EngineCall, reference: string): NetworkAttributes {
  const byId = world.networks.get(reference);
  if (byId) return byId;
  const all = [...world.networks.values()];
  const byName = all.find(({ name }) => name === reference);
  if (byName) return byName;
  const byPrefix = reference === '' ? [] : all.filter(({ id }) => id.startsWith(reference));
  if (byPrefix.length > 1) {
    const words = `${byPrefix.length} matches found based on ID prefix: network ${reference} is ambiguous`;
    return refuse(call, reference, 400, words);
  }
  return byPrefix[0] ?? refuse(call, reference, 404, `network ${reference} not found`);
}

/** As Docker resolves: full id, then name with or without its slash, then unique id prefix. */
export function findContainer(world: World, call: EngineCall, reference: string): SimulatedContainerState {
  const found = lookUpContainer(world, reference);
  if (found.length > 1) {
    return refuse(call, reference, 400, `Multiple IDs found with provided prefix: ${reference}`);
  }
  return found[0] ?? refuse(call, reference, 404, `No such container: ${reference}`);
}

function lookUpContainer(world: World, reference: string): SimulatedContainerState[] {
  const all = [...world.containers.values()];
  const name = reference.replace(/^\//, '');
  const exact = world.containers.get(reference) ?? all.find((container) => container.name === name);
  if (exact) return [exact];
  return reference === '' ? [] : all.filter(({ id }) => id.startsWith(reference));
}

/** Running containers on a network, by its id. */
export function activeOn(world: World, networkId: string): SimulatedContainerState[] {
  return [...world.containers.values()].filter(
    (container) =>
      holdsAddresses(container) && [...container.attachments.values()].some((at) => at.networkId === networkId),
  );
}
