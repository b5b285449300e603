import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EndpointQuery, endpointQuery } from '@fairlead/api';
import { type ContainerState, type Endpoint, fitsGlob, type Network } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { type Database } from '../database/index.js';
import { PageCursor } from '../paging/page-cursor.js';
import { InventoryRig } from '../testing/inventory-rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { EndpointPagesStore } from './endpoint-pages.store.js';

interface Row {
  readonly host: string;
  readonly network: Network;
  readonly endpoint: Endpoint;
}

const HOSTS = ['db-1', 'pod-1', 'web-1', 'web-2', 'web-3'];
const random = seeded(7);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
const digits = (count: number): string => Array.from({ length: count }, () => below(16).toString(16)).join('');

const CONTAINERS = [
  'shop-web-1',
  'shop-web-2',
  'shop-db-1',
  'shopdb',
  'Web-1',
  'web',
  'x.y_z',
  'web-1-copy',
  '1',
  'e-1',
];
const NETWORKS = ['shop_default', 'shop_back', 'lan', 'odd[n]', 'oddn', 'abcdefabcdef', 'Shop_default', 'web'];
const PROJECTS = ['', 'shop', 'grafana', 'web'];
const SERVICES = ['', 'web', 'db', 'shop-web'];
const STATES: ContainerState[] = ['running', 'running', 'exited', 'created', 'paused', 'unknown'];
const MACS = ['02:42:ac:12:00:02', '02:42:ac:12:00:03', '00-15-5D-01-02-0A', ''];
const subnet = (cidr: string) => ({ cidr, ipRange: null, gateway: null, auxAddresses: {} });

/** As engines have them: only what has no pool of a family, or is Podman's, gives addresses from outside. */
function randomNetwork(host: string, place: number): Network {
  const driver = pick(['bridge', 'bridge', 'overlay', 'macvlan', 'plugin:latest']);
  const block = 1 + below(3);
  const pools = [subnet(`10.${block}.0.0/16`), subnet(`fd00:${block}::/64`)].filter(() => random() < 0.7);
  const free = host === 'pod-1' || !['bridge', 'overlay'].includes(driver);
  const gives = (cidr: string): boolean => free || pools.some((pool) => pool.cidr === cidr);
  const endpoints = Array.from({ length: pick([0, 1, 3, 8]) }, () => {
    const last = 2 + below(4);
    return anEndpoint(pick(CONTAINERS), {
      containerId: pick(['abc', 'abcd', '1', 'e']) + digits(61).slice(0, 60),
      state: pick(STATES),
      ipv4: gives(`10.${block}.0.0/16`) ? `10.${block}.0.${last}` : '',
      ipv6: gives(`fd00:${block}::/64`) ? `fd00:${block}::${last}` : '',
      mac: pick(MACS),
      project: pick(PROJECTS),
      service: pick(SERVICES),
    });
  });
  return network(pick(NETWORKS), { id: idOf(`${host} ${place}`), driver, subnets: pools, endpoints });
}

let rig: InventoryRig;
let store: EndpointPagesStore;
let inPortions: EndpointPagesStore;
let fleet: Row[];

const keyOf = ({ host, network: { name, id }, endpoint: { containerName, containerId } }: Row): string =>
  [host, name, id, containerName, containerId].join(' ');
const byKey = (a: Row, b: Row): number => (keyOf(a) < keyOf(b) ? -1 : 1);

beforeAll(async () => {
  rig = await InventoryRig.start(HOSTS.filter((name) => name !== 'pod-1'));
  const { engine } = new ScriptedAgent('pod-1').facts;
  await rig.hosts.attached(new ScriptedAgent('pod-1', { engine: { ...engine, kind: 'podman' } }).facts, 'unix', 1);
  fleet = [];
  for (const host of HOSTS) {
    const networks = Array.from({ length: 12 }, (_, place) => randomNetwork(host, place));
    await rig.apply(host, networks);
    for (const each of networks) fleet.push(...each.endpoints.map((endpoint) => ({ host, network: each, endpoint })));
  }
  fleet.sort(byKey);
  store = new EndpointPagesStore(rig.database);
  inPortions = new EndpointPagesStore(rig.database, { portion: 7, hosts: 1 });
});

afterAll(() => rig.stop());

const read = (query: object, hostNames?: readonly string[], from = store) =>
  from.page(endpointQuery.parse(query), hostNames);

/** All pages of a query, so many rows on each. */
async function walk(
  query: object,
  hostNames: readonly string[] | undefined,
  limit: number,
  from: EndpointPagesStore,
): Promise<string[]> {
  const keys: string[] = [];
  const totals = new Set<number>();
  for (let cursor: string | undefined; ;) {
    const page = await read({ ...query, limit, ...(cursor !== undefined && { cursor }) }, hostNames, from);
    totals.add(page.total);
    keys.push(
      ...page.items.map(({ hostName, network: { id, name }, endpoint }) =>
        [hostName, name, id, endpoint.containerName, endpoint.containerId].join(' '),
      ),
    );
    if (page.nextCursor === null) break;
    expect(page.items).toHaveLength(limit);
    cursor = page.nextCursor;
  }
  expect([...totals]).toEqual([keys.length]);
  return keys;
}

/** What a query means, said plainly. */
function fits({ host, network: on, endpoint }: Row, query: EndpointQuery, hostNames: readonly string[] | undefined) {
  const { address, container, mac, network: reference, project, service, state } = query;
  const macOf = (text: string): string => text.toLowerCase().replaceAll('-', ':');
  const named = (pattern: string, name: string): boolean =>
    /[*?]/.test(pattern) ? fitsGlob(pattern, name) : pattern === name;
  return (
    (hostNames?.includes(host) ?? true) &&
    (address === undefined || [endpoint.ipv4, endpoint.ipv6].includes(address)) &&
    (container === undefined ||
      named(container, endpoint.containerName) ||
      (!/[*?]/.test(container) && endpoint.containerId.startsWith(container))) &&
    (mac === undefined || macOf(endpoint.mac) === macOf(mac)) &&
    (reference === undefined || named(reference, on.name) || (reference.length >= 12 && on.id.startsWith(reference))) &&
    (project === undefined || endpoint.project === project) &&
    (service === undefined || endpoint.service === service) &&
    (state.length === 0 || state.includes(endpoint.state))
  );
}

const asPattern = (name: string): string => {
  const start = below(name.length + 1);
  return name.slice(0, start) + pick(['*', '?', '**']) + name.slice(start + below(name.length - start + 1));
};

function randomQuery(): object {
  const { endpoint, network: on } = pick(fleet);
  const wishes: Record<string, () => unknown> = {
    address: () => pick([endpoint.ipv4, endpoint.ipv6, '10.9.9.9'].filter((text) => text !== '')),
    container: () =>
      pick([
        endpoint.containerName,
        endpoint.containerId,
        endpoint.containerId.slice(0, 1 + below(40)),
        asPattern(endpoint.containerName),
        asPattern(asPattern(endpoint.containerName)),
        `*${endpoint.containerName.slice(1 + below(3))}`,
      ]),
    mac: () => pick(['02:42:ac:12:00:02', '02-42-AC-12-00-03', '00:15:5d:01:02:0a']),
    network: () => pick([on.name, on.id, on.id.slice(0, 12), on.id.slice(0, 11), asPattern(on.name)]),
    project: () => pick(['shop', 'grafana', 'none']),
    service: () => pick(['web', 'db', 'shop-web', 'shop']),
    state: () => pick([['running'], ['exited', 'created'], ['dead']]),
  };
  const count = pick([0, 1, 1, 1, 2, 3]);
  const keys = Array.from({ length: count }, () => pick(Object.keys(wishes)));
  return Object.fromEntries(keys.map((key) => [key, wishes[key]!()]));
}

describe('pages of endpoints', () => {
  it('hold what a plain look at every endpoint holds, in order, for any filters and size of page', async () => {
    let found = 0;
    for (let round = 0; round < 400; round++) {
      const query = randomQuery();
      const hostNames = random() < 0.5 ? undefined : HOSTS.filter(() => random() < 0.6);
      const expected = fleet.filter((row) => fits(row, endpointQuery.parse(query), hostNames)).map(keyOf);
      const limit = pick([1, 3, 10, 500]);
      expect({ query, hostNames, keys: await walk(query, hostNames, limit, pick([store, inPortions])) }).toEqual({
        query,
        hostNames,
        keys: expected,
      });
      found += expected.length;
    }
    expect(found).toBeGreaterThan(1000);
  });

  it.each<[object, readonly string[] | undefined, boolean]>([
    [{}, undefined, true],
    [{ container: 'shop-*' }, undefined, true],
    [{ mac: '02:42:ac:12:00:02' }, ['web-1'], true],
    [{ mac: '02:42:ac:12:00:02', project: 'shop' }, undefined, true],
    [{ mac: '02:42:ac:12:00:02' }, undefined, false],
    [{ container: '*eb-*' }, HOSTS, false],
    [{ state: 'running' }, undefined, false],
    [{ state: 'running' }, HOSTS, false],
    [{ state: 'running' }, ['web-1'], true],
    [{ state: 'running', network: 'lan' }, undefined, true],
  ])(
    'are read at once where that is short, else in portions that others may come between: %j',
    async (query, hostNames, once) => {
      let reads = 0;
      const database: Pick<Database, 'read'> = { read: (sql) => ((reads += 1), rig.database.read(sql)) };
      await new EndpointPagesStore(database, { portion: 7, hosts: 1 }).page(endpointQuery.parse(query), hostNames);
      expect(reads === 1).toBe(once);
      expect(once || reads > 5).toBe(true);
    },
  );

  it('show all of an endpoint', async () => {
    const [row] = fleet;
    const { items } = await read({ limit: 1 });
    expect(items).toEqual([
      {
        hostName: row!.host,
        network: { id: row!.network.id, name: row!.network.name },
        driver: row!.network.driver,
        endpoint: row!.endpoint,
      },
    ]);
  });

  it('are empty where no host is asked', async () => {
    expect(await read({}, [])).toEqual({ items: [], total: 0, nextCursor: null });
    expect(await read({ state: 'running' }, [])).toEqual({ items: [], total: 0, nextCursor: null });
  });

  it.each(['container', 'state', 'project'] as const)('know no more than there is by %s', async (key) => {
    expect(await read({ [key]: key === 'state' ? 'removing' : 'nobody' })).toEqual({
      items: [],
      total: 0,
      nextCursor: null,
    });
  });

  it('stay where they are while endpoints before them come and go', async () => {
    const { nextCursor: cursor } = await read({ limit: 2 }, ['web-1']);
    const rest = () => read({ limit: 500, cursor }, ['web-1']);
    const { network: emptied } = fleet.find(({ host }) => host === 'web-1')!;
    const undisturbed = await rest();
    await rig.apply('web-1', [{ ...emptied, endpoints: [] }]);
    const disturbed = await rest();
    await rig.apply('web-1', [emptied]);
    expect(disturbed.items).toEqual(undisturbed.items.filter(({ network: { id } }) => id !== emptied.id));
  });

  it.each([{}, { state: 'running' }, { network: 'l*', state: 'running' }, { project: 'shop' }])(
    'count all once, and not for every page: %j',
    async (query) => {
      for (const store of [new EndpointPagesStore(rig.database), inPortions]) {
        const { items: all } = await read({ ...query, limit: 500 }, undefined, store);
        const { host, network: emptied } = fleet.find(({ network: { id } }) => id === all.at(-1)!.network.id)!;
        const { nextCursor: cursor, total } = await read({ ...query, limit: 1 }, undefined, store);
        await rig.apply(host, [{ ...emptied, endpoints: [] }]);
        const rest = await read({ ...query, limit: 500, cursor }, undefined, store);
        const anew = await read({ ...query, limit: 500 }, undefined, store);
        await rig.apply(host, [emptied]);
        expect(anew.total).toBeLessThan(total);
        expect([rest.total, rest.items]).toEqual([total, anew.items.slice(1)]);
      }
    },
  );

  it('look at no more behind a page than fills the next one, where all would have to be looked at', async () => {
    let reads = 0;
    const database: Pick<Database, 'read'> = { read: (sql) => ((reads += 1), rig.database.read(sql)) };
    const counting = new EndpointPagesStore(database, { portion: 7, hosts: 1 });
    const { nextCursor: cursor } = await read({ state: 'running', limit: 2 }, undefined, counting);
    const first = reads;
    reads = 0;
    await read({ state: 'running', limit: 2, cursor }, undefined, counting);
    expect([first > 5, reads < 4]).toEqual([true, true]);
  });
});

describe('an address', () => {
  it('is the same in any notation', async () => {
    const row = fleet.find(({ endpoint }) => endpoint.ipv6 !== '')!;
    const { total } = await read({ address: row.endpoint.ipv6 });
    expect(total).toBeGreaterThan(0);
    const long = row.endpoint.ipv6.replace('::', ':0:0:0:0:0:').toUpperCase();
    expect((await read({ address: long })).total).toBe(total);
  });
});

describe('what cannot be read is refused', () => {
  it.each([
    [{ address: '10.1' }, "'10.1' is not an address"],
    [{ address: '10.1.0.0/16' }, "'10.1.0.0/16' is not an address"],
    [{ mac: '02:42' }, "'02:42' is not a MAC address"],
    [{ mac: 'xx:42:ac:12:00:02' }, 'is not a MAC address'],
    [{ cursor: 'nonsense' }, 'The cursor does not belong to this query'],
    [{ cursor: Buffer.from('["endpoints","a"]').toString('base64url') }, 'The cursor does not belong to this query'],
    [
      { cursor: new PageCursor('endpoints', endpointQuery.parse({ state: 'dead' })).write(9, 'a', 'b', 'c', 'd', 'e') },
      'The cursor does not belong to this query',
    ],
  ])('%j', async (query, message) => {
    await expect(read(query)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining(message),
    });
  });

  it('but SQL is text', async () => {
    expect((await read({ container: "' OR 1=1 --" })).total).toBe(0);
    expect((await read({ network: '"; DROP TABLE "Endpoint"' })).total).toBe(0);
    expect((await read({ project: "'", service: "'", container: '*"*' })).total).toBe(0);
  });
});
