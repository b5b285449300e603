import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_PREFIX, type EventView, type OperationView } from '@fairlead/api';
import { type Role } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { type INestApplication } from '@nestjs/common';
import { declaredPolicies } from '../http/policies.js';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { rawRequest, type RawAnswer } from '../testing/raw-request.js';
import { Rig, until } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';

/** Everything that the host out of scope has or was asked for bears this mark. */
const MARK = /zebra|10\.77\.|fd77:/i;
const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

let rig: Rig;
let app: INestApplication;
let port: number;
let base: string;
let steady = 0;
let mine: ScriptedAgent;
let zebra: ScriptedAgent;
let admin: Record<string, string>;
const scoped = new Map<Role, Record<string, string>>();
/** Operations on the host out of scope, and on one that is forgotten. */
const hidden: string[] = [];

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const json = { 'content-type': 'application/json' };
const api = (headers: Record<string, string>, method: string, path: string, body?: object): Promise<RawAnswer> =>
  rawRequest(port, {
    method,
    path: API_PREFIX + path,
    headers: { ...headers, ...(body && json) },
    ...(body && { body: JSON.stringify(body) }),
  });
const read = async <T>(answer: Promise<RawAnswer>): Promise<T> => JSON.parse((await answer).body) as T;
const command = async (path: string, body: object) => {
  const view = await read<OperationView & { operation?: OperationView }>(api(admin, 'POST', path, body));
  return view.operation?.id ?? view.id;
};

const zebraNetwork = (name = 'zebra-net') =>
  network(name, {
    labels: { 'zebra-label': 'zebra', both: 'shared' },
    options: { 'zebra-option': 'zebra' },
    subnets: [{ cidr: '10.77.0.0/16', ipRange: null, gateway: '10.77.0.1', auxAddresses: { zebra: '10.77.0.9' } }],
    endpoints: [anEndpoint('far-box', { ipv4: '10.77.0.5', project: 'zebra-project', service: 'zebra-service' })],
  });

beforeAll(async () => {
  rig = await Rig.start({ runtime: { monotonic: () => (steady += 3_600_000) } });
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  port = await listen(app, 0);
  base = `http://127.0.0.1:${port}`;
  admin = bearer(await rig.token());
  for (const role of ROLES) scoped.set(role, bearer(await rig.token({ role, hosts: 'team=a' })));
  mine = new ScriptedAgent('mine-1', { labels: { team: 'a' } });
  mine.set(network('my-net', { endpoints: [anEndpoint('near-box')], labels: { both: 'shared' } }));
  zebra = new ScriptedAgent('zebra-1', { labels: { team: 'b', zebra: 'zebra' }, agentVersion: '9.9.9-zebra' });
  for (const each of [zebraNetwork(), zebraNetwork('my-net')]) zebra.set(each);
  await rig.attach(mine);
  await rig.attach(zebra);
  const gone = new ScriptedAgent('zebra-gone', { labels: { team: 'b' } });
  const session = await rig.attach(gone);
  hidden.push(await command('/hosts/zebra-gone/networks', { name: 'zebra-of-gone' }));
  hidden.push(await command('/hosts/zebra-1/networks', { name: 'zebra-made' }));
  hidden.push(await command('/hosts/zebra-1/probe', { from: 'zebra-box', to: 'zebra' }));
  zebra.on('DisconnectContainer', () => Promise.reject(new Error('zebra said no')));
  hidden.push(await command('/hosts/zebra-1/networks/zebra-net/disconnect', { container: 'zebra-box' }));
  await api(admin, 'PATCH', '/hosts/zebra-1', { labels: { 'zebra-set': 'zebra' } });
  session.close('done');
  await until('it has gone', () => rig.runtime.fleet.session('zebra-gone') === undefined);
  await api(admin, 'DELETE', '/hosts/zebra-gone');
  await command('/hosts/mine-1/networks', { name: 'mine-made' });
});

afterAll(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

const everything = ({ status, headers, body }: RawAnswer): string => JSON.stringify({ status, headers, body });

describe('the test itself', () => {
  it('would see the other host: an admin without bounds does, by each of these addresses', async () => {
    expect(hidden.every((id) => id.length === 36)).toBe(true);
    for (const path of [
      '/hosts',
      '/networks',
      '/operations',
      '/audit',
      `/operations/${hidden[0]}`,
      `/operations/${hidden[3]}`,
    ]) {
      expect([path, MARK.test((await api(admin, 'GET', path)).body)]).toEqual([path, true]);
    }
  });
});

describe.each(ROLES)('a %s of some hosts', (role) => {
  const ask = (method: string, path: string, body?: object) => api(scoped.get(role)!, method, path, body);

  it.each([
    '/whoami',
    '/hosts',
    '/hosts?on=team%3Db',
    '/hosts?on=team',
    '/hosts?freshness=live',
    '/hosts?freshness=offline&freshness=stale&freshness=live',
    '/hosts/mine-1',
    '/networks?limit=500',
    '/networks?limit=1',
    '/networks?q=zebra',
    '/networks?q=10.77',
    '/networks?name=*',
    '/networks?name=zebra*',
    '/networks?on=team%3Db',
    '/networks?on=!nothing',
    '/networks?freshness=live&freshness=stale&freshness=offline',
    '/networks?label=both',
    '/networks?label=zebra-label',
    '/networks?container=far-box',
    '/networks?project=zebra-project',
    '/networks?address=10.77.0.5',
    '/networks?sort=-host',
    '/networks?driver=bridge&inUse=true',
    '/hosts/mine-1/networks/my-net',
    '/hosts/mine-1/networks/my-net?live=true',
    '/operations?limit=500',
    '/operations?kind=create&kind=probe&kind=disconnect',
    '/operations?outcome=failed',
    '/operations?state=finished',
    '/audit?limit=500',
    '/audit?action=host.*',
    '/audit?actor=local',
    '/openapi.json',
    '/events',
    '/events?on=team&network=*',
    '/hosts/mine-1/consistency',
  ])('sees nothing of the other host at %s', async (path) => {
    expect(everything(await ask('GET', path)).replaceAll(encodeURI(path), '')).not.toMatch(MARK);
    expect(everything(await ask('HEAD', path))).not.toMatch(MARK);
  });

  it('counts what it sees and nothing else', async () => {
    const total = async (path: string) => (await read<{ total: number }>(ask('GET', path))).total;
    expect(await total('/hosts')).toBe(1);
    expect(await total('/networks?q=zebra')).toBe(0);
    expect(await total('/networks?limit=1')).toBe(mine.networks.size);
    expect(await total('/operations?host=mine-1')).toBe(await total('/operations'));
    expect(await read(ask('GET', '/networks'))).toMatchObject({ unavailableHosts: [] });
  });

  it('pages through what it sees, also with a cursor of somebody who sees more', async () => {
    const walk = async (list: string): Promise<string> => {
      let [text, cursor] = ['', ''];
      for (let page = 0; page < 50 && cursor !== 'none'; page++) {
        const answer = (await ask('GET', `${list}?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).body;
        const { nextCursor } = JSON.parse(answer) as { nextCursor: string | null };
        text += answer + (nextCursor === null ? '' : Buffer.from(nextCursor, 'base64url').toString());
        cursor = nextCursor ?? 'none';
      }
      return text;
    };
    const pages = ['/hosts', '/networks', '/operations'];
    for (const list of role === 'admin' ? [...pages, '/audit'] : pages) {
      expect(await walk(list)).not.toMatch(MARK);
      const { nextCursor } = await read<{ nextCursor: string }>(api(admin, 'GET', `${list}?limit=1`));
      expect((await ask('GET', `${list}?limit=500&cursor=${encodeURIComponent(nextCursor)}`)).body).not.toMatch(MARK);
    }
  });

  it('is told of the other host what it is told of one that does not exist, on every route', async () => {
    const answer = async (method: string, path: string, host: string, body?: object) => {
      const { status, headers, body: text } = await ask(method, path.replace(/:host|HOST/g, host), body);
      const { date: _date, 'content-length': _length, ...rest } = headers;
      return JSON.stringify({ status, rest, text }).replaceAll(host, 'HOST');
    };
    const named = declaredPolicies(app).filter(({ policy }) => policy!.access.hosts === 'named');
    const paths = named.map(
      ({ method, path }) => [method.toUpperCase(), path.replace(':network', 'zebra-net')] as const,
    );
    const bodies = [undefined, {}, { name: 'x' }, { container: 'far-box' }, { from: 'x', to: 'y' }, { nonsense: 1 }];
    const filters = ['/hosts?host=HOST', '/networks?host=HOST', '/operations?host=HOST', '/events?host=HOST'];
    for (const [method, path] of [...paths, ...filters.map((filter) => ['GET', filter] as const)]) {
      for (const body of method === 'GET' ? [undefined] : bodies) {
        const [other, none] = [await answer(method, path, 'zebra-1', body), await answer(method, path, 'nobody', body)];
        expect([method, path, other]).toEqual([method, path, none]);
      }
    }
  });

  it('finds no operation of the other host, nor of one that is forgotten', async () => {
    for (const id of hidden) {
      const { status, body } = await ask('GET', `/operations/${id}`);
      expect([status, body.replaceAll(id, 'ID')]).toEqual([
        404,
        (await ask('GET', '/operations/no-such')).body.replaceAll('no-such', 'ID'),
      ]);
    }
  });
});

describe('an operator of some hosts', () => {
  const ask = (path: string, body: object, headers = {}) =>
    api({ ...scoped.get('operator')!, ...headers }, 'POST', path, body);

  it('is not told where a container of another host is', async () => {
    const answer = await ask('/hosts/mine-1/probe', { from: 'near-box', to: 'far-box' });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toMatch(MARK);
    expect(JSON.parse(answer.body)).toMatchObject({ result: { explanation: 'in the words of the agent' } });
  });

  it('nor by what somebody who sees more was told', async () => {
    const done = await read<OperationView>(
      api(admin, 'POST', '/hosts/mine-1/probe', { from: 'near-box', to: 'far-box' }),
    );
    expect(JSON.stringify(done.result)).toMatch(/zebra-1/);
    expect(done.result).not.toHaveProperty('fleet');
    for (const path of [`/operations/${done.id}`, '/operations', '/operations?kind=probe']) {
      const { body } = await api(scoped.get('viewer')!, 'GET', path);
      expect([path, body.includes(done.id), MARK.test(body), body.includes('"fleet"')]).toEqual([
        path,
        true,
        false,
        false,
      ]);
    }
  });

  it('gets the operation of another actor for no idempotency key', async () => {
    const key = { 'idempotency-key': 'the-same' };
    const theirs = await read<OperationView>(
      api({ ...admin, ...key }, 'POST', '/hosts/mine-1/networks', { name: 'by-admin' }),
    );
    const own = await read<OperationView>(ask('/hosts/mine-1/networks', { name: 'by-operator' }, key));
    expect(own.id).not.toBe(theirs.id);
    expect(own.target.network!.name).toBe('by-operator');
    await api({ ...admin, 'idempotency-key': 'far' }, 'POST', '/hosts/zebra-1/networks', { name: 'zebra-idem' });
    expect((await ask('/hosts/zebra-1/networks', { name: 'zebra-idem' }, { 'idempotency-key': 'far' })).status).toBe(
      404,
    );
  });
});

/** What a reader is told from now on, or since an event. */
function follow(headers: Record<string, string>, since?: string) {
  const leave = new AbortController();
  const seen: EventView[] = [];
  const told = { text: '' };
  const state = { over: false };
  const opened = fetch(`${base}${API_PREFIX}/events`, {
    headers: { ...headers, ...(since && { 'last-event-id': since }) },
    signal: leave.signal,
  }).then(({ body }) => body!.getReader());
  void opened
    .then(async (reader) => {
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        told.text += decoder.decode(value as Uint8Array, { stream: true });
        seen.splice(
          0,
          seen.length,
          ...[...told.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as EventView),
        );
      }
    })
    .catch(() => undefined)
    .finally(() => (state.over = true));
  const named = (name: string) => seen.some(({ data }) => 'name' in data && data.name === name);
  return { seen, told, state, opened, named, leave: () => leave.abort() };
}

describe('events for a reader of some hosts', () => {
  const viewer = () => scoped.get('viewer')!;

  it('are of those hosts, live and after a return', async () => {
    await until('the fleet is quiet', () => rig.events.length > 0);
    const since = rig.events[0]!.id;
    const [live, all] = [follow(viewer()), follow(admin)];
    await Promise.all([live.opened, all.opened]);
    await zebra.put(zebraNetwork('zebra-later'));
    await zebra.drop(idOf('zebra-later'));
    await command('/hosts/zebra-1/networks', { name: 'zebra-event' });
    await command('/hosts/mine-1/probe', { from: 'near-box', to: 'far-box' });
    await api(admin, 'PATCH', '/hosts/zebra-1', { labels: { zebra: 'again' } });
    const brief = await rig.attach(new ScriptedAgent('zebra-brief', { labels: { team: 'b' } }));
    brief.close('done');
    await until('it has gone', () => rig.runtime.fleet.session('zebra-brief') === undefined);
    await api(admin, 'DELETE', '/hosts/zebra-brief');
    await mine.put(network('sentinel'));
    await until('both have come to the end', () => live.named('sentinel') && all.named('sentinel'));
    const again = follow(viewer(), since);
    await until('what was missed has come', () => again.named('sentinel'));
    for (const { told } of [live, again]) expect(told.text).not.toMatch(MARK);
    expect(live.seen.map(({ type }) => type)).toContain('operation.changed');
    expect(all.told.text).toMatch(MARK);
    expect(all.seen.map(({ type }) => type)).toEqual(expect.arrayContaining(['host.removed', 'network.removed']));
    for (const each of [live, all, again]) each.leave();
  });

  it('of another life of the controller are a resync that tells nothing', async () => {
    const reader = follow(viewer(), 'zebra-life-7'.replace('zebra', 'other'));
    await until('it is told', () => reader.seen.length > 0);
    expect(reader.seen).toMatchObject([{ type: 'resync', host: null }]);
    reader.leave();
  });

  it('tell of a host whose labels lead out of the scope that it is gone, and of one that comes in to read again', async () => {
    const roaming = new ScriptedAgent('roaming', { labels: { team: 'a' } });
    await rig.attach(roaming);
    const reader = follow(viewer());
    await reader.opened;
    await roaming.put(network('while-in'));
    await until('it is seen', () => reader.named('while-in'));
    await api(admin, 'PATCH', '/hosts/roaming', { labels: { team: 'b', zebra: 'yes' } });
    await roaming.put(network('zebra-while-out'));
    await rig.settle('roaming');
    await until('it is gone', () =>
      reader.seen.some(({ type, host }) => type === 'host.removed' && host === 'roaming'),
    );
    await api(admin, 'PATCH', '/hosts/roaming', { labels: { team: 'a', zebra: null } });
    await until('it is to be read', () => reader.seen.at(-1)?.type === 'resync');
    await roaming.put(network('in-again'));
    await until('it is seen again', () => reader.named('in-again'));
    expect(reader.told.text).not.toMatch(MARK);
    reader.leave();
  });

  it('tell that a host of the scope was removed', async () => {
    const reader = follow(viewer());
    await reader.opened;
    const session = rig.runtime.fleet.session('roaming')!;
    session.connection.close('done');
    await until('it has gone', () => rig.runtime.fleet.session('roaming') === undefined);
    await api(admin, 'DELETE', '/hosts/roaming');
    await until('it is told', () =>
      reader.seen.some(({ type, host }) => type === 'host.removed' && host === 'roaming'),
    );
    reader.leave();
  });
});

describe('a name that is used again', () => {
  it('brings the new host nothing of what the one before did', async () => {
    const first = await rig.attach(new ScriptedAgent('reused', { labels: { team: 'b' } }));
    const before = await command('/hosts/reused/networks', { name: 'zebra-before' });
    first.close('done');
    await until('it has gone', () => rig.runtime.fleet.session('reused') === undefined);
    await api(admin, 'DELETE', '/hosts/reused');
    rig.time += 1000;
    await rig.attach(new ScriptedAgent('reused', { labels: { team: 'a' }, journalId: 'another' }), 'another-instance');
    const after = await command('/hosts/reused/networks', { name: 'mine-after' });
    for (const path of ['/operations?host=reused', '/audit?host=reused']) {
      const { body } = await api(scoped.get('admin')!, 'GET', path);
      expect([path, MARK.test(body), body.includes(before), body.includes(after)]).toEqual([path, false, false, true]);
    }
    expect((await api(scoped.get('admin')!, 'GET', `/operations/${before}`)).status).toBe(404);
    expect((await api(admin, 'GET', `/operations/${before}`)).status).toBe(200);
  });
});

describe('a stream', () => {
  it.each(['revoked', 'expired'])('ends with its token: %s', async (how) => {
    const token = await rig.token({ name: how, role: 'viewer', expiresIn: '1h' });
    const reader = follow(bearer(token));
    await reader.opened;
    if (how === 'revoked') await api(admin, 'DELETE', `/tokens/${how}`);
    else rig.time += 3_600_000;
    await until('it is over', () => reader.state.over);
    expect((await api(bearer(token), 'GET', '/whoami')).status).toBe(401);
  });
});
