import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Network } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { networkDigest } from '@fairlead/link';
import { AuditStore } from '../audit/audit.store.js';
import { type Database, openDatabase } from '../database/index.js';
import { HostsStore } from '../hosts/hosts.store.js';
import { NetworksStore } from '../networks/networks.store.js';
import { temporaryFolder } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { InventoryStore } from './inventory.store.js';

let database: Database;
let networks: NetworksStore;
let store: InventoryStore;
let discard: () => void;

beforeEach(async () => {
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
  networks = new NetworksStore(database);
  store = new InventoryStore(database, networks);
  for (const name of ['web-1', 'web-2'])
    await new HostsStore(database, new AuditStore(database)).attached(new ScriptedAgent(name).facts, 'unix', 1);
});

afterEach(async () => {
  await database.close();
  discard();
});

const position = { streamId: 's', revision: 3, setDigest: 'd' };
const withDigest = (each: Network) => ({ ...each, digest: networkDigest(each) });
const apply = async (upserts: Network[], removedIds: string[] = [], at = 1000, hostName = 'web-1') => {
  const stored = await store.digests(hostName);
  const replacedIds = upserts.map(({ id }) => id).filter((id) => stored.has(id));
  return store.apply({
    hostName,
    position,
    upserts: upserts.map(withDigest),
    replacedIds,
    removedIds,
    at,
    notBefore: null,
    first: false,
  });
};
const full = async (hostName = 'web-1') =>
  Array.from((await networks.full(hostName)).values(), (known) => known.network);
const countsOf = (name: string) =>
  database.prisma.host.findUnique({ where: { name }, select: { networkCount: true, endpointCount: true } });
const children = () =>
  Promise.all([database.prisma.networkLabel.count(), database.prisma.subnet.count(), database.prisma.endpoint.count()]);

const web = network('web', {
  labels: { team: 'web', empty: '', 'with "quotes"': `it's` },
  options: { mtu: '1400' },
  subnets: [
    { cidr: '10.1.0.0/24', ipRange: '10.1.0.0/25', gateway: '10.1.0.1', auxAddresses: { router: '10.1.0.9' } },
    { cidr: 'fd00::/64', ipRange: null, gateway: null, auxAddresses: {} },
  ],
  endpoints: [
    anEndpoint('one', { aliases: ['a', 'ü'], project: 'shop', service: 'front' }),
    anEndpoint('two', { state: 'exited', endpointId: '', ipv4: '' }),
  ],
});

describe('apply', () => {
  it('keeps every field of a network', async () => {
    await apply([web]);
    expect(await full()).toEqual([web]);
  });

  it('counts the containers, and those of them that are active', async () => {
    await apply([web, network('empty')]);
    const rows = await database.prisma.network.findMany({ orderBy: { name: 'asc' } });
    expect(rows.map((row) => [row.name, row.endpointCount, row.activeEndpointCount])).toEqual([
      ['empty', 0, 0],
      ['web', 2, 1],
    ]);
    expect(await countsOf('web-1')).toEqual({ networkCount: 2, endpointCount: 2 });
  });

  it('notes where in the stream the host stands, and when', async () => {
    await apply([web], [], 5000);
    const row = await database.prisma.host.findUniqueOrThrow({ where: { name: 'web-1' } });
    expect(row).toMatchObject({ ...position, revision: 3n, synced: true, lastHeardAt: 5000n });
    await store.distrust('web-1');
    expect((await database.prisma.host.findUniqueOrThrow({ where: { name: 'web-1' } })).synced).toBe(false);
  });

  it('replaces labels, subnets and endpoints, and leaves none behind', async () => {
    await apply([web]);
    const bare = network('web', { labels: { other: 'x' }, subnets: [], endpoints: [anEndpoint('three')] });
    await apply([bare]);
    expect(await full()).toEqual([bare]);
    expect(await children()).toEqual([1, 0, 1]);
    await apply([], [web.id]);
    expect(await children()).toEqual([0, 0, 0]);
  });

  it('keeps when a network was first seen, through changes', async () => {
    await apply([web], [], 1000);
    await apply([{ ...web, labels: {} }], [], 2000);
    expect(await networks.standing('web-1', web.id)).toMatchObject({ firstSeenAt: 1000 });
    const [row] = await database.prisma.network.findMany();
    expect(row).toMatchObject({ firstSeenAt: 1000n, updatedAt: 2000n });
  });

  it('returns what it replaced and removed, as it was', async () => {
    const old = network('old');
    await apply([web, old], [], 1000);
    const before = await apply([{ ...web, labels: {} }], [old.id], 2000);
    expect([...before]).toMatchObject([
      [web.id, { network: web, firstSeenAt: 1000, unusedSinceAt: null }],
      [old.id, { network: old, firstSeenAt: 1000, unusedSinceAt: 1000 }],
    ]);
  });

  it('keeps the full record of a removed network', async () => {
    await apply([web]);
    await apply([], [web.id], 9000);
    const removed = await database.prisma.removedNetwork.findMany();
    expect(removed).toMatchObject([
      { hostName: 'web-1', networkId: web.id, name: 'web', record: web, removedAt: 9000n, operationId: null },
    ]);
    expect(removed[0]!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('keeps no record of a default bridge that only has a new id', async () => {
    const before = network('bridge');
    await apply([before]);
    await apply([network('bridge', { id: idOf('after') })], [before.id]);
    expect(await database.prisma.removedNetwork.count()).toBe(0);
    expect((await full()).map(({ id }) => id)).toEqual([idOf('after')]);
  });

  it('keeps the record of a user’s network that is made anew under its name', async () => {
    await apply([web]);
    await apply([{ ...web, id: idOf('after') }], [web.id]);
    expect(await database.prisma.removedNetwork.count()).toBe(1);
  });

  it('touches no other host, also where an id is on both', async () => {
    await apply([web], [], 1, 'web-1');
    await apply([web], [], 1, 'web-2');
    await apply([], [web.id], 2, 'web-1');
    expect(await full('web-2')).toEqual([web]);
  });

  it('writes all or nothing', async () => {
    await apply([network('kept')]);
    const broken = { ...web, endpoints: [anEndpoint('one'), anEndpoint('one')] };
    await expect(apply([network('other'), broken], [idOf('kept')])).rejects.toThrow();
    expect((await full()).map(({ name }) => name)).toEqual(['kept']);
    expect(await database.prisma.removedNetwork.count()).toBe(0);
  });

  it('refuses a host that is not there', async () => {
    await expect(apply([web], [], 1, 'gone')).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('keeps a pool that it cannot read, in no range', async () => {
    const odd = network('odd', { subnets: [{ cidr: 'not a range', ipRange: null, gateway: null, auxAddresses: {} }] });
    await apply([odd]);
    expect(await full()).toEqual([odd]);
    expect(await database.prisma.subnet.findMany()).toMatchObject([{ family: 0, firstAddress: '', lastAddress: '' }]);
  });

  it('keeps names and labels of any text', async () => {
    const hostile = [
      'a/b',
      '..',
      `'; DROP TABLE "Network"; --`,
      'x'.repeat(300),
      '🚢',
      '%_\\[*',
      'line\nbreak',
      '{"a":1}',
    ];
    const all = hostile.map((name) => network(name, { labels: { [name]: name }, options: { [name]: name } }));
    await apply(all);
    expect(new Map((await full()).map((each) => [each.id, each]))).toEqual(new Map(all.map((each) => [each.id, each])));
    const labels = await database.prisma.networkLabel.findMany();
    expect(labels.map(({ key }) => key).sort()).toEqual([...hostile].sort());
  });

  it('writes a thousand networks with ten thousand endpoints in one change', async () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      network(`net-${index}`, {
        endpoints: Array.from({ length: 10 }, (_, e) => anEndpoint(`c${e}`, { containerId: idOf(`${e}`) })),
      }),
    );
    await apply(many);
    expect(await countsOf('web-1')).toEqual({ networkCount: 1000, endpointCount: 10_000 });
    await apply(
      [],
      many.map(({ id }) => id),
    );
    expect(await full()).toEqual([]);
    expect(await database.prisma.removedNetwork.count()).toBe(1000);
  });
});

it('says which networks it holds, with their digests', async () => {
  await apply([web]);
  expect(await store.digests('web-1')).toEqual(new Map([[web.id, networkDigest(web)]]));
  expect(await store.digests('web-2')).toEqual(new Map());
});
