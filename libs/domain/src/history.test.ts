import { describe, expect, it } from '@jest/globals';
import { changesBetween, type NetworkChange } from './history.js';
import { canonicalNetwork, type Endpoint, type Network, type Subnet } from './network.js';
import { anEndpoint, aNetwork } from './testing.js';

const subnet: Subnet = {
  cidr: '10.1.0.0/16',
  ipRange: null,
  gateway: '10.1.0.1',
  auxAddresses: { a: '10.1.0.2', b: '10.1.0.3' },
};
const other: Subnet = { cidr: '10.2.0.0/16', ipRange: null, gateway: null, auxAddresses: {} };
const [db, web] = [
  anEndpoint('db', { containerId: 'a'.repeat(64) }),
  anEndpoint('web', { containerId: 'b'.repeat(64), aliases: ['x', 'y'] }),
];
const shop = aNetwork({ name: 'shop', labels: { one: '1', two: '2' }, subnets: [subnet, other], endpoints: [web, db] });

const brief = (changes: readonly NetworkChange[]) =>
  changes.map(({ kind, containerName }) => (containerName === '' ? kind : `${kind} ${containerName}`));

describe('the history of a network', () => {
  it('begins with it and those that are on it', () => {
    const changes = changesBetween(undefined, shop);
    expect(brief(changes)).toEqual(['network.created', 'endpoint.connected db', 'endpoint.connected web']);
    expect(changes[1]).toEqual({
      kind: 'endpoint.connected',
      networkId: shop.id,
      networkName: 'shop',
      containerId: db.containerId,
      containerName: 'db',
      detail: {},
    });
  });

  it('ends with those that were on it, and then with itself', () => {
    expect(brief(changesBetween(shop, undefined))).toEqual([
      'endpoint.disconnected db',
      'endpoint.disconnected web',
      'network.removed',
    ]);
  });

  it('is empty where nothing was and nothing is', () => {
    expect(changesBetween(undefined, undefined)).toEqual([]);
  });

  it.each<[string, Partial<Network>]>([
    ['labels', { labels: { two: '2', one: '1' } }],
    [
      'subnets and their addresses',
      { subnets: [other, { ...subnet, auxAddresses: { b: '10.1.0.3', a: '10.1.0.2' } }] },
    ],
    ['endpoints and aliases', { endpoints: [db, { ...web, aliases: ['y', 'x', 'y'] }] }],
    ["the engine's ids of endpoints", { endpoints: [web, { ...db, endpointId: '' }] }],
  ])('does not tell of other orders, nor of what means nothing: %s', (_, turned) => {
    expect(changesBetween(shop, { ...shop, ...turned })).toEqual([]);
  });

  it.each<[string, Partial<Network>, NetworkChange['detail']]>([
    ['a label changes', { labels: { one: '1', two: '3' } }, { 'labels.two': ['2', '3'] }],
    ['labels come and go', { labels: { two: '2', new: '' } }, { 'labels.new': [null, ''], 'labels.one': ['1', null] }],
    ['an option comes', { options: { mtu: '9000' } }, { 'options.mtu': [null, '9000'] }],
    ['an IPAM option comes', { ipamOptions: { a: 'b' } }, { ipamOptions: [{}, { a: 'b' }] }],
    ['a subnet goes', { subnets: [other] }, { subnets: [[subnet, other], [other]] }],
    [
      'several attributes change',
      { internal: true, driver: 'macvlan' },
      { driver: ['bridge', 'macvlan'], internal: [false, true] },
    ],
  ])('has one change for the network when %s', (_, changed, detail) => {
    const changes = changesBetween(shop, { ...shop, ...changed });
    expect(changes).toMatchObject([{ kind: 'network.changed', containerId: '', containerName: '' }]);
    expect(changes[0]!.detail).toEqual(detail);
  });

  it.each<[string, Partial<Endpoint>, NetworkChange['detail']]>([
    [
      'stops',
      { state: 'exited', endpointId: '', ipv4: '', mac: '' },
      { ipv4: ['172.18.0.2', ''], mac: ['02:42:ac:12:00:02', ''], state: ['running', 'exited'] },
    ],
    [
      'has another alias',
      { aliases: ['y', 'z'] },
      {
        aliases: [
          ['x', 'y'],
          ['y', 'z'],
        ],
      },
    ],
    ['has another name', { containerName: 'new' }, { containerName: ['web', 'new'] }],
  ])('has one change for a container that %s', (_, changed, detail) => {
    const changes = changesBetween(shop, { ...shop, endpoints: [{ ...web, ...changed }, db] });
    expect(changes).toMatchObject([{ kind: 'endpoint.changed', containerId: web.containerId }]);
    expect(changes[0]!.detail).toEqual(detail);
  });

  it('tells a container that took the name of another one as another one', () => {
    const again = { ...db, containerId: 'c'.repeat(64) };
    expect(brief(changesBetween(shop, { ...shop, endpoints: [web, again] }))).toEqual([
      'endpoint.disconnected db',
      'endpoint.connected db',
    ]);
  });
});

/** Numbers from 0 (included) to 1 (excluded) that repeat themselves (Lehmer's generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('the changes between any two records', () => {
  const random = numbers(20_261_124);
  const oneOf = <T>(...items: T[]): T => items[Math.floor(random() * items.length)]!;
  const some = <T>(...items: T[]): T[] => items.filter(() => random() < 0.5).sort(() => random() - 0.5);
  const anyEndpoint = (id: string): Endpoint =>
    anEndpoint('', {
      containerId: id,
      containerName: oneOf('one', 'two'),
      state: oneOf('running', 'exited'),
      aliases: some('x', 'y', 'z'),
      endpointId: 'e',
    });
  const anyNetwork = (): Network =>
    aNetwork({
      internal: oneOf(true, false),
      labels: Object.fromEntries(some('a', 'b').map((key) => [key, oneOf('1', '2')])),
      options: Object.fromEntries(some('a', 'b').map((key) => [key, oneOf('1', '2')])),
      subnets: some(subnet, other),
      endpoints: some('c1', 'c2', 'c3').map(anyEndpoint),
    });

  /** Does to a record what the changes say. */
  function replay(network: Network, changes: readonly NetworkChange[], source: Network): Network {
    const result = { ...network, labels: { ...network.labels }, options: { ...network.options } };
    for (const { kind, containerId, detail } of changes) {
      const whole = source.endpoints.find((endpoint) => endpoint.containerId === containerId);
      const rest = result.endpoints.filter((endpoint) => endpoint.containerId !== containerId);
      const present = result.endpoints.find((endpoint) => endpoint.containerId === containerId);
      const values = Object.fromEntries(Object.entries(detail).map(([field, [, is]]) => [field, is]));
      if (kind === 'endpoint.disconnected') result.endpoints = rest;
      if (kind === 'endpoint.connected') result.endpoints = [...rest, whole!];
      if (kind === 'endpoint.changed') result.endpoints = [...rest, { ...present!, ...values }];
      if (kind !== 'network.changed') continue;
      for (const [field, value] of Object.entries(values)) {
        const [, part, key] = /^(labels|options)\.(.*)$/.exec(field) ?? [];
        const record = (part === undefined ? result : result[part as 'labels']) as Record<string, unknown>;
        if (value === null) delete record[key ?? field];
        else record[key ?? field] = value;
      }
    }
    return result;
  }

  it('make the one of the other, and turned round the other of the one', () => {
    for (let round = 0; round < 500; round++) {
      const [one, two] = [anyNetwork(), anyNetwork()];
      const forth = changesBetween(one, two);
      expect(canonicalNetwork(replay(one, forth, two))).toBe(canonicalNetwork(two));
      expect(canonicalNetwork(replay(two, changesBetween(two, one), one))).toBe(canonicalNetwork(one));
      expect(forth.length === 0).toBe(canonicalNetwork(one) === canonicalNetwork(two));
    }
  });
});
