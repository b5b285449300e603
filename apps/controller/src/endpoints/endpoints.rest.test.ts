import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, endpointPage, type EndpointPageView } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { Rig, until } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let app: INestApplication;
let base: string;

const subnet = (cidr: string) => ({ cidr, ipRange: null, gateway: null, auxAddresses: {} });

beforeAll(async () => {
  rig = await Rig.start();
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
  const web = new ScriptedAgent('web-1', { labels: { env: 'prod' } });
  web.set(
    network('shop_default', {
      subnets: [subnet('10.1.0.0/24')],
      endpoints: [
        anEndpoint('shop-web-1', { project: 'shop', service: 'web', ipv4: '10.1.0.7' }),
        anEndpoint('shop-db-1', { project: 'shop', service: 'db', state: 'exited', ipv4: '' }),
      ],
    }),
  );
  await rig.attach(web);
  const test = new ScriptedAgent('test-1', { labels: { env: 'test' } });
  const alone = anEndpoint('shop-web-1', { containerId: idOf('alone'), ipv4: '10.1.0.7' });
  test.set(network('lan', { driver: 'macvlan', subnets: [], endpoints: [alone] }));
  await rig.attach(test);
});

afterAll(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

const headersOf = async (wish: Parameters<Rig['token']>[0] = {}) => ({
  authorization: `Bearer ${await rig.token(wish)}`,
});
const clientOf = async (wish: Parameters<Rig['token']>[0] = {}) =>
  createClient({ baseUrl: base, headers: await headersOf(wish) });
const rows = ({ items }: EndpointPageView) =>
  items.map(({ host, network: { name }, containerName }) => `${host}/${name}/${containerName}`);

describe('who is on which network', () => {
  it.each([
    [{ address: '10.1.0.7' }, ['test-1/lan/shop-web-1', 'web-1/shop_default/shop-web-1']],
    [{ address: '10.1.0.8' }, []],
    [{ container: 'shop-*-1', host: ['web-1'] }, ['web-1/shop_default/shop-db-1', 'web-1/shop_default/shop-web-1']],
    [{ container: idOf('alone').slice(0, 8) }, ['test-1/lan/shop-web-1']],
    [{ project: 'shop', state: ['exited' as const] }, ['web-1/shop_default/shop-db-1']],
    [{ service: 'web' }, ['web-1/shop_default/shop-web-1']],
    [{ mac: '02-42-AC-12-00-02', on: 'env=test' }, ['test-1/lan/shop-web-1']],
    [{ network: 'shop_*', on: 'env=test' }, []],
    [{ freshness: ['offline' as const] }, []],
  ])('is found by %j', async (query, found) => {
    const page = endpointPage.parse(await (await clientOf()).listEndpoints({ query }));
    expect(rows(page)).toEqual(found);
    expect(page.total).toBe(found.length);
  });

  it('is told with the age of each row', async () => {
    const { items } = await (await clientOf()).listEndpoints({ query: { container: 'shop-db-1' } });
    expect(items).toEqual([
      {
        host: 'web-1',
        network: { id: idOf('shop_default'), name: 'shop_default' },
        driver: 'bridge',
        ...anEndpoint('shop-db-1', { project: 'shop', service: 'db', state: 'exited', ipv4: '' }),
        simulated: false,
        freshness: 'live',
        asOf: new Date(rig.time).toISOString(),
      },
    ]);
  });

  it.each(['address=10.1', 'mac=1', 'state=asleep', 'cursor=x', 'limit=0', 'colour=red', 'container='])(
    'is not asked by %s',
    async (query) => {
      const response = await fetch(`${base}/api/v1/endpoints?${query}`, { headers: await headersOf() });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_argument' });
    },
  );

  it('does not take the cursor of another question', async () => {
    const client = await clientOf();
    const { nextCursor } = await client.listEndpoints({ query: { limit: 1 } });
    const query = { limit: 1, cursor: nextCursor! };
    expect(rows(await client.listEndpoints({ query }))).toEqual(['web-1/shop_default/shop-db-1']);
    await expect(client.listEndpoints({ query: { ...query, project: 'shop' } })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });

  it('knows no host that there is not', async () => {
    await expect((await clientOf()).listEndpoints({ query: { host: ['web-9'] } })).rejects.toMatchObject({
      code: 'host_not_found',
    });
  });
});

describe('a caller who is bounded to some hosts', () => {
  const bounded = () => clientOf({ role: 'viewer', hosts: 'env=test' });

  it('finds nobody on others, by whatever filter, and counts nobody there', async () => {
    const client = await bounded();
    const queries = [
      {},
      { address: '10.1.0.7' },
      { container: 'shop-*' },
      { network: '*' },
      { state: ['running' as const] },
    ];
    for (const query of queries) {
      const page = await client.listEndpoints({ query });
      expect([rows(page), page.total]).toEqual([['test-1/lan/shop-web-1'], 1]);
    }
    for (const query of [{ project: 'shop' }, { network: idOf('shop_default') }, { container: 'shop-db-1' }]) {
      expect(await client.listEndpoints({ query })).toMatchObject({ items: [], total: 0 });
    }
  });

  it('learns no more of another host than of one that does not exist', async () => {
    const client = await bounded();
    const told = async (host: string) =>
      client.listEndpoints({ query: { host: [host] } }).then(
        () => 'served',
        ({ code, message, hint }: { code: string; message: string; hint: string }) =>
          [code, message.replace(host, 'HOST'), hint].join(),
      );
    expect(await told('web-1')).toBe(await told('web-9'));
    expect(await told('web-1')).toContain('host_not_found');
  });
});

describe('a host that cannot be asked', () => {
  it('is named, and its rows are shown with their age', async () => {
    const at = new Date(rig.time).toISOString();
    rig.runtime.fleet.session('web-1')!.connection.close('cut');
    await until('web-1 is not live', () => rig.freshness('web-1') !== 'live');
    const client = await clientOf();
    const silent = { name: 'web-1', freshness: 'stale', asOf: at };
    const page = await client.listEndpoints({ query: { address: '10.1.0.7' } });
    expect(page).toMatchObject({ total: 2, unavailableHosts: [silent], unavailableTotal: 1 });
    expect(page.items.map(({ host, freshness }) => [host, freshness])).toEqual([
      ['test-1', 'live'],
      ['web-1', 'stale'],
    ]);
    const fresh = await client.listEndpoints({ query: { address: '10.1.0.7', freshness: ['live'] } });
    expect(rows(fresh)).toEqual(['test-1/lan/shop-web-1']);
    expect(fresh).toMatchObject({ total: 1, unavailableTotal: 1 });
    const others = await client.listEndpoints({ query: { on: 'env=test' } });
    expect(others).toMatchObject({ unavailableHosts: [], unavailableTotal: 0 });
    const bounded = await clientOf({ role: 'viewer', hosts: 'env=test' });
    expect(await bounded.listEndpoints({})).toMatchObject({ unavailableHosts: [], unavailableTotal: 0 });
  });
});
