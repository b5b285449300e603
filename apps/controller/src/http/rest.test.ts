import { request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createClient,
  type EventView,
  event as eventSchema,
  followEvents,
  OPERATION_IDS,
  problem as problemSchema,
  PROBLEM_MEDIA_TYPE,
  ROUTES,
} from '@fairlead/api';
import { FairleadError, parseCidr } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { type INestApplication } from '@nestjs/common';
import { createLogger } from '../log.js';
import { Rig, until } from '../testing/rig.js';
import { Gate, idOf, message, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { servedRoutes } from './policies.js';
import { BEYOND, createServer, listen } from './server.js';

let rig: Rig;
let app: INestApplication;
let agent: ScriptedAgent;
let port: number;
let base: string;
let bearer: { authorization: string };
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  rig = await Rig.start({ ca: true, runtime: { dialRanges: [parseCidr('127.0.0.0/8')] } });
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  port = await listen(app, 0);
  base = `http://127.0.0.1:${port}`;
  bearer = { authorization: `Bearer ${await rig.token()}` };
  client = createClient({ baseUrl: base, headers: bearer });
  agent = new ScriptedAgent('web-1', { labels: { env: 'prod' } });
  agent.set(network('my-net', { endpoints: [anEndpoint('one')] }));
  await rig.attach(agent);
});

afterAll(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

const V1 = '/api/v1';
const json = { 'content-type': 'application/json' };
const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  ask(V1 + path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
const get = (path: string) => ask(V1 + path);
/** With the admin's token. */
const ask = (path: string, init: RequestInit = {}) =>
  fetch(base + path, { ...init, headers: { ...bearer, ...(init.headers as Record<string, string>) } });

/** The answer as a problem: media type, status and schema agree. */
async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toMatch(PROBLEM_MEDIA_TYPE);
  const body = problemSchema.parse(await response.json());
  expect(body.status).toBe(response.status);
  return body;
}

/** Sends what no client of ours would. */
function raw(options: { method?: string; path: string; headers?: Record<string, string>; body?: string | Buffer }) {
  return new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
    const headers = { ...bearer, ...options.headers };
    const sent = httpRequest({ host: '127.0.0.1', port, method: 'GET', ...options, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body }),
      );
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

describe('the routes', () => {
  it('are those of the table, all of them and nothing else', () => {
    const served = servedRoutes(app, BEYOND).map(({ method, path }) => `${method} ${path}`);
    const wanted = Object.values(ROUTES).map(
      ({ method, path }) => `${method} ${V1}${path.replace(/\{(\w+)\}/g, ':$1')}`,
    );
    const beyond = BEYOND.map((path) => `get ${path}`);
    expect(served.sort()).toEqual([...wanted, ...beyond].sort());
  });

  it('answer as their schemas say', async () => {
    const params = { host: 'web-1' };
    const at = { ...params, network: 'my-net' };
    const answered = new Set<string>();
    const ask = async <T>(id: keyof typeof client, answer: Promise<T>): Promise<T> => {
      answered.add(id);
      return answer;
    };
    await ask('listHosts', client.listHosts());
    await ask('getHost', client.getHost({ params }));
    const patched = await ask('updateHost', client.updateHost({ params, body: { labels: { rack: '1', gone: null } } }));
    expect(patched.labels).toEqual({ env: 'prod', rack: '1' });
    await ask('listNetworks', client.listNetworks());
    const counted = await ask('countNetworks', client.countNetworks({ query: { by: ['driver'] } }));
    expect(counted.facets[0]!.values.reduce((sum, { count }) => sum + count, 0)).toBe(counted.total);
    expect(await ask('exportNetworks', client.exportNetworks())).toHaveLength(counted.total);
    expect(await ask('checkHost', client.checkHost({ params }))).toMatchObject({ consistent: true });
    expect(await ask('getNetwork', client.getNetwork({ params: at }))).toMatchObject({
      source: 'inventory',
      endpoints: [{ containerName: 'one' }],
    });
    expect(await client.getNetwork({ params: at, query: { live: true } })).toMatchObject({ source: 'engine' });
    expect(await ask('listEndpoints', client.listEndpoints())).toMatchObject({ items: [{ containerName: 'one' }] });
    const mesh = network('mesh', { driver: 'overlay', scope: 'swarm' });
    await agent.put(mesh);
    await rig.settle('web-1');
    expect(await ask('listOverlays', client.listOverlays())).toMatchObject({ items: [{ name: 'mesh' }] });
    const overlay = await ask('getOverlay', client.getOverlay({ params: { network: 'mesh' } }));
    expect(overlay).toMatchObject({ hosts: [{ name: 'web-1' }] });
    await agent.drop(mesh.id);
    const made = await ask('createNetwork', client.createNetwork({ params, body: { name: 'rest-net' } }));
    await ask('connectContainer', client.connectContainer({ params: at, body: { container: 'one' } }));
    await ask('disconnectContainer', client.disconnectContainer({ params: at, body: { container: 'one' } }));
    await ask('removeNetwork', client.removeNetwork({ params: { ...params, network: 'rest-net' } }));
    const { items } = await ask('listHistory', client.listHistory({ query: { network: 'rest-net' } }));
    expect(items.map(({ kind }) => kind)).toEqual(['network.removed', 'network.created']);
    const removed = await ask('listRemovedNetworks', client.listRemovedNetworks({ query: { network: 'rest-net' } }));
    const { id } = removed.items[0]!;
    expect(await ask('getRemovedNetwork', client.getRemovedNetwork({ params: { id } }))).toMatchObject({ id });
    await ask('planRestore', client.planRestore({ params: { id }, body: {} }));
    await ask('restoreNetwork', client.restoreNetwork({ params: { id }, body: {} }));
    const plan = await ask('planPrune', client.planPrune({ params, body: { until: '24h' } }));
    expect(plan.filters).toEqual({ until: '24h', labels: [], notLabels: [] });
    await ask('pruneNetworks', client.pruneNetworks({ params, body: { planHash: plan.hash, until: '24h' } }));
    await ask('probe', client.probe({ params, body: { from: 'one', to: '10.0.0.1' } }));
    expect((await ask('listOperations', client.listOperations())).total).toBeGreaterThanOrEqual(6);
    expect(await ask('getOperation', client.getOperation({ params: { operation: made.id } }))).toEqual(made);
    expect(await ask('getOpenApi', client.getOpenApi())).toMatchObject({ openapi: '3.1.0' });
    const policy = { policy: 'nightly' };
    await ask('createPolicy', client.createPolicy({ body: { name: 'nightly', spec: { matchAll: true } } }));
    await ask('listPolicies', client.listPolicies());
    await ask('getPolicy', client.getPolicy({ params: policy }));
    await ask('updatePolicy', client.updatePolicy({ params: policy, body: { paused: true } }));
    await ask('listPolicyVersions', client.listPolicyVersions({ params: policy }));
    await ask('planPolicy', client.planPolicy({ params: policy, body: {} }));
    const { spec } = await client.getPolicy({ params: policy });
    await ask('dryRunNewPolicy', client.dryRunNewPolicy({ body: { name: 'another', spec } }));
    await ask('dryRunPolicy', client.dryRunPolicy({ params: policy, body: { spec } }));
    const run = await ask('startRun', client.startRun({ params: policy, body: {} }));
    await ask('listRuns', client.listRuns());
    expect(await ask('getRun', client.getRun({ params: { run: run.id } }))).toEqual(run);
    await ask('listRunItems', client.listRunItems({ params: { run: run.id } }));
    expect(await ask('cancelRun', client.cancelRun({ params: { run: run.id } }))).toEqual(run);
    await ask('setFreeze', client.setFreeze({ body: { frozen: true } }));
    await client.setFreeze({ body: { frozen: false } });
    expect(await ask('getFreeze', client.getFreeze())).toMatchObject({ frozen: false });
    await ask('removePolicy', client.removePolicy({ params: policy }));
    const gone = new ScriptedAgent('brief');
    (await rig.attach(gone)).close('done');
    await until('it has gone', () => rig.runtime.fleet.session('brief') === undefined);
    await ask('removeHost', client.removeHost({ params: { host: 'brief' } }));
    expect(await ask('whoami', client.whoami())).toMatchObject({ role: 'admin', kind: 'token', hosts: '' });
    await ask('createApiToken', client.createApiToken({ body: { name: 'rest', role: 'viewer', hosts: 'env=prod' } }));
    const listed = await ask('listApiTokens', client.listApiTokens());
    expect(listed.items.map(({ name }) => name)).toContain('rest');
    await ask('revokeApiToken', client.revokeApiToken({ params: { token: 'rest' } }));
    await ask('getLoginMethods', client.getLoginMethods());
    rig.runtime.place.port = 7801;
    const token = await ask('createJoinToken', client.createJoinToken({ body: { labels: { env: 'prod' } } }));
    await ask('listJoinTokens', client.listJoinTokens());
    await ask('revokeJoinToken', client.revokeJoinToken({ params: { token: token.id } }));
    await ask('addHost', client.addHost({ body: { name: 'listener', address: '127.0.0.1:9' } }));
    await rig.attach(new ScriptedAgent('joined'), undefined, await rig.join('joined'));
    await ask('revokeHost', client.revokeHost({ params: { host: 'joined' } }));
    await ask('getCa', client.getCa());
    await ask('prepareRoot', client.prepareRoot({ body: {} }));
    await ask('activateRoot', client.activateRoot({ body: { force: true } }));
    await ask('retireRoot', client.retireRoot({ body: { force: true } }));
    expect((await ask('listAudit', client.listAudit())).total).toBeGreaterThan(10);
    expect(await ask('verifyAudit', client.verifyAudit())).toMatchObject({ sound: true });
    // Those need more than a token: an identity provider, a reader that stays, two machines of one identity, a plan that waits.
    const elsewhere = ['beginDeviceLogin', 'pollDeviceLogin', 'logout', 'followEvents', 'resolveHost', 'approveRun'];
    expect([...answered, ...elsewhere].sort()).toEqual([...OPERATION_IDS].sort());
    for (const host of ['listener', 'joined']) await client.removeHost({ params: { host } });
  });

  it('tell supervisors that the process lives and that it can do its work', async () => {
    for (const path of ['/healthz', '/readyz']) {
      expect((await fetch(base + path)).status).toBe(200);
      expect((await fetch(base + path, { method: 'POST' })).status).toBe(404);
    }
  });

  it('answer HEAD as GET, without a body and without an end that never comes', async () => {
    for (const path of ['/hosts', '/networks', '/events', '/operations', '/openapi.json']) {
      const answer = await raw({ method: 'HEAD', path: V1 + path });
      expect([path, answer.status, answer.body]).toEqual([path, 200, '']);
    }
    expect((await raw({ method: 'HEAD', path: `${V1}/hosts/none` })).status).toBe(404);
  });

  it.each([
    ['GET', '/nowhere'],
    ['PUT', '/hosts/web-1'],
    ['POST', '/networks'],
    ['DELETE', '/hosts/web-1/networks'],
    ['GET', '/hosts/web-1/networks/my-net/extra'],
  ])('that are not there are problems: %s %s', async (method, path) => {
    const answer = await problemOf(await ask(V1 + path, { method }));
    expect(answer).toMatchObject({ code: 'not_found', detail: `There is nothing at ${method} ${V1}${path}` });
  });

  it.each([
    ['GET', '/'],
    ['POST', '/nowhere'],
    ['GET', '/api'],
    ['GET', '/healthz/more'],
    ['GET', '/%ff'],
  ])('are problems beyond the API too where nothing is there: %s %s', async (method, path) => {
    const answer = await problemOf(await fetch(base + path, { method }));
    expect(answer).toMatchObject({
      code: 'not_found',
      detail: `There is nothing at ${method} ${path}`,
      instance: path,
    });
  });
});

describe('labels of a host', () => {
  it('are refused with a key that would be lost', async () => {
    const body = '{"labels":{"__proto__":"x","fine":"y"}}';
    const response = await ask(`${V1}/hosts/web-1`, { method: 'PATCH', headers: json, body });
    expect(await problemOf(response)).toMatchObject({
      code: 'invalid_argument',
      faults: [{ path: '/labels/__proto__', message: "'__proto__' cannot be a key" }],
    });
    expect((await client.getHost({ params: { host: 'web-1' } })).labels).not.toHaveProperty('fine');
  });
});

describe('a command', () => {
  it('answers with the operation and where it can be read', async () => {
    const response = await post('/hosts/web-1/networks', { name: 'located' });
    expect(response.status).toBe(201);
    const view = (await response.json()) as { id: string };
    expect(response.headers.get('location')).toBe(`${V1}/operations/${view.id}`);
    expect(await (await ask(response.headers.get('location')!)).json()).toEqual(view);
  });

  it('is in the list of networks the moment it is answered', async () => {
    for (let round = 0; round < 10; round++) {
      await post('/hosts/web-1/networks', { name: `at-once-${round}` });
      expect((await client.listNetworks({ query: { name: `at-once-${round}` } })).total).toBe(1);
    }
  });

  it('that did not succeed is a problem that carries the operation and the engine’s own words', async () => {
    agent.on('RemoveNetwork', async () => {
      throw new FairleadError('network_in_use', 'used by one', { engineMessage: 'has active endpoints' });
    });
    const response = await ask(`${V1}/hosts/web-1/networks/my-net`, { method: 'DELETE' });
    expect(response.status).toBe(409);
    const answer = await problemOf(response);
    expect(answer).toMatchObject({
      code: 'network_in_use',
      engineMessage: 'has active endpoints',
      instance: `${V1}/hosts/web-1/networks/my-net`,
      operation: { outcome: 'refused', kind: 'remove' },
    });
    expect(response.headers.get('location')).toBe(`${V1}/operations/${answer.operation!.id}`);
  });

  it('comes back at once with respond-async, and runs on', async () => {
    const gate = new Gate();
    agent.on('Probe', async () => {
      await gate.opened;
      return { reachable: true };
    });
    const response = await post('/hosts/web-1/probe', { from: 'one', to: 'two' }, { prefer: 'wait=1, respond-async' });
    expect(response.status).toBe(202);
    const view = (await response.json()) as { id: string; state: string };
    expect(view.state).toBe('dispatched');
    gate.open();
    await until('it has ended', async () => (await rig.stored(view.id)).outcome === 'succeeded');
  });

  it('runs on when its caller goes away', async () => {
    const [begun, gate] = [new Gate(), new Gate()];
    agent.on('Probe', async () => {
      begun.open();
      await gate.opened;
      return { reachable: true };
    });
    const leaving = new AbortController();
    const asked = ask(`${V1}/hosts/web-1/probe`, {
      method: 'POST',
      headers: json,
      body: '{"from":"leaver","to":"two"}',
      signal: leaving.signal,
    }).catch(() => 'left');
    await begun.opened;
    leaving.abort();
    expect(await asked).toBe('left');
    gate.open();
    await until('it has ended', async () => {
      const { items } = await rig.runtime.operations.page(
        {
          host: [],
          kind: ['probe'],
          outcome: [],
          state: [],
          limit: 1,
        },
        undefined,
      );
      return items[0]?.request['from'] === 'leaver' && items[0].outcome === 'succeeded';
    });
  });

  it('is carried out once for one key, and refused with another body', async () => {
    const headers = { 'idempotency-key': 'k-rest' };
    const before = agent.callsOf('CreateNetwork').length;
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => (await post('/hosts/web-1/networks', { name: 'once' }, headers)).json()),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(agent.callsOf('CreateNetwork')).toHaveLength(before + 1);
    const other = await post('/hosts/web-1/networks', { name: 'other' }, headers);
    expect(await problemOf(other)).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
  });

  it('by a name that fits several networks is a problem that lists them', async () => {
    const [one, two] = ['one', 'two'].map((each) => network('twice', { id: idOf(`twice ${each}`) }));
    await agent.put(one!, two!);
    await rig.settle('web-1');
    const answer = await problemOf(await post('/hosts/web-1/networks/twice/connect', { container: 'one' }));
    expect(answer).toMatchObject({ status: 409, code: 'ambiguous_name' });
    const candidate = ({ id, name }: { id: string; name: string }) => ({ host: 'web-1', id, name });
    expect(new Set(answer.candidates!.map(({ id }) => id))).toEqual(new Set([one!.id, two!.id]));
    expect(answer.candidates).toContainEqual(candidate(one!));
  });

  it('to a host that is not there, or of a network that is not there, is a problem', async () => {
    expect(await problemOf(await post('/hosts/none/networks', { name: 'x' }))).toMatchObject({
      code: 'host_not_found',
    });
    const answer = await problemOf(await post('/hosts/web-1/networks/none/connect', { container: 'one' }));
    expect(answer).toMatchObject({ code: 'network_not_found', hint: expect.stringContaining('fairlead network ls') });
  });
});

describe('bad input', () => {
  it.each([
    ['an unknown field', '/hosts/web-1/networks', { name: 'x', nmae: 'y' }, '/nmae'],
    ['a wrong type', '/hosts/web-1/networks', { name: 'x', internal: 'yes' }, '/internal'],
    ['a missing field', '/hosts/web-1/networks', {}, '/name'],
    ['a name like an id', '/hosts/web-1/networks', { name: 'a'.repeat(64) }, '/name'],
    ['a list', '/hosts/web-1/networks', [], ''],
    ['a text for a body', '/hosts/web-1/prune', 'text', ''],
    ['a target like an option', '/hosts/web-1/probe', { from: 'one', to: '-f' }, '/to'],
    ['a deadline too long', '/hosts/web-1/prune', { deadlineMs: 1e9 }, '/deadlineMs'],
    ['an until that is no time', '/hosts/web-1/prune/plan', { until: 'soon' }, undefined],
  ])('of %s is named by its place', async (_, path, body, fault) => {
    const answer = await problemOf(await post(path, body));
    expect(answer).toMatchObject({ status: 400, code: 'invalid_argument' });
    if (fault !== undefined && fault !== '') expect(answer.faults?.map((each) => each.path)).toContain(fault);
  });

  it('names all its faults at once', async () => {
    const answer = await problemOf(await post('/hosts/web-1/networks', { name: '', driver: 5, extra: 1 }));
    expect(answer.faults!.map(({ path }) => path).sort()).toEqual(['/driver', '/extra', '/name']);
  });

  it.each([
    ['broken', '{"name":', 'The request cannot be read'],
    ['no object', '"text"', 'The request cannot be read'],
    ['nothing', '', 'not valid'],
    ['poisoned', '{"name":"x","__proto__":{"admin":true}}', 'no such field'],
    ['in a text of bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b]), 'cannot be read'],
  ])('whose JSON is %s is refused', async (_, body, words) => {
    const headers = { ...json, 'content-length': String(Buffer.byteLength(body)) };
    const answer = await raw({ method: 'POST', path: `${V1}/hosts/web-1/networks`, headers, body });
    expect([answer.status, answer.type]).toEqual([400, expect.stringContaining(PROBLEM_MEDIA_TYPE)]);
    expect(answer.body).toContain(words);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    '',
  ])('with the content type %j is refused, not taken for an empty body', async (type) => {
    const before = agent.callsOf('PruneNetworks').length;
    const body = '{"labels":["only-these"]}';
    const headers = { ...(type && { 'content-type': type }), 'content-length': String(body.length) };
    const answer = await raw({ method: 'POST', path: `${V1}/hosts/web-1/prune`, headers, body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'invalid_argument',
      hint: expect.stringContaining('application/json'),
    });
    expect(agent.callsOf('PruneNetworks')).toHaveLength(before);
  });

  it('without a body is taken for one that says nothing, where nothing is done by that', async () => {
    await client.createPolicy({ body: { name: 'bodiless', spec: { matchAll: true } } });
    for (const path of ['policies/bodiless/plan', 'policies/bodiless/runs', 'hosts/web-1/prune/plan']) {
      const answer = await raw({ method: 'POST', path: `${V1}/${path}` });
      expect({ path, status: answer.status }).toEqual({ path, status: path.endsWith('runs') ? 201 : 200 });
    }
    await client.removePolicy({ params: { policy: 'bodiless' } });
  });

  it('without a body is refused where one is needed: a prune without filters has to be said', async () => {
    const answer = await raw({ method: 'POST', path: `${V1}/hosts/web-1/prune` });
    expect(answer.status).toBe(400);
  });

  it('of more than 1 MiB is refused, up to it is read', async () => {
    const body = (size: number) => ({ name: 'x', labels: { big: 'x'.repeat(size) }, extra: 1 });
    expect(await problemOf(await post('/hosts/web-1/networks', body(1 << 20)))).toMatchObject({
      status: 413,
      code: 'too_large',
    });
    expect(await problemOf(await post('/hosts/web-1/networks', body((1 << 20) - 100)))).toMatchObject({ status: 400 });
  });

  it.each([
    ['/networks?limit=0', '/limit'],
    ['/networks?limit=501', '/limit'],
    ['/networks?sort=size', '/sort'],
    ['/networks?name=a&name=b', '/name'],
    ['/networks?inUse=maybe', '/inUse'],
    ['/networks?nonsense=1', '/nonsense'],
    ['/networks?on=%3D%3D', '/on'],
    ['/hosts?freshness=young', '/freshness/0'],
    ['/operations?kind=steal', '/kind/0'],
    ['/events?type=nothing', '/type/0'],
    ['/hosts/..%2F..%2Fetc', '/host'],
    ['/hosts/web%001', '/host'],
  ])('in the address is named: %s', async (path, fault) => {
    const answer = await problemOf(await get(path));
    expect(answer).toMatchObject({ status: 400, code: 'invalid_argument', faults: [{ path: fault }] });
  });

  it.each(['/networks?address=300.1.1.1', '/networks?cursor=tampered', '/operations?cursor=tampered'])(
    'that only the query can judge is a problem too: %s',
    async (path) => {
      expect(await problemOf(await get(path))).toMatchObject({ status: 400, code: 'invalid_argument' });
    },
  );

  it.each(['%00', 'a%00b', '%0a', '%F0%9F%9A%A2', '%25', "'%3B--", 'x'.repeat(5000)])(
    'as the name of a network is one that is not there: %s',
    async (name) => {
      expect(await problemOf(await get(`/hosts/web-1/networks/${name}`))).toMatchObject({ code: 'network_not_found' });
    },
  );

  it('that is no escape sequence is refused', async () => {
    const answer = await raw({ path: `${V1}/hosts/web-1/networks/%zz` });
    expect([answer.status, answer.type]).toEqual([400, expect.stringContaining(PROBLEM_MEDIA_TYPE)]);
  });

  it('of an idempotency key that cannot be one is refused', async () => {
    const answer = await problemOf(await post('/hosts/web-1/networks', { name: 'x' }, { 'idempotency-key': 'a b' }));
    expect(answer).toMatchObject({ status: 400, faults: [{ path: '/idempotency-key' }] });
  });
});

describe('names that need escaping', () => {
  const odd = ['a/b', 'with space', 'per%cent', 'ü?#&', 'a%2Fb'];

  it('of hosts and networks reach what they name', async () => {
    const other = new ScriptedAgent('web_2.example-x');
    for (const name of odd) other.set(network(name));
    other.set(network('..'));
    await rig.attach(other);
    const params = { host: 'web_2.example-x' };
    for (const name of odd) {
      const shown = await client.getNetwork({ params: { ...params, network: name } });
      expect([shown.name, shown.id]).toEqual([name, idOf(name)]);
    }
    expect(await client.getNetwork({ params: { ...params, network: idOf('..') } })).toMatchObject({ name: '..' });
    const removed = await client.removeNetwork({ params: { ...params, network: 'a/b' } });
    expect(removed.target.network).toEqual({ id: idOf('a/b'), name: 'a/b' });
    rig.runtime.fleet.session('web_2.example-x')!.connection.close('done');
    await until('it has gone', () => rig.runtime.fleet.session('web_2.example-x') === undefined);
    await client.removeHost({ params });
  });
});

describe('who may ask', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:80', '[::1]:7800'])('is whoever calls %s', async (host) => {
    expect((await raw({ path: `${V1}/hosts`, headers: { host } })).status).toBe(200);
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '169.254.169.254', '0.0.0.0'])(
    'is nobody who calls it %s: a name may be made to resolve here',
    async (host) => {
      const answer = await raw({ path: `${V1}/hosts`, headers: { host } });
      expect([answer.status, answer.type]).toEqual([403, expect.stringContaining(PROBLEM_MEDIA_TYPE)]);
    },
  );

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'is no page of the origin %s',
    async (origin) => {
      const headers = { ...json, origin, host: `127.0.0.1:${port}` };
      const path = `${V1}/hosts/web-1/networks`;
      const answer = await raw({ method: 'POST', path, headers, body: '{"name":"from-elsewhere"}' });
      expect(answer.status).toBe(403);
    },
  );

  it('is a page of its own', async () => {
    expect((await raw({ path: `${V1}/hosts`, headers: { origin: base, host: `127.0.0.1:${port}` } })).status).toBe(200);
  });

  it('is checked on every path and with every method', async () => {
    const paths = Object.values(ROUTES).map(({ path }) => V1 + path.replace(/\{\w+\}/g, 'x'));
    for (const path of [
      ...paths,
      '/healthz',
      '/readyz',
      `${V1}//hosts`,
      `${V1}/hosts/`,
      `${V1}/HOSTS`,
      `${V1}/%68osts`,
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const { status } = await raw({ method, path, headers: { host: 'evil.example' } });
        expect([method, path, [403, 404].includes(status)]).toEqual([method, path, true]);
      }
    }
  });
});

describe('the list of hosts', () => {
  it.each(['limit=0', 'limit=x', 'cursor=', 'cursor=IQ', 'on=%3D', 'network=x'])(
    'refuses a question such as %s',
    async (query) => {
      expect(await problemOf(await get(`/hosts?${query}`))).toMatchObject({ status: 400, code: 'invalid_argument' });
    },
  );
});

describe('events', () => {
  const leaving: AbortController[] = [];
  afterEach(() => leaving.splice(0).forEach((each) => each.abort()));

  function follow(query: object = {}, lastEventId?: string) {
    const leave = new AbortController();
    leaving.push(leave);
    const seen: EventView[] = [];
    const options = { query, lastEventId, signal: leave.signal, sleep: async () => undefined };
    const done = (async () => {
      for await (const event of followEvents({ baseUrl: base, headers: bearer }, options)) seen.push(event);
    })();
    return { seen, leave: async () => (leave.abort(), done) };
  }

  it('come in order, each as its schema says', async () => {
    const { seen, leave } = follow({ type: ['network.created', 'network.changed', 'network.removed'] });
    await until('the stream is open', async () => {
      await agent.put(network('warm-up', { labels: { at: String(performance.now()) } }));
      await rig.settle('web-1');
      return seen.length > 0;
    });
    await agent.put(network('ev'));
    await agent.put(network('ev', { labels: { a: 'b' } }));
    await agent.drop(idOf('ev'));
    const ofIt = () => seen.filter(({ data }) => 'name' in data && data.name === 'ev');
    await until('all are there', () => ofIt().length >= 3);
    await leave();
    seen.forEach((each) => eventSchema.parse(each));
    expect(ofIt().map(({ type }) => type)).toEqual(['network.created', 'network.changed', 'network.removed']);
    expect(seen.at(-1)).toMatchObject({ host: 'web-1', data: { id: idOf('ev'), name: 'ev' } });
  });

  it('go on after the one that was seen last', async () => {
    await agent.put(network('resume-0'));
    await until('it is told of', () => rig.events.some(({ data }) => 'name' in data && data.name === 'resume-0'));
    const last = rig.events.at(-1)!.id;
    for (let index = 1; index <= 5; index++) await agent.put(network(`resume-${index}`));
    await rig.settle('web-1');
    const { seen, leave } = follow({ type: ['network.created'] }, last);
    await until('all five are there', () => seen.length === 5);
    await leave();
    expect(seen.map(({ data }) => 'name' in data && data.name)).toEqual([1, 2, 3, 4, 5].map((n) => `resume-${n}`));
  });

  it('begin with resync where the one that was seen last is not known any more', async () => {
    const { seen, leave } = follow({ host: ['web-1'] }, 'other-life-7');
    await until('it is there', () => seen.length > 0);
    await leave();
    expect(seen[0]).toMatchObject({
      type: 'resync',
      host: null,
      data: { reason: expect.stringContaining('other-life-7') },
    });
  });

  it('that were missed come all where they are kept, however large they are', async () => {
    const first = rig.events.at(-1)!.id;
    const big = { labels: { big: 'x'.repeat(20_000) } };
    for (let index = 0; index < 100; index++) await agent.put(network('big', { ...big, options: { at: `${index}` } }));
    await rig.settle('web-1');
    const { seen, leave } = follow({ network: 'big' }, first);
    await until('all are there', () => seen.length === 100);
    await leave();
    expect(seen.map(({ type }) => type)).not.toContain('resync');
  });

  it('that came after a stream was cut before its first event are not lost', async () => {
    let cuts = 0;
    const proxy = createTcpServer((socket) => {
      const upstream = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.on('error', () => undefined).pipe(upstream);
      upstream.on('data', (part: Buffer) => {
        socket.write(part);
        if (cuts === 0 && part.includes('id: ')) void cut(socket);
      });
      socket.on('close', () => upstream.destroy());
    });
    const cut = async (socket: Socket): Promise<void> => {
      cuts += 1;
      await new Promise((resolve) => socket.write('', resolve));
      socket.end();
      await agent.put(network('while-cut'));
      await rig.settle('web-1');
    };
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const leave = new AbortController();
    leaving.push(leave);
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const told = () => rig.events.some(({ data }) => 'name' in data && data.name === 'while-cut');
    const options = {
      query: { network: 'while-*' },
      signal: leave.signal,
      sleep: () => until('it has happened meanwhile', told),
    };
    const following = followEvents({ baseUrl: `http://127.0.0.1:${proxyPort}`, headers: bearer }, options);
    expect((await following.next()).value).toMatchObject({ type: 'network.created', data: { name: 'while-cut' } });
    leave.abort();
    await following.next();
    proxy.close();
    expect(cuts).toBe(1);
  });

  it('are as many streams as one caller needs, so that it does not take the connections of all others', async () => {
    const authorization = `Bearer ${await rig.token({ role: 'viewer' })}`;
    const leave = new AbortController();
    leaving.push(leave);
    const open = () => fetch(`${base}${V1}/events`, { headers: { authorization }, signal: leave.signal });
    const many = await Promise.all(Array.from({ length: 100 }, open));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await problemOf(await open())).toMatchObject({ status: 429, code: 'overloaded' });
    expect((await ask(`${V1}/events`, { method: 'HEAD' })).status).toBe(200);
    leave.abort();
    const again = new AbortController();
    leaving.push(again);
    await until('there is room again', async () => {
      const { status } = await fetch(`${base}${V1}/events`, { headers: { authorization }, signal: again.signal });
      return status === 200;
    });
  });

  it('leave nothing behind of callers who were gone before they were let in', async () => {
    const authorization = `Bearer ${await rig.token({ role: 'viewer' })}`;
    const { authenticator } = rig.runtime.access;
    const identify = authenticator.identify.bind(authenticator);
    const server = app.getHttpServer() as Server;
    for (let index = 0; index < 101; index++) {
      const gone = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
      const hasty = connect(port, '127.0.0.1').on('error', () => undefined);
      const answered = new Promise<void>((resolve) => {
        authenticator.identify = async (...credentials) => {
          const found = await identify(...credentials);
          hasty.resetAndDestroy();
          await gone;
          setImmediate(resolve);
          return found;
        };
      });
      hasty.write(`GET ${V1}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\n\r\n`);
      await answered;
    }
    authenticator.identify = identify;
    const leave = new AbortController();
    leaving.push(leave);
    const last = await fetch(`${base}${V1}/events`, { headers: { authorization }, signal: leave.signal });
    expect(last.status).toBe(200);
  });

  it('are for hosts that exist', async () => {
    expect(await problemOf(await get('/events?host=none'))).toMatchObject({ code: 'host_not_found' });
  });

  it('do not wait for a reader that does not read, which misses none when it reads again', async () => {
    const reader = connect(port, '127.0.0.1');
    let text = '';
    reader.on('error', () => undefined);
    const query = '?network=big';
    reader.write(
      `GET ${V1}/events${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${bearer.authorization}\r\n\r\n`,
    );
    await new Promise((resolve) => reader.once('data', resolve));
    reader.pause();
    const big = { labels: { big: 'x'.repeat(200_000) } };
    for (let index = 0; index < 60; index++)
      await agent.put(network('big', { ...big, options: { at: `cut-${index}` } }));
    await rig.settle('web-1');
    expect((await get('/hosts')).status).toBe(200);
    reader.on('data', (part: Buffer) => (text += part.toString()));
    reader.resume();
    await until('all are there', () => text.split('event: network.changed').length > 59 || text.includes('resync'));
    reader.destroy();
    await agent.drop(idOf('big'));
  });

  it.each(['on=%3D', 'type=none', 'network=', 'host=!', 'limit=1'])('refuse a question such as %s', async (query) => {
    expect(await problemOf(await get(`/events?${query}`))).toMatchObject({ status: 400, code: 'invalid_argument' });
  });
});

describe('many at once', () => {
  it('are all answered, and right', async () => {
    agent.on('CreateNetwork', async ({ spec }) => {
      const made = network(spec!.name);
      await agent.put(made);
      return { network: message(made) };
    });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        index % 4 === 0
          ? post('/hosts/web-1/networks', { name: `load-${index}` })
          : get(`/networks?limit=${index + 1}`),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map((_, index) => (index % 4 === 0 ? 201 : 200)));
    expect((await client.listNetworks({ query: { name: 'load-*' } })).total).toBe(50);
  });
});
