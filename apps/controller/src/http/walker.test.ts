import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Access as Policed, API_PREFIX, OPERATION_IDS, problem as problemSchema } from '@fairlead/api';
import { includesRole, type Role } from '@fairlead/domain';
import { Controller, Get, type INestApplication, Module, SetMetadata } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { AccessGuard } from '../access/access.guard.js';
import { type Policy, POLICY } from '../access/serves.js';
import { createLogger } from '../log.js';
import { rawRequest, type RawAnswer } from '../testing/raw-request.js';
import { Rig } from '../testing/rig.js';
import { network, ScriptedAgent } from '../testing/scripted-agent.js';
import { assertPolicies, declaredPolicies, servedRoutes } from './policies.js';
import { BEYOND, createServer, listen } from './server.js';

let rig: Rig;
let app: INestApplication;
let port: number;
/** Limits are tested elsewhere: here every request comes long after the one before. */
let steady = 0;

interface Credentials {
  readonly role: Role | null;
  readonly scoped: boolean;
  readonly headers: Record<string, string>;
}
const credentials = new Map<string, Credentials>();
const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

beforeAll(async () => {
  rig = await Rig.start({ runtime: { monotonic: () => (steady += 3_600_000) } });
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  port = await listen(app, 0);
  for (const [name, team] of [
    ['in-scope', 'a'],
    ['out-of-scope', 'b'],
  ] as const) {
    const agent = new ScriptedAgent(name, { labels: { team } });
    agent.set(network('my-net'));
    await rig.attach(agent);
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  for (const role of ROLES) {
    credentials.set(role, { role, scoped: false, headers: bearer(await rig.token({ role })) });
    const hosts = 'team=a';
    credentials.set(`${role} of some hosts`, { role, scoped: true, headers: bearer(await rig.token({ role, hosts })) });
  }
  const admin = credentials.get('admin')!.headers['authorization']!.slice(7);
  const expired = await rig.token({ expiresIn: '1s' });
  const revoked = await rig.token({ name: 'revoked' });
  await rig.runtime.access.tokens.revoke('revoked', { name: 'test', client: 'test', peer: 'test' });
  rig.time += 1000;
  const bad: Record<string, Record<string, string>> = {
    'no credentials': {},
    garbage: bearer('garbage'),
    'a token without its secret': bearer(admin.split('.').slice(0, 2).join('.')),
    'a wrong secret': bearer(`${admin.slice(0, -1)}${admin.endsWith('A') ? 'B' : 'A'}`),
    'an unknown id': bearer(admin.replace(/\.[a-z2-7]{10}\./, '.aaaaaaaaaa.')),
    'an expired token': bearer(expired),
    'a revoked token': bearer(revoked),
    'a token under another scheme': { authorization: `Basic ${admin}` },
    'a token twice': { authorization: `Bearer ${admin}, Bearer ${admin}` },
    'an empty token': { authorization: 'Bearer ' },
    'a token as a cookie': { cookie: `fairlead_session=${admin}` },
    'a token in other headers': { 'x-api-key': admin, token: admin, 'proxy-authorization': `Bearer ${admin}` },
    'a wrong token beside a right one': { authorization: 'Bearer x', cookie: `fairlead_session=${admin}` },
  };
  for (const [name, headers] of Object.entries(bad)) credentials.set(name, { role: null, scoped: false, headers });
});

afterAll(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

interface Walked {
  readonly method: string;
  readonly path: string;
  readonly access: Policed;
}

const routes = (): Walked[] =>
  declaredPolicies(app).map(({ method, path, policy }) => ({
    method: method.toUpperCase(),
    path: BEYOND.includes(path) ? path : API_PREFIX + path,
    access: policy!.access,
  }));

const HOSTS = { in: 'in-scope', out: 'out-of-scope', none: 'no-such-host' };

/** Parameters that lead to nothing that a command could change. */
const fill = (path: string, host: string): string => path.replace(':host', host).replace(/:\w+/g, 'no-such-thing');

/** A body that is not valid for any route: who is let in gets no further than its schema. */
const send = (method: string, path: string, headers: Record<string, string>): Promise<RawAnswer> => {
  const body = method === 'GET' || method === 'HEAD' ? undefined : '{"nonsense":1}';
  return rawRequest(port, {
    method,
    path,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  });
};

type Verdict = 'let in' | 401 | 403 | 404;

/** What the table says about it. */
function expected(
  { access: { role, hosts } }: Walked,
  { role: has, scoped }: Credentials,
  host: keyof typeof HOSTS,
): Verdict {
  if (role === 'anyone') return 'let in';
  if (has === null) return 401;
  if (!includesRole(has, role)) return 403;
  if (hosts === 'all' && scoped) return 403;
  if (hosts === 'named' && (host === 'none' || (host === 'out' && scoped))) return 404;
  return 'let in';
}

/** What the guard has said, by its words: a handler behind it may refuse for reasons of its own. */
function verdictOf({ status, body }: RawAnswer): Verdict {
  const { code, detail = '' } =
    status < 400 ? ({} as { code?: string; detail?: string }) : problemSchema.parse(JSON.parse(body));
  if (status === 401) return 401;
  if (code === 'host_not_found') return 404;
  if (status === 403 && /has the role|is bounded to|may call this/.test(detail)) return 403;
  return 'let in';
}

describe('every route', () => {
  it('declares a policy, and there is none beside them', () => {
    expect(declaredPolicies(app).filter(({ policy }) => policy === undefined)).toEqual([]);
    const served = servedRoutes(app, BEYOND).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(served.sort()).toEqual(
      routes()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    );
    const known = declaredPolicies(app).map(({ policy }) => policy!.operationId);
    expect([...new Set(known)].sort()).toEqual([...OPERATION_IDS, 'healthz', 'readyz', 'session.begin'].sort());
  });

  it('answers each caller as the table says', async () => {
    const wrong: unknown[] = [];
    let asked = 0;
    for (const route of routes()) {
      for (const [name, caller] of credentials) {
        for (const host of Object.keys(HOSTS) as (keyof typeof HOSTS)[]) {
          if (!route.path.includes(':host') && host !== 'in') continue;
          // Its end is the caller's: with the test's tokens it would be a real one.
          const answer = await send(route.method, fill(route.path, HOSTS[host]), caller.headers);
          asked += 1;
          const page = route.path.startsWith('/auth/');
          const verdict = page ? 'let in' : verdictOf(answer);
          const should = expected(route, caller, host);
          if (verdict !== should) wrong.push([route.method, route.path, name, host, answer.status, verdict, should]);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(800);
  });

  it('names the role that is needed', async () => {
    const { headers } = credentials.get('viewer')!;
    const answer = await send('POST', `${API_PREFIX}/hosts/in-scope/networks`, headers);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'forbidden',
      detail: expect.stringMatching(/has the role viewer; this needs operator/),
    });
  });
});

/** The same resource to a reader that is careless, by other letters. */
const tricks: readonly [string, (path: string) => string][] = [
  ['a double slash before', (path) => `/${path}`],
  ['double slashes within', (path) => path.replace(/\//g, '//')],
  ['a slash behind', (path) => `${path}/`],
  ['two slashes behind', (path) => `${path}//`],
  ['capitals', (path) => path.toUpperCase()],
  ['one capital', (path) => path.replace('/api', '/Api')],
  ['an encoded letter of the prefix', (path) => path.replace('/api', '/%61pi')],
  [
    'an encoded letter of the last part',
    (path) =>
      path.replace(/\/(\w)(\w*)$/, (_, first: string, rest: string) => `/%${first.charCodeAt(0).toString(16)}${rest}`),
  ],
  ['a letter encoded twice', (path) => path.replace('/api', '/%2561pi')],
  ['encoded slashes', (path) => path.replace(/(?<=.)\//g, '%2F')],
  ['encoded slashes within', (path) => path.replace(/\/(?=[^/]*$)/, '%2f')],
  ['a backslash', (path) => path.replace(/\/(?=[^/]*$)/, '\\')],
  ['a path parameter', (path) => `${path};x=1`],
  ['a path parameter within', (path) => path.replace('/v1', '/v1;a=b')],
  ['a step in place', (path) => path.replace('/v1', '/./v1')],
  ['a step up and down', (path) => path.replace('/v1', '/v1/../v1')],
  ['an encoded step up', (path) => path.replace('/v1', '/v1/%2e%2e/v1')],
  ['a step from a page that is open', (path) => `/healthz/..${path}`],
  ['a NUL', (path) => `${path}%00`],
  ['a blank', (path) => `${path}%20`],
  ['an extension', (path) => `${path}.json`],
  ['an empty query', (path) => `${path}?`],
  ['an absolute address', (path) => `http://127.0.0.1${path}`],
  ['an absolute address of an open page', (path) => `http://127.0.0.1/healthz/..${path}`],
];

const bare = (path: string): boolean => !path.includes('?');

describe('a path that is written otherwise', () => {
  it.each(tricks)('lets nobody in without credentials: %s', async (_, trick) => {
    const open: unknown[] = [];
    for (const { method, path, access } of routes()) {
      if (access.role === 'anyone') continue;
      for (const verb of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
        const { status } = await send(verb, trick(fill(path, HOSTS.in)), {});
        if (![400, 401, 404].includes(status)) open.push([verb, path, status]);
      }
    }
    expect(open).toEqual([]);
  });

  it.each(tricks)('leads to no host out of scope: %s', async (_, trick) => {
    const { headers } = credentials.get('admin of some hosts')!;
    const open: unknown[] = [];
    for (const { method, path, access } of routes().filter((route) => route.access.hosts === 'named')) {
      const { status, body } = await send(method, trick(fill(path, HOSTS.out)), headers);
      if (![400, 404].includes(status) || body.includes('"team"')) open.push([method, path, access, status]);
    }
    expect(open).toEqual([]);
  });

  it('is the host that the handler sees: escapes are read once', async () => {
    const { headers } = credentials.get('viewer of some hosts')!;
    const get = async (host: string) => (await send('GET', `${API_PREFIX}/hosts/${host}`, headers)).status;
    expect(await get('%69n-scope')).toBe(200);
    expect(await get('%6Fut-of-scope')).toBe(404);
    expect(await get('%256Fut-of-scope')).toBe(400);
    expect(await get('in-scope%2F..%2Fout-of-scope')).toBe(400);
    expect(await get('in-scope/../out-of-scope')).toBe(404);
  });
});

describe('a token in the address', () => {
  it('is none, on any route, and does not come back in any answer', async () => {
    const token = credentials.get('admin')!.headers['authorization']!.slice(7);
    for (const { method, path, access } of routes()) {
      if (access.role === 'anyone') continue;
      for (const key of ['token', 'access_token', 'authorization', 'fairlead_session', 'key']) {
        const at = `${fill(path, HOSTS.in)}?${key}=${token}`;
        expect([method, path, key, (await send(method, at, {})).status]).toEqual([method, path, key, 401]);
      }
    }
  });
});

describe('another method', () => {
  it('by a header is none', async () => {
    const { headers } = credentials.get('viewer')!;
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const path = `${API_PREFIX}/hosts/in-scope/networks/my-net`;
      expect((await send('GET', path, { ...headers, [name]: 'DELETE' })).status).toBe(200);
    }
    expect((await send('GET', `${API_PREFIX}/hosts/in-scope/networks/my-net`, headers)).status).toBe(200);
  });

  it.each(['PUT', 'OPTIONS', 'TRACE', 'PROPFIND', 'LINK'])('that nobody serves is not there: %s', async (method) => {
    for (const { path } of routes().filter(({ path }) => bare(path))) {
      expect([path, (await send(method, fill(path, HOSTS.in), {})).status]).toEqual([path, 404]);
    }
  });
});

describe('a route that nobody has thought about', () => {
  @Controller()
  class Planted {
    @Get('planted')
    open(): string {
      return 'open';
    }

    @Get('planted/:host')
    @SetMetadata(POLICY, { operationId: 'planted', access: { role: 'viewer', hosts: 'filtered' } } satisfies Policy)
    unbounded(): string {
      return 'open';
    }
  }

  it('is refused by the guard, and keeps the controller from starting', async () => {
    const guard = new AccessGuard({ ...rig.runtime.access, hosts: rig.runtime.hosts, now: () => rig.time });
    @Module({ controllers: [Planted], providers: [{ provide: APP_GUARD, useValue: guard }] })
    class WithPlanted {}
    const planted = await NestFactory.create(WithPlanted, { logger: false, abortOnError: false });
    await planted.init();
    expect(() => assertPolicies(planted, '', [])).toThrow(
      'nobody has said who may call get /planted, get /planted/:host',
    );
    expect(declaredPolicies(planted).filter(({ policy }) => policy === undefined)).toMatchObject([
      { path: '/planted' },
    ]);
    const its = await listen(planted, 0);
    const answer = await rawRequest(its, { path: '/planted', headers: credentials.get('admin')!.headers });
    expect([answer.status >= 400, answer.body.includes('open')]).toEqual([true, false]);
    await planted.close();
  });

  it('is found beside Nest too', async () => {
    const other = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
    expect(() => assertPolicies(other, API_PREFIX, BEYOND)).not.toThrow();
    const express = other.getHttpAdapter().getInstance() as {
      get(path: string, handler: () => void): void;
      all: typeof express.get;
    };
    express.get('/api/v1/backdoor', () => undefined);
    express.all('/anything', () => undefined);
    expect(() => assertPolicies(other, API_PREFIX, BEYOND)).toThrow(/get \/api\/v1\/backdoor, all \/anything/);
    await other.close();
  });
});
