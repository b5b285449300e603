import { expect, it } from '@jest/globals';
import type { ContainerState, EngineFacts, Network } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import type { ContainerDetails } from '@fairlead/engine';
import { planRestore } from './plan.js';

const engine = (manager: boolean): EngineFacts => ({
  ...{ kind: 'docker', version: '28.5.2', apiVersion: '1.51', simulated: false },
  swarm: { nodeId: 'n', clusterId: 'c', manager },
});
const OF_SWARM = 'kx9f2v0q8m1zt7w4r6yb3n5cd';
const LATER = 'b'.repeat(64);
const network = aNetwork({ id: 'a'.repeat(64) });
/** The recorded network, made again. */
const present = { ...network, id: 'c'.repeat(64) };

/** A container that refers to a network called like the recorded one. */
const referringTo = (networkId: string, state: ContainerState = 'exited') =>
  ({
    ...{ id: 'c1', name: 'one', state },
    attachments: [{ networkId, networkName: network.name, configured: { ipv4: '', ipv6: '', mac: '' } }],
  }) as unknown as ContainerDetails;
const attachedOf = (container: ContainerDetails, networks: readonly Network[], manager = false) =>
  planRestore(
    { network, attachments: [] },
    { engine: engine(manager), networks, containers: [container], containerIds: new Set([container.id]) },
    { renumber: false },
  ).attachments.map(({ containerName }) => containerName);

it.each<[string, Network[]]>([
  ['while nothing has its name', []],
  ['where it is there again', [present]],
  ['beside networks of other names', [aNetwork({ id: 'd', name: 'other' })]],
])('attaches a stopped container whose later network of that name is gone too, %s', (_, networks) => {
  expect(attachedOf(referringTo(LATER), networks)).toEqual(['one']);
});

it('attaches one that refers to a network of the swarm where that is known to be gone: on a manager', () => {
  expect([true, false].map((manager) => attachedOf(referringTo(OF_SWARM), [], manager))).toEqual([['one'], []]);
});

const STATES = ['running', 'paused', 'restarting', 'unknown'] as const;

it.each<[string, ContainerDetails, Network[]]>([
  ['refers to another network of that name, which is there', referringTo(LATER), [aNetwork({ id: LATER })]],
  ['refers to one beside this one', referringTo(LATER), [present, aNetwork({ id: LATER, internal: true })]],
  ['is on the network', referringTo(present.id), [present]],
  ['refers to a network that is called like an id', referringTo(LATER), [aNetwork({ id: 'd', name: LATER })]],
  ['refers to it by its name', referringTo(network.name), []],
  ['was never started there', referringTo(''), []],
  ...STATES.map((state): [string, ContainerDetails, Network[]] => [`is ${state}`, referringTo(LATER, state), []]),
])('leaves a container alone that %s', (_, container, networks) => {
  for (const manager of [true, false]) expect(attachedOf(container, networks, manager)).toEqual([]);
});
