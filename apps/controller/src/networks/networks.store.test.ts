import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NETWORK_SORTS, type NetworkQuery, networkQuery } from '@fairlead/api';
import { type Network } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { networkDigest } from '@fairlead/link';
import { AuditStore } from '../audit/audit.store.js';
import { type Database, openDatabase } from '../database/index.js';
import { HostsStore } from '../hosts/hosts.store.js';
import { InventoryStore } from '../inventory/inventory.store.js';
import { PageCursor } from '../paging/page-cursor.js';
import { temporaryFolder } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { NetworkPagesStore } from './network-pages.store.js';
import { NetworksStore } from './networks.store.js';

let database: Database;
let store: NetworksStore;
let pages: NetworkPagesStore;
let walking: NetworkPagesStore;
let discard: () => void;
const NOW = 1_000_000;

const subnet = (cidr: string) => ({ cidr, ipRange: null, gateway: null, auxAddresses: {} });
const created = (day: number) => `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`;

const FLEET: Record<string, Network[]> = {
  'web-1': [
    network('bridge', { subnets: [subnet('172.17.0.0/16')], createdAt: created(1) }),
    network('shop_default', {
      createdAt: created(5),
      labels: { 'com.docker.compose.project': 'shop', team: 'web' },
      subnets: [subnet('10.1.0.0/24'), subnet('fd00:1::/64')],
      endpoints: [anEndpoint('shop-front-1', { containerId: `abc${'1'.repeat(61)}`, project: 'shop' })],
    }),
    network('100%', { createdAt: created(3), labels: { a_b: 'c%d' } }),
    network('1000', { createdAt: created(4) }),
    network('odd[name]*?', { createdAt: created(2) }),
    network('oddn', { createdAt: created(2) }),
  ],
  'web-2': [
    network('bridge', { id: idOf('bridge of web-2'), createdAt: created(1), subnets: [subnet('172.17.0.0/16')] }),
    network('mesh', { driver: 'overlay', scope: 'swarm', createdAt: created(9), subnets: [subnet('10.2.0.0/16')] }),
    network('same', { id: 'f'.repeat(64), createdAt: created(7) }),
    network('same', {
      id: `f${'e'.repeat(63)}`,
      createdAt: created(7),
      endpoints: [anEndpoint('stopped', { state: 'exited' })],
    }),
    network(`f${'f'.repeat(11)}`, { id: idOf('impostor'), labels: { team: 'db' } }),
  ],
  quiet: [],
};

beforeAll(async () => {
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
  store = new NetworksStore(database);
  pages = new NetworkPagesStore(database, () => NOW);
  walking = new NetworkPagesStore(database, () => NOW, 0);
  const inventory = new InventoryStore(database, store);
  for (const [hostName, networks] of Object.entries(FLEET)) {
    await new HostsStore(database, new AuditStore(database)).attached(new ScriptedAgent(hostName).facts, 'unix', 1);
    const upserts = networks.map((each) => ({ ...each, digest: networkDigest(each) }));
    const position = { streamId: 's', revision: 1, setDigest: '' };
    await inventory.apply({
      hostName,
      position,
      upserts,
      replacedIds: [],
      removedIds: [],
      at: 1,
      notBefore: null,
      first: true,
    });
  }
});

afterAll(async () => {
  await database.close();
  discard();
});

const ALL_HOSTS = ['web-1', 'web-2', 'web-3'];
const page = (query: object, hosts?: string[]) => pages.page(networkQuery.parse(query), hosts);
const cursorOf = (query: object, ...end: (string | number)[]) =>
  new PageCursor('networks', networkQuery.parse(query)).write(...end);
const names = async (query: object, hosts?: string[]) =>
  (await page(query, hosts)).items.map(({ hostName, attributes }) => `${hostName}/${attributes.name}`);

describe('a query', () => {
  it.each<[object, string[]]>([
    [{ name: 'bridge' }, ['web-1/bridge', 'web-2/bridge']],
    [{ name: 'shop*' }, ['web-1/shop_default']],
    [{ name: '?e?h' }, ['web-2/mesh']],
    [{ name: 'BRIDGE' }, []],
    [{ name: 'odd[name]*' }, ['web-1/odd[name]*?']],
    [{ name: 'odd[n]' }, []],
    [{ name: '100%' }, ['web-1/100%']],
    [{ id: idOf('mesh') }, ['web-2/mesh']],
    [{ id: idOf('mesh').slice(0, 10) }, ['web-2/mesh']],
    [{ id: '%' }, []],
    [{ driver: 'overlay' }, ['web-2/mesh']],
    [{ driver: ['overlay', 'none-such'] }, ['web-2/mesh']],
    [{ scope: 'swarm' }, ['web-2/mesh']],
    [{ label: 'team' }, [`web-2/${'f'.repeat(12)}`, 'web-1/shop_default']],
    [{ label: 'team=web' }, ['web-1/shop_default']],
    [{ label: ['team', 'com.docker.compose.project=shop'] }, ['web-1/shop_default']],
    [{ label: 'team=' }, []],
    [{ label: 'axb' }, []],
    [{ project: 'shop' }, ['web-1/shop_default']],
    [{ container: 'shop-front-1' }, ['web-1/shop_default']],
    [{ container: 'abc1' }, ['web-1/shop_default']],
    [{ container: 'shop-front' }, []],
    [{ address: '10.1.0.77' }, ['web-1/shop_default']],
    [{ address: '172.17.3.4' }, ['web-1/bridge', 'web-2/bridge']],
    [{ address: 'fd00:1::5' }, ['web-1/shop_default']],
    [{ address: '10.1.1.0' }, []],
    [{ inUse: 'true' }, ['web-2/same', 'web-1/shop_default']],
    [{ inUse: 'false', predefined: 'true' }, ['web-1/bridge', 'web-2/bridge']],
    [{ q: '100%' }, ['web-1/100%', 'web-1/1000']],
    [{ q: 'shop_d' }, ['web-1/shop_default']],
    [{ q: 'hop' }, []],
    [{ q: 'shop front' }, ['web-1/shop_default']],
    [{ q: 'shop mesh' }, []],
    [{ q: '10.1.0.77' }, ['web-1/shop_default']],
    [{ q: 'NEAR(shop' }, []],
    [{ q: '"' }, []],
    [{ q: `${idOf('mesh')}` }, ['web-2/mesh']],
    [{ q: `${idOf('mesh').slice(0, 20)}` }, ['web-2/mesh']],
    [{ overlaps: '10.0.0.0/8' }, ['web-1/shop_default', 'web-2/mesh']],
    [{ overlaps: '10.1.0.128/25' }, ['web-1/shop_default']],
    [{ overlaps: '10.1.1.0/24' }, []],
    [{ overlaps: 'fd00::/16' }, ['web-1/shop_default']],
    [{ unusedFor: '1s', driver: 'overlay' }, ['web-2/mesh']],
    [{ unusedFor: '1000s' }, []],
    [{ unusedFor: '1s', name: 'shop*' }, []],
    [{ q: 'FRONT' }, ['web-1/shop_default']],
    [{ q: 'c%d' }, ['web-1/100%']],
    [{ q: '10.2.' }, ['web-2/mesh']],
    [{ q: '\\' }, []],
    [{ q: "' OR 1=1 --" }, []],
    [{ q: 'overlay', driver: 'bridge' }, []],
  ])('%j finds %j', async (query, found) => {
    expect((await names(query)).sort()).toEqual([...found].sort());
    const walked = await walking.page(networkQuery.parse(query), undefined);
    expect(walked.items.map(({ hostName, attributes }) => `${hostName}/${attributes.name}`).sort()).toEqual(
      [...found].sort(),
    );
  });

  it('is about the hosts it is given, which may be none', async () => {
    expect(await names({}, ['web-2', 'quiet'])).toHaveLength(5);
    const walked = await walking.page(networkQuery.parse({}), ['web-2', 'quiet']);
    expect([walked.total, walked.items.length]).toEqual([5, 5]);
    expect(await page({}, [])).toEqual({ items: [], total: 0, nextCursor: null });
  });

  it('refuses an address that is none', async () => {
    await expect(page({ address: '10.1' })).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});

describe('pages', () => {
  const inParts = async (from: NetworkPagesStore, sort: NetworkQuery['sort'], size: number): Promise<string[]> => {
    const ids: string[] = [];
    for await (const part of from.parts(networkQuery.parse({}), sort, undefined, size)) {
      expect(part.length).toBeLessThanOrEqual(size);
      ids.push(...part.map(({ hostName, attributes }) => `${hostName} ${attributes.id}`));
    }
    return ids;
  };
  const walk = async (query: object, limit: number, from = pages): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, total, nextCursor } = await from.page(
        networkQuery.parse({ ...query, limit, ...(cursor && { cursor }) }),
        undefined,
      );
      expect(total).toBe(11);
      ids.push(...items.map(({ hostName, attributes }) => `${hostName} ${attributes.id}`));
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    return ids;
  };

  it.each(NETWORK_SORTS.flatMap((sort) => [1, 2, 3, 11].map((limit) => [sort, limit] as const)))(
    'sorted by %s, %i at a time, show each row once, in the same order as all at once',
    async (sort, limit) => {
      const all = await walk({ sort }, 500);
      expect(new Set(all).size).toBe(11);
      expect(await walk({ sort }, limit)).toEqual(all);
      expect(await walk({ sort }, limit, walking)).toEqual(all);
      expect(await inParts(pages, sort, limit)).toEqual(all);
      expect(await inParts(walking, sort, limit)).toEqual(all);
    },
  );

  it.each<
    [
      NetworkQuery['sort'],
      (each: { hostName: string; attributes: { name: string; driver: string; createdAt: string } }) => string,
    ]
  >([
    ['name', ({ attributes }) => attributes.name],
    ['host', ({ hostName }) => hostName],
    ['driver', ({ attributes }) => attributes.driver],
    ['created', ({ attributes }) => attributes.createdAt],
  ])('sorted by %s are in that order, and turned round in the other', async (sort, valueOf) => {
    const up = (await page({ sort })).items.map(valueOf);
    expect(up).toEqual([...up].sort());
    expect((await page({ sort: `-${sort}` })).items.map(valueOf)).toEqual([...up].sort().reverse());
  });

  it('stay where they are while rows before them come and go', async () => {
    const first = await page({ limit: 4 });
    const [gone] = first.items;
    await database.prisma.network.update({
      where: { hostName_id: { hostName: gone!.hostName, id: gone!.attributes.id } },
      data: { name: 'zzz' },
    });
    const second = await page({ limit: 4, cursor: first.nextCursor! });
    await database.prisma.network.updateMany({ where: { name: 'zzz' }, data: { name: gone!.attributes.name } });
    const undisturbed = await page({ limit: 8 });
    expect(second.items.map(({ attributes }) => attributes.id)).toEqual(
      undisturbed.items.slice(4).map(({ attributes }) => attributes.id),
    );
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['no list', Buffer.from('{"a":1}').toString('base64url')],
    ['too short', Buffer.from('["name","a"]').toString('base64url')],
    ['of another sort order', cursorOf({ sort: '-name' }, 'a', 'b', 'c', 'd')],
    ['of other filters', cursorOf({ driver: 'bridge' }, 'a', 'b', 'c', 'd')],
    ['of a number for a text', cursorOf({}, 1, 'b', 'c', 'd')],
    ['cut', cursorOf({}, 'a', 'b', 'c')],
  ])('refuse a cursor that is %s', async (_, cursor) => {
    await expect(page({ cursor })).rejects.toMatchObject({
      code: 'invalid_argument',
      message: 'The cursor does not belong to this query',
    });
  });

  it('take SQL in a cursor for text', async () => {
    const cursor = cursorOf({}, `' OR 1=1 --`, `"`, ';', 'x');
    expect((await page({ cursor })).items).toHaveLength(11);
  });
});

describe('a reference', () => {
  const resolve = async (reference: string) => (await store.resolve('web-2', reference)).attributes.id;

  it('is a full id first, then a name, then the beginning of an id', async () => {
    expect(await resolve('f'.repeat(64))).toBe('f'.repeat(64));
    expect(await resolve('f'.repeat(12))).toBe(idOf('impostor'));
    expect(await resolve('mesh')).toBe(idOf('mesh'));
    expect(await resolve(idOf('mesh').slice(0, 8))).toBe(idOf('mesh'));
  });

  it.each(['same', 'f', 'ff'.slice(0, 1)])('that fits several is refused, naming them: %s', async (reference) => {
    await expect(resolve(reference)).rejects.toMatchObject({
      code: 'ambiguous_name',
      message: expect.stringContaining('f'.repeat(12)),
      hint: 'Give the full id.',
    });
  });

  it.each(['none', 'MESH', '%', '*', 'mes', "' OR 1=1"])('that fits none is refused: %s', async (reference) => {
    await expect(resolve(reference)).rejects.toMatchObject({ code: 'network_not_found' });
  });

  it('means nothing on another host', async () => {
    await expect(store.resolve('web-1', 'mesh')).rejects.toMatchObject({ code: 'network_not_found' });
  });
});

describe('containers elsewhere', () => {
  it('are those of other hosts, by name or full id, with their network', async () => {
    const found = await store.containersElsewhere('web-2', 'shop-front-1', ALL_HOSTS);
    expect(found).toMatchObject([
      { host: 'web-1', network: { name: 'shop_default' }, endpoint: { containerName: 'shop-front-1' } },
    ]);
    expect(await store.containersElsewhere('web-2', `abc${'1'.repeat(61)}`, ALL_HOSTS)).toEqual(found);
    expect(await store.containersElsewhere('web-1', 'shop-front-1', ALL_HOSTS)).toEqual([]);
    expect(await store.containersElsewhere('web-2', 'shop-front-1', ['web-2', 'web-3'])).toEqual([]);
  });
});
