import { describe, expect, it } from '@jest/globals';
import { type EngineFacts, LABELS_LEFT_OUT, type Network } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import type { ContainerDetails } from '@fairlead/engine';
import { ENTRIES_LEFT_OUT } from '../inventory/limits.js';
import { planRestore } from './plan.js';
import type { Scene } from './subject.js';

const ENGINE: EngineFacts = {
  ...{ kind: 'docker', version: '28.5.2', apiVersion: '1.51', simulated: false },
  swarm: { nodeId: '', clusterId: '', manager: false },
};
const aScene = (more: Partial<Scene> = {}): Scene => ({
  ...{ engine: ENGINE, networks: [], containers: [], containerIds: new Set() },
  ...more,
});
const planFor = (network: Network, scene: Partial<Scene> = {}, renumber = false) =>
  planRestore({ network, attachments: [] }, aScene(scene), { renumber });
const subnet = (cidr: string) => ({ cidr, ipRange: null, gateway: null, auxAddresses: {} });

describe('what would be made', () => {
  it('asks for the recorded ranges, unless they are taken and others are wished', () => {
    const network = aNetwork({ subnets: [subnet('10.1.0.0/16')] });
    const rival = aNetwork({ name: 'rival', subnets: [subnet('10.1.2.0/24')] });
    const asked = [{}, { networks: [rival] }, { rangesRefused: true }].map((scene) =>
      [false, true].map((renumber) => planFor(network, scene, renumber).spec.subnets.length),
    );
    expect(asked).toEqual([
      [1, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(planFor(network, {}, true)).toEqual(planFor(network));
  });

  it('is what is there already with other ranges only where nothing is there with its own', () => {
    const network = aNetwork({ subnets: [subnet('10.1.0.0/16')] });
    const [same, moved] = [
      { ...network, id: 'same' },
      { ...network, id: 'moved', subnets: [subnet('10.2.0.0/16')] },
    ];
    expect(planFor(network, { networks: [moved, same] }, true).present?.id).toBe('same');
    expect(planFor(network, { networks: [moved] }, true).present?.id).toBe('moved');
    expect(planFor(network, { networks: [moved] }).present).toBeUndefined();
  });

  it('leaves to the engine what an older one does not know', () => {
    expect(planFor(aNetwork()).spec).toMatchObject({ ipv4: undefined, scope: '', ipamDriver: '' });
    expect(planFor(aNetwork({ ipv4: false, scope: 'swarm', ipamDriver: 'mine' })).spec).toMatchObject({
      ...{ ipv4: false, scope: 'swarm', ipamDriver: 'mine' },
    });
  });

  it("names Podman's address manager as Podman takes it", () => {
    const network = aNetwork({ ipamOptions: { driver: 'host-local' } });
    expect(planFor(network).spec).toMatchObject({ ipamDriver: 'host-local', ipamOptions: {} });
    expect(planFor(aNetwork({ ipamOptions: { foo: 'bar' } })).spec.ipamOptions).toEqual({ foo: 'bar' });
  });

  it('asks for no overlay ids: the swarm chooses them', () => {
    const options = { 'com.docker.network.driver.overlay.vxlanid_list': '4097', encrypted: '' };
    const network = aNetwork({ driver: 'overlay', scope: 'swarm', options });
    const { spec, losses } = planFor(network);
    expect(spec.options).toEqual({ encrypted: '' });
    expect(losses).toContainEqual(expect.stringContaining('keys'));
    expect(planFor(network, { networks: [{ ...network, id: 'new', options: spec.options }] }).present?.id).toBe('new');
  });

  it('has no labels or options that are only words on what was left out', () => {
    const network = aNetwork({
      ...{ labels: { a: 'b', [LABELS_LEFT_OUT]: '7' }, options: { [ENTRIES_LEFT_OUT]: '3' } },
      subnets: [{ ...subnet('172.18.0.0/16'), auxAddresses: { [ENTRIES_LEFT_OUT]: '1' } }],
    });
    const plan = planRestore({ network, attachments: [], source: 'controller' }, aScene(), { renumber: false });
    expect(plan.spec).toMatchObject({ labels: { a: 'b' }, options: {}, subnets: [{ auxAddresses: {} }] });
    expect(plan.losses).toContain('Some of its options or reserved addresses are not known.');
    expect(plan.losses).toContainEqual(expect.stringMatching(/^7 of its labels/));
  });
});

describe('what stands in the way', () => {
  const holders = (network: Network, ...networks: Network[]) =>
    planFor(network, { networks }).conflicts.map(({ kind, what, holder }) => [kind, what, holder]);
  const lost = aNetwork({ subnets: [subnet('10.1.0.0/16'), subnet('fd00::/64')] });

  it('are ranges of any family that overlap, each with who has it', () => {
    const inside = aNetwork({ name: 'inside', subnets: [subnet('10.1.2.0/24')] });
    const around = aNetwork({ name: 'around', subnets: [subnet('fd00::/32'), subnet('10.2.0.0/16')] });
    expect(holders(lost, inside, around, aNetwork({ name: 'apart' }))).toEqual([
      ['range', '10.1.0.0/16', 'inside'],
      ['range', 'fd00::/64', 'around'],
    ]);
  });

  it.each([
    ['a configuration, which holds no addresses', { configOnly: true }],
    ['a network of the swarm, which has ranges of its own', { scope: 'swarm' }],
    ['another address manager', { ipamDriver: 'mine' }],
    ['words of a driver that are no range', { subnets: [subnet('none')] }],
  ] as const)('is not %s', (_, more) => {
    expect(holders(lost, aNetwork({ name: 'other', subnets: lost.subnets, ...more }))).toEqual([]);
  });

  it('is the name, once for each network that has it', () => {
    const twins = [aNetwork({ id: 'a' }), aNetwork({ id: 'b', internal: true })];
    expect(planFor(lost, { networks: twins }).conflicts).toMatchObject([
      { kind: 'name', holderId: 'a', renumberingHelps: true },
      { kind: 'name', holderId: 'b', renumberingHelps: false },
    ]);
  });
});

describe('a MAC address', () => {
  const mac = '02:42:ac:12:00:63';
  const container = {
    ...{ id: 'c1', name: 'one', state: 'exited' },
    attachments: [
      { networkId: aNetwork().id, networkName: 'my-net', configured: { ipv4: '172.18.0.9', ipv6: '', mac } },
    ],
  } as unknown as ContainerDetails;
  const lossesOn = (engine: Partial<EngineFacts>) =>
    planFor(aNetwork(), { engine: { ...ENGINE, ...engine }, containers: [container] }).losses.join(' ');

  it.each([
    ['is told to be lost on Docker since API 1.44', { apiVersion: '1.44' }, true],
    ['is kept by the container before', { apiVersion: '1.43' }, false],
    ['is given by Podman', { kind: 'podman', apiVersion: '1.44' }, false],
  ] as const)('%s', (_, engine, isLost) => {
    expect(lossesOn(engine).includes(mac)).toBe(isLost);
  });
});
