import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, networkFacets, type NetworkView } from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { Rig } from '../testing/rig.js';
import { network, ScriptedAgent } from '../testing/scripted-agent.js';

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
      labels: { 'com.docker.compose.project': 'shop', 'note "a", b': 'line\nbreak' },
      endpoints: [anEndpoint('shop-web-1', { project: 'shop' }), anEndpoint('shop-db-1', { state: 'exited' })],
    }),
  );
  web.set(network('macs', { driver: 'macvlan' }));
  await rig.attach(web);
  const test = new ScriptedAgent('test-1', { labels: { env: 'test' } });
  test.set(network('shop_default', { id: 'e'.repeat(64), subnets: [subnet('10.1.0.0/16')] }));
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
const names = ({ items }: { items: readonly NetworkView[] }) => items.map(({ host, name }) => `${host}/${name}`).sort();

describe('the list', () => {
  it.each([
    [{ driver: ['macvlan'], on: 'env=prod' }, ['web-1/macs']],
    [{ driver: ['macvlan'], on: 'env=test' }, []],
    [{ address: '10.1.0.7' }, ['test-1/shop_default', 'web-1/shop_default']],
    [{ overlaps: '10.1.9.0/24' }, ['test-1/shop_default']],
    [{ project: 'shop' }, ['web-1/shop_default']],
    [{ q: 'shop db' }, ['web-1/shop_default']],
    [{ simulated: true }, []],
  ])('finds by %j', async (query, found) => {
    expect(names(await (await clientOf()).listNetworks({ query }))).toEqual(found);
  });

  it('says since when nobody has used a network', async () => {
    const { items } = await (await clientOf()).listNetworks({ query: { name: 'shop_default', sort: 'host' } });
    expect(items.map(({ unusedSince }) => unusedSince === null)).toEqual([false, true]);
  });

  it.each([
    'overlaps=10.1',
    'unusedFor=long',
    'simulated=perhaps',
    'address=10.1',
    'sort=size',
    'cursor=x',
    'by=driver',
  ])('refuses %s with a word on it', async (query) => {
    const response = await fetch(`${base}/api/v1/networks?${query}`, { headers: await headersOf() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_argument' });
  });
});

describe('facets', () => {
  it('divide what the list finds, by columns, hosts and their labels', async () => {
    const client = await clientOf();
    const by = ['driver', 'scope', 'host', 'freshness', 'project', 'inUse', 'label:env', 'label:none'];
    const { total, facets } = networkFacets.parse(await client.countNetworks({ query: { by, predefined: false } }));
    expect(total).toBe((await client.listNetworks({ query: { predefined: false } })).total);
    const of = (name: string) =>
      Object.fromEntries(facets.find((facet) => facet.by === name)!.values.map(({ value, count }) => [value, count]));
    expect(of('driver')).toEqual({ bridge: 2, macvlan: 1 });
    expect(of('scope')).toEqual({ local: 3 });
    expect(of('host')).toEqual({ 'web-1': 2, 'test-1': 1 });
    expect(of('freshness')).toEqual({ live: 3 });
    expect(of('project')).toEqual({ shop: 1, '': 2 });
    expect(of('inUse')).toEqual({ true: 1, false: 2 });
    expect(of('label:env')).toEqual({ prod: 2, test: 1 });
    expect(of('label:none')).toEqual({ '': 3 });
  });

  it('count nothing that the caller may not know of', async () => {
    const bounded = await clientOf({ role: 'viewer', hosts: 'env=test' });
    const { facets } = await bounded.countNetworks({ query: { by: ['host', 'label:env'] } });
    expect(facets.map(({ values }) => values.map(({ value }) => value))).toEqual([['test-1'], ['test']]);
  });

  it('refuse what cannot be counted by', async () => {
    const response = await fetch(`${base}/api/v1/networks/facets?by=size`, { headers: await headersOf() });
    expect(await response.json()).toMatchObject({ status: 400, code: 'invalid_argument' });
  });
});

describe('an export', () => {
  const read = async (query: string, wish: Parameters<Rig['token']>[0] = {}) =>
    fetch(`${base}/api/v1/networks/export?${query}`, { headers: await headersOf(wish) });

  it('has every row of the list as JSON', async () => {
    const rows = (await (await read('format=json&sort=host')).json()) as NetworkView[];
    const { items } = await (await clientOf()).listNetworks({ query: { sort: 'host' } });
    expect(rows).toEqual(items);
  });

  it('is CSV that says the same, also of text that CSV has to quote', async () => {
    const response = await read('format=csv&name=shop_default&sort=host');
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="networks.csv"');
    const [header, ...rows] = parseCsv(await response.text());
    const cells = rows.map((row) => Object.fromEntries(header!.map((name, index) => [name, row[index]])));
    expect(cells).toMatchObject([
      { host: 'test-1', subnets: '10.1.0.0/16', containers: '0' },
      { host: 'web-1', subnets: '10.1.0.0/24', containers: '2', running: '1', unused_since: '' },
    ]);
    expect(JSON.parse(cells[1]!['labels']!)).toMatchObject({ 'note "a", b': 'line\nbreak' });
  });

  it('has no formula for a spreadsheet in its CSV', async () => {
    const odd = new ScriptedAgent('odd-1', { labels: {} });
    const names = ['=HYPERLINK("http://a/")', '+1', '-1', '@a', '\ta', 'a=1'];
    names.forEach((name, nth) => odd.set(network(name, { id: `${nth}`.repeat(64) })));
    await rig.attach(odd);
    const [, ...rows] = parseCsv(await (await read('format=csv&host=odd-1&predefined=false')).text());
    expect(rows.map((row) => row[2]).sort()).toEqual(
      ['\'=HYPERLINK("http://a/")', "'+1", "'-1", "'@a", "'\ta", 'a=1'].sort(),
    );
    const plain = (await (await read('format=json&host=odd-1&predefined=false')).json()) as NetworkView[];
    expect(plain.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('of nothing is empty, and still well formed', async () => {
    expect(await (await read('name=none')).json()).toEqual([]);
    expect(parseCsv(await (await read('name=none&format=csv')).text())).toHaveLength(1);
  });

  it('shows nothing that the caller may not know of', async () => {
    const rows = (await (await read('', { role: 'viewer', hosts: 'env=test' })).json()) as NetworkView[];
    expect(new Set(rows.map(({ host }) => host))).toEqual(new Set(['test-1']));
  });

  it('that cannot be made is a problem like any other', async () => {
    const response = await read('address=nowhere');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});

/** RFC 4180, read strictly. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  expect(row).toEqual([]);
  return rows;
}
