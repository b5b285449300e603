import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createClient,
  createNetworkRequest,
  historyPage,
  type HistoryPageView,
  removedNetworkDetail,
  removedNetworkPage,
  removeQuery,
} from '@fairlead/api';
import { anEndpoint } from '@fairlead/domain/testing';
import { type INestApplication } from '@nestjs/common';
import { HostScope } from '../access/host-scope.js';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let app: INestApplication;
let base: string;
let web: ScriptedAgent;
let created: string;
let started: number;

const entries = () => rig.database.prisma.historyEntry.count();

/** One operation and one change outside on web-1, one outside on test-1, and one on a host that was forgotten since. */
beforeAll(async () => {
  rig = await Rig.start({ time: Date.now() + 60_000 });
  started = rig.time;
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
  web = new ScriptedAgent('web-1', { labels: { env: 'prod' } });
  web.set(network('idle'));
  await rig.attach(web);
  const { engine } = web.facts;
  const test = new ScriptedAgent('test-1', { labels: { env: 'test' }, engine: { ...engine, simulated: true } });
  test.set(network('idle', { id: idOf('idle of test-1') }));
  await rig.attach(test);
  const gone = new ScriptedAgent('gone-1', { labels: { env: 'test' } });
  gone.set(network('left', { id: idOf('left of gone-1') }));
  const link = await rig.attach(gone);

  const { id } = await rig.carryOut(() =>
    rig.runtime.commands.create('web-1', createNetworkRequest.parse({ name: 'shop' }), HostScope.all),
  );
  created = id;
  rig.time += 2_000;
  await web.put(network('shop', { labels: {}, endpoints: [anEndpoint('shop-db-1')] }));
  await until('it is written', async () => (await entries()) === 2);
  await test.drop(idOf('idle of test-1'));
  await until('it is written', async () => (await entries()) === 3);
  rig.time += 1;
  await gone.drop(idOf('left of gone-1'));
  await until('it is written', async () => (await entries()) === 4);
  link.close('switched off');
  await until('the session has gone', () => rig.runtime.fleet.session('gone-1') === undefined);
  await rig.runtime.hosts.forget('gone-1', HostScope.all, ACTOR, rig.time);
  rig.time += 2_000;
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
const BOUNDED = { role: 'viewer', hosts: 'env=test' } as const;
const told = ({ items }: HistoryPageView) =>
  items.map(({ host, kind, network: { name }, by }) => `${host}/${name} ${kind} ${by?.actor ?? 'outside'}`);

const ALL = [
  'gone-1/left network.removed outside',
  'test-1/idle network.removed outside',
  'web-1/shop endpoint.connected outside',
  'web-1/shop network.created local',
];

describe('the history', () => {
  it('says what happened, newest first, and who did it', async () => {
    const page = historyPage.parse(await (await clientOf()).listHistory({ query: {} }));
    expect(told(page)).toEqual(ALL);
    expect(page.nextCursor).toBeNull();
    expect(page.items[3]).toEqual({
      seq: 1,
      at: new Date(started).toISOString(),
      notBefore: null,
      host: 'web-1',
      simulated: false,
      kind: 'network.created',
      network: { id: idOf('shop'), name: 'shop' },
      container: null,
      changes: {},
      by: { actor: 'local', operationId: created, run: null },
    });
    expect(page.items[2]!.container).toMatchObject({ name: 'shop-db-1' });
  });

  it('says whose engine is a simulated one, and of which hosts that is not known any more', async () => {
    const { items } = await (await clientOf()).listHistory({ query: {} });
    expect(items.map(({ host, simulated }) => [host, simulated])).toEqual([
      ['gone-1', null],
      ['test-1', true],
      ['web-1', false],
      ['web-1', false],
    ]);
  });

  it.each<[object, number[]]>([
    [{ host: ['web-1'] }, [2, 3]],
    [{ host: ['gone-1', 'never-was'] }, [0]],
    [{ on: 'env=test' }, [1]],
    [{ on: '' }, [0, 1, 2, 3]],
    [{ on: 'env=test', host: ['web-1'] }, []],
    [{ host: ['web-1'], since: '3s' }, [2]],
    [{ until: '3s' }, [3]],
    [{ since: '99999999999999999999' }, []],
    [{ until: '99999999999999999999' }, [0, 1, 2, 3]],
    [{ since: '1970-01-01T00:00:00Z' }, [0, 1, 2, 3]],
    [{ by: 'operation' }, [3]],
    [{ by: 'outside', kind: ['network.removed'] }, [0, 1]],
    [{ actor: ['local'] }, [3]],
    [{ actor: ['nobody'] }, []],
    [{ network: 's?op' }, [2, 3]],
    [{ network: idOf('shop').slice(0, 12), container: 'shop-*' }, [2]],
    [{ container: '*' }, [2]],
  ])('finds by %j', async (query, found) => {
    expect(told(await (await clientOf()).listHistory({ query }))).toEqual(found.map((index) => ALL[index]));
  });

  it('finds what an operation did', async () => {
    expect(told(await (await clientOf()).listHistory({ query: { operation: created } }))).toEqual([ALL[3]]);
  });

  it('goes on where a page ended, and shows no entry that came since', async () => {
    const client = await clientOf();
    const first = await client.listHistory({ query: { limit: 3 } });
    expect(told(first)).toEqual(ALL.slice(0, 3));
    const rest = await client.listHistory({ query: { limit: 3, cursor: first.nextCursor! } });
    expect([told(rest), rest.nextCursor]).toEqual([ALL.slice(3), null]);
  });

  it('shows nothing that the caller may not know of: other hosts, and those that are gone', async () => {
    const client = await clientOf(BOUNDED);
    expect(told(await client.listHistory({ query: {} }))).toEqual([ALL[1]]);
    expect(told(await client.listHistory({ query: { host: ['gone-1', 'web-1'] } }))).toEqual([]);
    expect(told(await client.listHistory({ query: { on: 'env' } }))).toEqual([ALL[1]]);
    expect(told(await client.listHistory({ query: { operation: created } }))).toEqual([]);
  });

  it('names the hosts asked for that may have changed unseen', async () => {
    const away = new ScriptedAgent('away-1', { labels: { env: 'away' } });
    (await rig.attach(away)).close('the cable was pulled');
    await until('the session has gone', () => rig.runtime.fleet.session('away-1') === undefined);
    const client = await clientOf();
    const silent = async (query: object) =>
      (await client.listHistory({ query })).unavailableHosts.map(({ name }) => name);
    expect(await silent({ host: ['away-1'] })).toEqual(['away-1']);
    expect(await silent({ on: 'env=away' })).toEqual(['away-1']);
    expect(await silent({ host: ['web-1', 'gone-1'] })).toEqual([]);
    const { unavailableHosts, unavailableTotal } = await client.listRemovedNetworks({ query: {} });
    expect([unavailableHosts.map(({ name }) => name), unavailableTotal]).toEqual([['away-1'], 1]);
    expect(await (await clientOf(BOUNDED)).listHistory({ query: {} })).toMatchObject({ unavailableTotal: 0 });
  });

  it.each([
    'since=yesterday',
    'until=soon',
    'kind=network.gone',
    'by=nobody',
    'limit=0',
    'limit=501',
    'cursor=x',
    'on=,,',
    'host=a/b',
    'network=',
    'sort=at',
  ])('refuses %s with a word on it', async (query) => {
    const response = await fetch(`${base}/api/v1/history?${query}`, { headers: await headersOf() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_argument' });
  });

  it('refuses the cursor of another question', async () => {
    const client = await clientOf();
    const { nextCursor } = await client.listHistory({ query: { limit: 1 } });
    const { nextCursor: removed } = await client.listRemovedNetworks({ query: { limit: 1 } });
    for (const query of [{ cursor: nextCursor!, by: 'outside' as const }, { cursor: removed! }]) {
      await expect(client.listHistory({ query })).rejects.toMatchObject({
        code: 'invalid_argument',
        message: expect.stringContaining('does not belong to this query'),
      });
    }
  });
});

describe('networks that are gone', () => {
  it('are listed, latest first', async () => {
    const client = await clientOf();
    const page = removedNetworkPage.parse(await client.listRemovedNetworks({ query: {} }));
    expect(page.items).toMatchObject([
      {
        host: 'gone-1',
        simulated: null,
        name: 'left',
        networkId: idOf('left of gone-1'),
        driver: 'bridge',
        by: null,
      },
      { host: 'test-1', simulated: true, name: 'idle', by: null },
    ]);
    expect(page.total).toBe(2);
    const first = await client.listRemovedNetworks({ query: { limit: 1 } });
    const rest = await client.listRemovedNetworks({ query: { limit: 1, cursor: first.nextCursor! } });
    expect([...first.items, ...rest.items]).toEqual(page.items);
    expect([rest.total, rest.nextCursor]).toEqual([2, null]);
  });

  it('say who removed them', async () => {
    const { id } = await rig.carryOut(() =>
      rig.runtime.commands.remove('web-1', 'idle', removeQuery.parse({}), HostScope.all),
    );
    const { items } = await (await clientOf()).listRemovedNetworks({ query: { host: ['web-1'] } });
    expect(items).toMatchObject([{ name: 'idle', by: { actor: 'local', operationId: id } }]);
  });

  it('are shown with their last record', async () => {
    const client = await clientOf();
    const { items } = await client.listRemovedNetworks({ query: { network: 'left' } });
    const shown = removedNetworkDetail.parse(await client.getRemovedNetwork({ params: { id: items[0]!.id } }));
    expect(shown).toMatchObject({ ...items[0], record: { name: 'left', endpoints: [] } });
  });

  it('are not there for who may not know of their host', async () => {
    const { items } = await (await clientOf()).listRemovedNetworks({ query: {} });
    const bounded = await clientOf(BOUNDED);
    expect((await bounded.listRemovedNetworks({ query: {} })).items).toEqual(
      items.filter(({ host }) => host === 'test-1'),
    );
    for (const { id, host } of items) {
      const shown = bounded.getRemovedNetwork({ params: { id } });
      if (host === 'test-1') await expect(shown).resolves.toMatchObject({ id });
      else await expect(shown).rejects.toMatchObject({ code: 'network_not_found' });
    }
    await expect(bounded.getRemovedNetwork({ params: { id: 'none' } })).rejects.toMatchObject({
      code: 'network_not_found',
    });
  });

  it.each(['since=yesterday', 'cursor=x', 'limit=0', 'kind=network.removed'])('are refused for %s', async (query) => {
    const response = await fetch(`${base}/api/v1/removed-networks?${query}`, { headers: await headersOf() });
    expect(await response.json()).toMatchObject({ status: 400, code: 'invalid_argument' });
  });
});
