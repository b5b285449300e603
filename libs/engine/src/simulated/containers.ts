import type { ContainerState, EndpointSpec } from '@fairlead/domain';
import { attach, detach, pendingAttachment } from './attachments.js';
import {
  findContainer,
  findNetwork,
  holdsAddresses,
  refuse,
  type SimulatedAttachment,
  type SimulatedContainerState,
  type World,
} from './world.js';

/** A container for tests and demos; what is left out is as `docker run -d NAME` would have it. */
export interface SimulatedContainer {
  readonly name: string;
  /**
   * Names of networks, or networks with what `docker network connect` takes. The default bridge unless said;
   * `['host']` and `['none']` for containers without a network of their own.
   */
  readonly networks?: readonly (string | ({ readonly network: string } & Partial<EndpointSpec>))[];
  /** `running` unless said. `created` has never been started; `exited` was started once and then stopped. */
  readonly state?: ContainerState;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Returns the new container's id. */
export function addContainer(world: World, spec: SimulatedContainer): string {
  if ([...world.containers.values()].some(({ name }) => name === spec.name)) {
    const words = `Conflict. The container name "/${spec.name}" is already in use`;
    refuse('exec', spec.name, 409, words);
  }
  const container = newContainer(world, spec);
  world.containers.set(container.id, container);
  world.emit({ type: 'container', action: 'create', id: container.id });
  bringTo(world, container, spec.state ?? 'running');
  return container.id;
}

function newContainer(world: World, { name, networks = ['bridge'], labels = {} }: SimulatedContainer) {
  const wanted = networks.map((entry) => (typeof entry === 'string' ? { network: entry } : entry));
  const first = wanted[0]?.network ?? 'bridge';
  const attachments = wanted.map(
    ({ network, ...endpoint }) => [network, pendingAttachment(endpoint, endpoint.mac)] as const,
  );
  return {
    id: world.newId(),
    name,
    state: 'created' as ContainerState,
    pid: 0,
    labels,
    networkMode: first === 'bridge' ? 'default' : first,
    mac: wanted[0]?.mac ?? '',
    attachments: new Map<string, SimulatedAttachment>(attachments),
  };
}

function bringTo(world: World, container: SimulatedContainerState, state: ContainerState): void {
  if (state === 'created') return;
  startContainer(world, container.id);
  if (state === 'exited') stopContainer(world, container.id);
  else if (!['running', 'paused'].includes(state)) release(world, container);
  container.state = state;
}

/** Attaches it everywhere it belongs, then starts it. Nothing is changed where a network is missing. */
export function startContainer(world: World, reference: string): void {
  const container = findContainer(world, 'container.inspect', reference);
  if (holdsAddresses(container)) return;
  const places = [...container.attachments].map(([name, attachment]) => {
    // The default networks are found by name, all others by the id that they had at the last start.
    const byName = attachment.networkId === '' || ['bridge', 'host', 'none'].includes(name);
    return { attachment, network: findNetwork(world, 'network.connect', byName ? name : attachment.networkId) };
  });
  for (const { attachment, network } of places) {
    attach(world, container, network, attachment);
    world.emit({ type: 'network', action: 'connect', id: network.id });
  }
  Object.assign(container, { state: 'running', pid: world.newPid() });
  world.emit({ type: 'container', action: 'start', id: container.id });
}

/** As Docker 26 and 28 report it: kill, the networks, die, stop. */
export function stopContainer(world: World, reference: string): void {
  const container = findContainer(world, 'container.inspect', reference);
  if (!holdsAddresses(container)) return;
  world.emit({ type: 'container', action: 'kill', id: container.id });
  release(world, container);
  Object.assign(container, { state: 'exited', pid: 0 });
  world.emit({ type: 'container', action: 'die', id: container.id });
  world.emit({ type: 'container', action: 'stop', id: container.id });
}

/** Removes it, running or not, as `docker rm -f`. */
export function removeContainer(world: World, reference: string): void {
  const container = findContainer(world, 'container.inspect', reference);
  stopContainer(world, container.id);
  world.containers.delete(container.id);
  world.emit({ type: 'container', action: 'destroy', id: container.id });
}

export function renameContainer(world: World, reference: string, name: string): void {
  const container = findContainer(world, 'container.inspect', reference);
  world.containers.set(container.id, { ...container, name });
  world.emit({ type: 'container', action: 'rename', id: container.id });
}

function release(world: World, container: SimulatedContainerState): void {
  for (const attachment of container.attachments.values()) {
    detach(attachment);
    world.emit({ type: 'network', action: 'disconnect', id: attachment.networkId });
  }
  container.pid = 0;
}
