import { setTimeout as delay } from 'node:timers/promises';
import type { EngineFacts, FairleadError, NetworkSpec } from '@fairlead/domain';
import type { EnginePort } from '../port.js';
import { connect, disconnect } from './attachments.js';
import {
  addContainer,
  removeContainer,
  renameContainer,
  type SimulatedContainer,
  startContainer,
  stopContainer,
} from './containers.js';
import { EventBus } from './event-bus.js';
import { type EngineMethod, Faults } from './faults.js';
import { blank, createDefaultBridge, createNetwork, createPredefined, removeNetwork } from './networks.js';
import { idMaker, seededRandom } from './random.js';
import { runTool } from './tools.js';
import { toDetails, toFacts, toNetwork } from './views.js';
import { findContainer, findNetwork, holdsAddresses, type World } from './world.js';

export interface SimulatedEngineOptions {
  /** Ids are the same for the same seed and the same calls. */
  readonly seed?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * An engine that exists in memory only: the networks, containers, words and events of Docker 28.5, for demos and
 * tests. It never passes for a real one: `describe` says `simulated`.
 *
 * What is beyond the port stands for what happens on a host without Fairlead, and for faults.
 */
export interface SimulatedEngine extends EnginePort {
  /** `docker network create`, at once. Returns the id. */
  addNetwork(spec: Partial<NetworkSpec> & Pick<NetworkSpec, 'name'>): string;
  /** `docker run` or `docker create`. Returns the id. */
  addContainer(spec: SimulatedContainer): string;
  startContainer(reference: string): void;
  stopContainer(reference: string): void;
  /** Also where it runs. */
  removeContainer(reference: string): void;
  renameContainer(reference: string, name: string): void;
  /** Ends the event streams, stops the containers, gives the default bridge a new id. */
  restart(): void;
  /** While down, nothing answers; going down ends the event streams and leaves the containers running. */
  setDown(down: boolean): void;
  /** The next call of this method fails; several wait in line. */
  failNext(method: EngineMethod, error: FairleadError): void;
  /** Each call of this method waits first; 0 takes it back. */
  delay(method: EngineMethod, ms: number): void;
  /** The next events are lost without a word. */
  dropEvents(count: number): void;
  /** How often a DELETE was sent for this reference, whatever came of it. */
  deletesOf(networkId: string): number;
}

const FACTS: EngineFacts = {
  kind: 'simulated',
  version: '28.5.2',
  apiVersion: '1.51',
  simulated: true,
  swarm: { nodeId: '', clusterId: '', manager: false },
};

export function createSimulatedEngine(options: SimulatedEngineOptions = {}): SimulatedEngine {
  const bus = new EventBus();
  const faults = new Faults(options.sleep ?? ((ms) => delay(ms)));
  const deletes = new Map<string, number>();
  const world = createWorld(options, bus);
  return {
    ...createPort(world, bus, faults, deletes),
    ...createHost(world, bus),
    setDown: (down) => {
      faults.down = down;
      if (down) bus.breakAll();
    },
    failNext: (method, error) => faults.failNext(method, error),
    delay: (method, ms) => faults.delay(method, ms),
    dropEvents: (count) => bus.drop(count),
    deletesOf: (networkId) => deletes.get(networkId) ?? 0,
  };
}

function createWorld({ seed = 1, now = Date.now }: SimulatedEngineOptions, bus: EventBus): World {
  const random = seededRandom(seed);
  let pid = 1000;
  const world: World = {
    networks: new Map(),
    automatic: new Set(),
    containers: new Map(),
    newId: idMaker(random),
    newPid: () => (pid += 7),
    now,
    emit: (event) => bus.emit(event),
  };
  createPredefined(world);
  return world;
}

function createPort(world: World, bus: EventBus, faults: Faults, deletes: Map<string, number>): EnginePort {
  return {
    describe: () => faults.apply('describe', () => FACTS),
    ping: () => faults.apply('ping', () => undefined),
    listNetworks: () => faults.apply('listNetworks', () => [...world.networks.values()].map(toNetwork)),
    inspectNetwork: (reference) =>
      faults.apply('inspectNetwork', () => toNetwork(findNetwork(world, 'network.inspect', reference))),
    listContainers: () => faults.apply('listContainers', () => [...world.containers.values()].map(toFacts)),
    inspectContainer: (reference) =>
      faults.apply('inspectContainer', () => toDetails(findContainer(world, 'container.inspect', reference))),
    createNetwork: (spec) => faults.apply('createNetwork', () => createNetwork(world, structuredClone(spec))),
    connect: (networkId, container, endpoint) =>
      faults.apply('connect', () => connect(world, networkId, container, endpoint)),
    disconnect: (networkId, container, force) =>
      faults.apply('disconnect', () => disconnect(world, networkId, container, force)),
    removeNetwork: (networkId) =>
      faults.apply('removeNetwork', () => {
        deletes.set(networkId, (deletes.get(networkId) ?? 0) + 1);
        removeNetwork(world, networkId);
      }),
    followEvents: (handlers, signal) => faults.apply('followEvents', () => bus.follow(handlers, signal)),
    execute: (containerId, argv) =>
      faults.apply('execute', () => runTool(world, findContainer(world, 'exec', containerId), argv)),
    close: () => bus.breakAll(),
  };
}

type HostActions = Pick<
  SimulatedEngine,
  'addNetwork' | 'addContainer' | 'startContainer' | 'stopContainer' | 'removeContainer' | 'renameContainer' | 'restart'
>;

function createHost(world: World, bus: EventBus): HostActions {
  return {
    addNetwork: (spec) => createNetwork(world, { ...blank(spec.name), ...spec }).id,
    addContainer: (spec) => addContainer(world, spec),
    startContainer: (reference) => startContainer(world, reference),
    stopContainer: (reference) => stopContainer(world, reference),
    removeContainer: (reference) => removeContainer(world, reference),
    renameContainer: (reference, name) => renameContainer(world, reference, name),
    restart: () => restart(world, bus),
  };
}

function restart(world: World, bus: EventBus): void {
  bus.breakAll();
  for (const container of world.containers.values()) {
    if (holdsAddresses(container)) stopContainer(world, container.id);
  }
  world.networks.delete(findNetwork(world, 'network.inspect', 'bridge').id);
  createDefaultBridge(world);
}
