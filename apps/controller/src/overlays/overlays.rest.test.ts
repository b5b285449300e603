import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, overlayDetail, overlayPage, type OverlayQuery, problem } from '@fairlead/api';
import { type Network } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { type INestApplication } from '@nestjs/common';
import { HostScope } from '../access/host-scope.js';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let app: INestApplication;
let base: string;

const idOf = (text: string): string => text.padEnd(25, '0');
const overlay = (id: string, name: string, overrides: Partial<Network> = {}): Network =>
  network(name, { id: idOf(id), driver: 'overlay', scope: 'swarm', ...overrides });
const container = (name: string, state: 'running' | 'exited' = 'running') =>
  anEndpoint(name, { containerId: `${name}-id`, state });

const node = (name: string, swarm: string, clusterId: string): ScriptedAgent => {
  const { engine } = new ScriptedAgent(name).facts;
  const facts = { nodeId: `node-of-${name}`, clusterId, manager: clusterId !== '' };
  return new ScriptedAgent(name, { labels: { swarm }, engine: { ...engine, swarm: facts } });
};

beforeAll(async () => {
  rig = await Rig.start();
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
  const manager = node('a-manager', 'a', 'cluster-a');
  manager.set(overlay('aingress', 'ingress', { ingress: true }));
  manager.set(overlay('ashop', 'shop_net', { labels: { by: 'manager' }, options: { encrypted: '' } }));
  manager.set(overlay('aidle', 'idle'));
  const first = node('a-worker-1', 'a', '');
  first.set(overlay('aingress', 'ingress', { ingress: true }));
  const two = [container('web-2', 'exited'), container('web-1')];
  first.set(overlay('ashop', 'shop_net', { labels: { by: 'worker' }, endpoints: two }));
  const second = node('a-worker-2', 'a', '');
  second.set(overlay('aingress', 'ingress', { ingress: true }));
  second.set(overlay('ashop', 'shop_net', { labels: { by: 'worker' }, endpoints: [container('db-1')] }));
  const third = node('a-worker-3', 'a', '');
  third.set(overlay('aingress', 'ingress', { ingress: true }));
  const other = node('b-worker', 'b', '');
  other.set(overlay('bingress', 'ingress', { ingress: true }));
  other.set(overlay('bshop', 'shop_net', { endpoints: [container('other')] }));
  const local = new ScriptedAgent('local', { labels: { swarm: 'none' } });
  local.set(network('shop_net'));
  for (const agent of [manager, first, second, third, other, local]) await rig.attach(agent);
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
const list = async (query: Partial<OverlayQuery> = {}) =>
  overlayPage.parse(await (await clientOf()).listOverlays({ query }));
const show = async (reference: string) =>
  overlayDetail.parse(await (await clientOf()).getOverlay({ params: { network: reference } }));
const live = (name: string, containers: number) => ({
  name,
  containers,
  freshness: 'live',
  asOf: new Date(rig.time).toISOString(),
});

describe('the networks of swarms', () => {
  it('are shown each once, in order of name and id, whatever hosts show them', async () => {
    const { items, total, nextCursor } = await list();
    expect(items.map(({ name, id }) => `${name} ${id.replace(/0+$/, '')}`)).toEqual([
      'idle aidle',
      'ingress aingress',
      'ingress bingress',
      'shop_net ashop',
      'shop_net bshop',
    ]);
    expect([total, nextCursor]).toEqual([5, null]);
  });

  it('are put together from what their hosts know: a manager has the record, workers their own containers', async () => {
    const { items } = await list({ name: 'shop_*' });
    expect(items).toMatchObject([
      {
        id: idOf('ashop'),
        labels: { by: 'manager' },
        swarm: 'cluster-a',
        hosts: [live('a-manager', 0), live('a-worker-1', 2), live('a-worker-2', 1)],
        containers: { total: 3, running: 2 },
        simulated: false,
      },
      { id: idOf('bshop'), swarm: '', hosts: [live('b-worker', 1)], containers: { total: 1, running: 1 } },
    ]);
  });

  it('are those that a chosen host shows, told of with all of their hosts', async () => {
    const { items, total } = await list({ host: ['a-worker-2'] });
    expect(items.map(({ name }) => name)).toEqual(['ingress', 'shop_net']);
    expect(items[1]!.hosts.map(({ name }) => name)).toEqual(['a-manager', 'a-worker-1', 'a-worker-2']);
    expect(total).toBe(2);
    expect((await list({ on: 'swarm=none' })).items).toEqual([]);
  });

  it.each([1, 2, 4])('come %i at a time, each once', async (limit) => {
    const ids: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await list({ limit, ...(cursor !== undefined && { cursor }) });
      ids.push(...page.items.map(({ id }) => id));
      expect(page.total).toBe(5);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(ids).toEqual((await list()).items.map(({ id }) => id));
  });

  it.each(['cursor=x', 'limit=0', 'scope=swarm', 'name='])('are not asked for by %s', async (query) => {
    const response = await fetch(`${base}/api/v1/overlays?${query}`, { headers: await headersOf() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_argument' });
  });

  it('of a host that does not exist are an error', async () => {
    await expect(list({ host: ['web-9'] })).rejects.toMatchObject({ code: 'host_not_found' });
  });
});

describe('a network of a swarm', () => {
  it('has the endpoints of all hosts, each with its age', async () => {
    const { endpoints, ...detail } = await show(idOf('ashop'));
    expect(detail).toMatchObject({
      name: 'shop_net',
      options: { encrypted: '' },
      ipamOptions: {},
      containers: { total: 3, running: 2 },
      unavailableHosts: [],
      unavailableTotal: 0,
    });
    expect(
      endpoints.map(({ host, containerName, freshness, network: { id } }) => [host, containerName, freshness, id]),
    ).toEqual([
      ['a-worker-1', 'web-1', 'live', idOf('ashop')],
      ['a-worker-1', 'web-2', 'live', idOf('ashop')],
      ['a-worker-2', 'db-1', 'live', idOf('ashop')],
    ]);
  });

  it('is found by a name that one swarm has, and by the beginning of its id', async () => {
    expect((await show('idle')).id).toBe(idOf('aidle'));
    expect((await show('bsh')).id).toBe(idOf('bshop'));
  });

  it('is not chosen where several swarms have the name: they are named', async () => {
    const response = await fetch(`${base}/api/v1/overlays/shop_net`, { headers: await headersOf() });
    expect(response.status).toBe(409);
    expect(problem.parse(await response.json())).toMatchObject({
      code: 'ambiguous_name',
      candidates: [
        { host: 'a-manager', id: idOf('ashop'), name: 'shop_net' },
        { host: 'b-worker', id: idOf('bshop'), name: 'shop_net' },
      ],
    });
  });

  it('is not chosen where the ids of several networks begin so, also those of one swarm', async () => {
    const detail = { code: 'ambiguous_name', message: expect.stringContaining("'a' fits several networks: ") };
    await expect(show('a')).rejects.toMatchObject(detail);
  });

  it.each(['bridge', 'none', 'shop*', '%', "' OR 1=1"])('is not %s', async (reference) => {
    await expect(show(reference)).rejects.toMatchObject({ code: 'network_not_found' });
  });
});

describe('a caller who is bounded to some hosts', () => {
  it('sees of a network what those hosts know, and of others nothing', async () => {
    const client = await clientOf({ role: 'viewer', hosts: 'swarm=b' });
    const { items, total } = await client.listOverlays({});
    expect(items.map(({ id }) => id)).toEqual([idOf('bingress'), idOf('bshop')]);
    expect(total).toBe(2);
    expect((await client.getOverlay({ params: { network: 'shop_net' } })).id).toBe(idOf('bshop'));
    for (const reference of [idOf('ashop'), 'idle']) {
      await expect(client.getOverlay({ params: { network: reference } })).rejects.toMatchObject({
        code: 'network_not_found',
      });
    }
  });

  it('sees no other host of a network that one of theirs shows', async () => {
    await rig.runtime.hosts.relabel('a-worker-1', { labels: { mine: 'yes' } }, HostScope.all, ACTOR, rig.time);
    const client = await clientOf({ role: 'viewer', hosts: 'mine=yes' });
    const detail = await client.getOverlay({ params: { network: 'shop_net' } });
    expect(detail.hosts.map(({ name }) => name)).toEqual(['a-worker-1']);
    expect(detail.endpoints.map(({ containerName }) => containerName)).toEqual(['web-1', 'web-2']);
    expect(detail).toMatchObject({ swarm: '', labels: { by: 'worker' }, containers: { total: 2, running: 1 } });
    expect((await client.listOverlays({})).items.map(({ hosts }) => hosts.length)).toEqual([1, 1]);
  });
});

describe('hosts that cannot be asked', () => {
  it('are named where they are of the same swarm, and one that is live is believed before a manager that is not', async () => {
    for (const name of ['a-manager', 'a-worker-3', 'b-worker']) {
      rig.runtime.fleet.session(name)!.connection.close('cut');
      await until(`${name} is not live`, () => rig.freshness(name) !== 'live');
    }
    const detail = await show(idOf('ashop'));
    expect(detail.unavailableHosts.map(({ name }) => name)).toEqual(['a-manager', 'a-worker-3']);
    expect(detail.unavailableTotal).toBe(2);
    expect(detail).toMatchObject({ labels: { by: 'worker' }, swarm: 'cluster-a' });
    expect(detail.hosts.map(({ freshness }) => freshness)).toEqual(['stale', 'live', 'live']);
    const all = await list();
    expect(all.unavailableHosts.map(({ name }) => name)).toEqual(['a-manager', 'a-worker-3', 'b-worker']);
    const mine = await clientOf({ role: 'viewer', hosts: 'mine=yes' });
    expect(await mine.getOverlay({ params: { network: 'shop_net' } })).toMatchObject({
      unavailableHosts: [],
      unavailableTotal: 0,
    });
    const bounded = await clientOf({ role: 'viewer', hosts: 'swarm=b' });
    expect((await bounded.listOverlays({})).unavailableHosts.map(({ name }) => name)).toEqual(['b-worker']);
  });
});
