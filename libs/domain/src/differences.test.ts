import { describe, expect, it } from '@jest/globals';
import { differencesBetween } from './differences.js';
import { type Network } from './network.js';
import { anEndpoint, aNetwork } from './testing.js';

const subnet = {
  cidr: '10.1.0.0/16',
  ipRange: null,
  gateway: '10.1.0.1',
  auxAddresses: { a: '10.1.0.2', b: '10.1.0.3' },
};
const other = { cidr: '10.2.0.0/16', ipRange: null, gateway: null, auxAddresses: {} };
const shop = aNetwork({
  id: 'a'.repeat(64),
  name: 'shop',
  labels: { one: '1', two: '2' },
  subnets: [subnet, other],
  endpoints: [anEndpoint('web', { aliases: ['x', 'y'] }), anEndpoint('db')],
});
const [web, db] = shop.endpoints;

describe('the differences between inventory and engine', () => {
  it('are none where all is the same but for its order', () => {
    const turned: Network = {
      ...shop,
      labels: { two: '2', one: '1' },
      subnets: [other, { ...subnet, auxAddresses: { b: '10.1.0.3', a: '10.1.0.2' } }],
      endpoints: [db!, { ...web!, aliases: ['y', 'x'] }],
    };
    const second = aNetwork({ id: 'b'.repeat(64), name: 'second' });
    expect(differencesBetween([shop, second], [second, turned])).toEqual([]);
    expect(differencesBetween([], [])).toEqual([]);
  });

  it('are networks that only one of them has, in order of name', () => {
    const ghost = aNetwork({ id: 'c'.repeat(64), name: 'ghost' });
    expect(differencesBetween([shop], [ghost])).toEqual([
      { network: { id: ghost.id, name: 'ghost' }, kind: 'missing', fields: [] },
      { network: { id: shop.id, name: 'shop' }, kind: 'extra', fields: [] },
    ]);
  });

  it('tell networks of one name apart by their ids', () => {
    const twin = { ...shop, id: 'b'.repeat(64) };
    expect(differencesBetween([shop], [twin, shop]).map(({ kind, network: { id } }) => [kind, id])).toEqual([
      ['missing', twin.id],
    ]);
  });

  it.each<[string, Partial<Network>, unknown, unknown]>([
    ['internal', { internal: true }, false, true],
    ['driver', { driver: 'macvlan' }, 'bridge', 'macvlan'],
    ['labels', { labels: { one: '1' } }, { one: '1', two: '2' }, { one: '1' }],
    ['options', { options: { mtu: '9000' } }, {}, { mtu: '9000' }],
    ['subnets', { subnets: [other] }, [subnet, other], [other]],
  ])('name what differs of a network: %s', (field, change, inventory, engine) => {
    const [difference, ...others] = differencesBetween([shop], [{ ...shop, ...change }]);
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ network: { name: 'shop' }, kind: 'different' });
    expect(difference!.fields.map((each) => each.field)).toEqual([field]);
    expect(difference!.fields[0]).toMatchObject({ inventory, engine });
  });

  it('name each container that came, went or changed', () => {
    const changed = { ...web!, ipv4: '10.1.0.9' };
    const third = anEndpoint('third');
    const [difference] = differencesBetween([shop], [{ ...shop, endpoints: [changed, third] }]);
    const fields = new Map(difference!.fields.map(({ field, inventory, engine }) => [field, [inventory, engine]]));
    expect(fields.get(`endpoints.${web!.containerId}`)).toMatchObject([{ ipv4: web!.ipv4 }, { ipv4: '10.1.0.9' }]);
    expect(fields.get(`endpoints.${db!.containerId}`)).toMatchObject([{ containerName: 'db' }, null]);
    expect(fields.get(`endpoints.${third.containerId}`)).toMatchObject([null, { containerName: 'third' }]);
    expect(fields.size).toBe(3);
  });
});
