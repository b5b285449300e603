import { describe, expect, it } from '@jest/globals';
import { aNetwork } from '@fairlead/domain/testing';
import type { Attachment, ContainerFacts } from '../port.js';
import { joinInventory } from './join.js';

const at = (networkName: string, overrides: Partial<Attachment> = {}): Attachment => ({
  networkName,
  networkId: '',
  endpointId: '',
  ipv4: '',
  ipv6: '',
  mac: '',
  aliases: [],
  ...overrides,
});

const container = (
  name: string,
  attachments: Attachment[],
  overrides: Partial<ContainerFacts> = {},
): ContainerFacts => ({
  id: `id-${name}`,
  name,
  state: 'running',
  labels: {},
  networkMode: 'default',
  attachments,
  ...overrides,
});

const users = (networks: ReturnType<typeof joinInventory>): Record<string, string[]> =>
  Object.fromEntries(networks.map(({ id, endpoints }) => [id, endpoints.map(({ containerName }) => containerName)]));

describe('joinInventory', () => {
  it('puts a running container on its network with its addresses and its compose service', () => {
    const attachment = at('shop', {
      networkId: 'aa',
      endpointId: 'e1',
      ipv4: '172.18.0.2',
      mac: '02:42',
      aliases: ['db'],
    });
    const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'db', other: 'x' };
    const [network] = joinInventory(
      [aNetwork({ id: 'aa', name: 'shop' })],
      [container('one', [attachment], { labels })],
    );
    expect(network?.endpoints).toEqual([
      {
        containerId: 'id-one',
        containerName: 'one',
        state: 'running',
        endpointId: 'e1',
        ipv4: '172.18.0.2',
        ipv6: '',
        mac: '02:42',
        aliases: ['db'],
        project: 'shop',
        service: 'db',
      },
    ]);
  });

  it('counts a stopped container as a user of the network whose id it carries', () => {
    const stopped = container('one', [at('old-name', { networkId: 'aa' })], { state: 'exited' });
    const [network] = joinInventory([aNetwork({ id: 'aa', name: 'shop' })], [stopped]);
    expect(network?.endpoints).toMatchObject([{ containerName: 'one', state: 'exited', endpointId: '', ipv4: '' }]);
  });

  it('finds the network of a container that was never started by its name', () => {
    const created = container('one', [at('shop')], { state: 'created' });
    expect(users(joinInventory([aNetwork({ id: 'aa', name: 'shop' })], [created]))).toEqual({ aa: ['one'] });
  });

  it('does not put a container on a new network of the same name: it refers to the old id', () => {
    const stopped = container('one', [at('shop', { networkId: 'old' })], { state: 'exited' });
    expect(users(joinInventory([aNetwork({ id: 'new', name: 'shop' })], [stopped]))).toEqual({ new: [] });
  });

  it('keeps stopped containers on the default bridge, which has a new id after each start of the engine', () => {
    const stopped = container('one', [at('bridge', { networkId: 'old' })], { state: 'exited' });
    const bridge = aNetwork({ id: 'new', name: 'bridge' });
    expect(users(joinInventory([bridge], [stopped]))).toEqual({ new: ['one'] });
  });

  it('counts a never-started container on every network of its name, so that none passes for unused', () => {
    const twins = [aNetwork({ id: 'aa', name: 'shop' }), aNetwork({ id: 'bb', name: 'shop' })];
    const created = container('one', [at('shop')], { state: 'created' });
    const running = container('two', [at('shop', { networkId: 'bb' })]);
    expect(users(joinInventory(twins, [created, running]))).toEqual({ aa: ['one'], bb: ['one', 'two'] });
  });

  it('takes the beginning of an id for the network where no network has that name, and only if it is the only one', () => {
    const networks = [aNetwork({ id: 'abc1', name: 'x' }), aNetwork({ id: 'abd2', name: 'y' })];
    const containers = [container('one', [at('abc')]), container('two', [at('ab')]), container('none', [at('')])];
    expect(users(joinInventory(networks, containers))).toEqual({ abc1: ['one'], abd2: [] });
  });

  it('prefers a name to the id of another network that begins like it', () => {
    const networks = [aNetwork({ id: 'abc1', name: 'x' }), aNetwork({ id: 'ffff', name: 'abc' })];
    expect(users(joinInventory(networks, [container('one', [at('abc')])]))).toEqual({ abc1: [], ffff: ['one'] });
  });

  it('sorts endpoints by container name, then id, whatever order the engine lists them in', () => {
    const here = [at('shop', { networkId: 'aa' })];
    const listed = [
      container('b', here),
      container('B', here),
      container('a', here, { id: '2' }),
      container('a', here),
    ];
    const [network] = joinInventory([aNetwork({ id: 'aa', name: 'shop' })], listed);
    expect(network?.endpoints.map(({ containerName, containerId }) => containerName + containerId)).toEqual([
      'Bid-B',
      'a2',
      'aid-a',
      'bid-b',
    ]);
  });
});
