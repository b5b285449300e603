import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anEndpoint } from '@fairlead/domain/testing';
import { InventoryRig } from '../testing/inventory-rig.js';
import { idOf, network } from '../testing/scripted-agent.js';
import { matchOfGlob, namedOrIdentified, phrase } from './network-text.js';

let rig: InventoryRig;

const shop = network('shop_default', {
  driver: 'macvlan',
  labels: { 'com.docker.compose.project': 'Étagère', 'say "hi"': 'x*y' },
  subnets: [{ cidr: '10.1.7.0/24', ipRange: null, gateway: '10.1.7.1', auxAddresses: {} }],
  endpoints: [
    anEndpoint('shop-front-1', { containerId: idOf('front'), project: 'boutique', service: 'kasse', ipv4: '10.1.7.9' }),
  ],
});

beforeAll(async () => {
  rig = await InventoryRig.start(['web-1', 'db.example']);
  await rig.apply('web-1', [shop, network('other')]);
  await rig.apply('db.example', [network('far')]);
});

afterAll(() => rig.stop());

describe('the full-text index', () => {
  it.each<[string, string, string[]]>([
    ['a name', phrase('shop_default'), ['shop_default']],
    ['a part of a name, in any case', phrase('DEFAULT'), ['shop_default']],
    ['the host', phrase('db.example'), ['far']],
    ['the driver', phrase('macvlan'), ['shop_default']],
    ['the beginning of the id', phrase(shop.id.slice(0, 16)), ['shop_default']],
    ['a subnet', phrase('10.1.7.0/24'), ['shop_default']],
    ['a label’s key', phrase('com.docker.compose.project'), ['shop_default']],
    ['a label’s value, without its accents', phrase('etagere'), ['shop_default']],
    ['a container', phrase('shop-front-1'), ['shop_default']],
    ['a container’s id', namedOrIdentified(idOf('front')), ['shop_default']],
    ['a project', phrase('boutique'), ['shop_default']],
    ['a service', phrase('kasse'), ['shop_default']],
    ['text that is part of its language', phrase('say "hi"'), ['shop_default']],
    ['words that do not lie next to each other', phrase('shop kasse'), []],
    ['an address of a container', phrase('10.1.7.9'), []],
    ['text without a word', phrase('*"'), []],
  ])('finds by %s', async (_, match, expected) => {
    expect(await rig.search(match)).toEqual(expected);
  });

  it('forgets what a network no longer says, and a network that is gone', async () => {
    await rig.apply('web-1', [network('brief', { labels: { old: 'word' } })]);
    await rig.apply('web-1', [network('brief', { labels: { new: 'term' } })]);
    expect(await rig.search('old')).toEqual([]);
    expect(await rig.search('term')).toEqual(['brief']);
    await rig.apply('web-1', [], [idOf('brief')]);
    expect(await rig.search('term')).toEqual([]);
  });

  it('forgets the networks of a host that is removed', async () => {
    await rig.database.transaction([rig.hosts.removal('db.example')]);
    expect(
      await rig.database.prisma.$queryRaw`SELECT rowid FROM "NetworkText" WHERE "NetworkText" MATCH 'far'`,
    ).toEqual([]);
  });
});

describe('a pattern', () => {
  it.each([
    ['shop-*', '"shop-"'],
    ['shop*', '"shop"*'],
    ['shop-web?', '"shop-web"*'],
    ['*-web-1', '"-web-1"'],
    ['*web-1', '"-1"'],
    ['*-web*', '"-web"*'],
    ['shop*db-1', '"shop"* AND "-1"'],
    ['*"a*', '"""a"*'],
  ])('%s is looked up by the words that are certain: %s', (pattern, match) => {
    expect(matchOfGlob(pattern)).toBe(match);
  });

  it.each(['*', '*web*', '?web', '*.*', '-*-', 'épée*'])('%s has none', (pattern) => {
    expect(matchOfGlob(pattern)).toBeUndefined();
  });
});
