import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, type WhoamiView } from '@fairlead/api';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../../http/server.js';
import { createLogger } from '../../log.js';
import { Browser, CLIENT, TestProvider } from '../../testing/identity-provider.js';
import { Rig, until } from '../../testing/rig.js';
import { IdentityProvider, type OidcSettings } from './identity-provider.js';
import { parseRoleMap } from './role-map.js';

let provider: TestProvider;
let rig: Rig;
let app: INestApplication;
let base: string;
let browser: Browser;
/** A second between two requests, as far as limits can tell. */
let [steady, pace] = [0, 1000];

const settings = (issuer: string): OidcSettings => ({
  issuer: new URL(issuer),
  clientId: CLIENT.id,
  clientSecret: CLIENT.secret,
  scopes: 'openid profile email',
  roleClaim: 'roles',
  roleMap: parseRoleMap('fleet-admins=admin;ops=operator:env=prod;staff=viewer'),
});

const ACCOUNTS = {
  ada: { roles: ['staff', 'fleet-admins'], preferred_username: 'ada' },
  bob: { roles: ['ops'], email: 'bob@example.org' },
  eve: { roles: ['guests'], preferred_username: 'admin' },
  nul: {},
};

beforeAll(async () => {
  provider = await TestProvider.start();
  rig = await Rig.start({ runtime: { oidc: settings(provider.issuer), monotonic: () => (steady += pace) } });
  // Tokens of the provider have the times of this machine.
  rig.time = Date.now();
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
});

beforeEach(() => {
  browser = new Browser();
  provider.account = 'ada';
  provider.serve(`${base}/auth/callback`, ACCOUNTS);
});

afterAll(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
  provider.stop();
});

const isCallback = (url: string): boolean => url.startsWith(`${base}/auth/callback`);
/** Signs in up to the answer of the provider, which is not handed in. */
const signInAtProvider = async (returnTo = '/'): Promise<string> =>
  (await browser.follow(`${base}/auth/login?returnTo=${encodeURIComponent(returnTo)}`, isCallback)).url;
const signIn = async (returnTo?: string): Promise<Response> => browser.visit(await signInAtProvider(returnTo));
const api = (path: string, init: RequestInit = {}) => browser.visit(`${base}/api/v1${path}`, init);
const whoami = async (): Promise<WhoamiView> => (await (await api('/whoami')).json()) as WhoamiView;
const sessions = () => rig.database.prisma.webSession.findMany({ orderBy: { createdAt: 'asc' } });

describe('a browser', () => {
  it('signs in with code and PKCE, and goes on where it wanted to', async () => {
    const answer = await signIn('/networks?x=1&y="<2>"');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const page = await answer.text();
    expect(page).toContain('<meta http-equiv="refresh" content="0;url=/networks?x=1&#38;y=%22%3C2%3E%22">');
    expect(page).not.toMatch(/<script|onload|style=/);
    expect(await whoami()).toMatchObject({ name: 'oidc:ada', kind: 'session', role: 'admin', hosts: '' });
    const asked = new URL(browser.visited.find((url) => url.startsWith(`${provider.issuer}/auth?`))!);
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.searchParams.get(name)).toHaveLength(43);
  });

  it('goes on to the path that it came from, written so that it stays text', async () => {
    const page = await (await signIn("/networks?x=1&y='a'#z")).text();
    expect(page).toContain('content="0;url=/networks?x=1&#38;y=%27a%27#z"');
  });

  it('keeps what it was given from scripts and from other sites', async () => {
    await signIn();
    const [flow, , session] = browser.setCookies.filter((text) => text.startsWith('fairlead_'));
    expect(flow).toMatch(/^fairlead_login=[^;]+; Max-Age=600; Path=\/auth; HttpOnly; SameSite=Lax$/);
    expect(session).toMatch(/^fairlead_session=fls1\.[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const [row] = (await sessions()).slice(-1);
    expect(row).toMatchObject({ kind: 'browser', subject: 'ada', role: 'admin' });
    expect(
      JSON.stringify(await rig.database.prisma.webSession.findMany(), (_, value: unknown) => String(value)),
    ).not.toContain(browser.cookie('fairlead_session')!.split('.')[2]);
  });

  it('has the role and the hosts of its first mapping', async () => {
    provider.account = 'bob';
    await signIn();
    expect(await whoami()).toMatchObject({ name: 'oidc:bob@example.org/bob', role: 'operator', hosts: 'env=prod' });
  });

  it.each(['eve', 'nul'])('without a mapping is told so, and is nobody: %s', async (account) => {
    provider.account = account;
    const before = (await sessions()).length;
    const answer = await signIn();
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('has no role here')]);
    expect(browser.cookie('fairlead_session')).toBeUndefined();
    expect((await sessions()).length).toBe(before);
    await until('the refusal is in the audit', async () => {
      const rows = await rig.database.prisma.auditEntry.findMany({ where: { action: 'session.begin' } });
      return rows.some(({ outcome, detail }) => outcome === 'refused' && JSON.stringify(detail).includes('forbidden'));
    });
  });

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x'.repeat(43))],
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'http://evil.example')],
    [
      'an error of the provider',
      (url: URL) => (url.search = `?error=access_denied&state=${url.searchParams.get('state')}`),
    ],
    ['nothing', (url: URL) => (url.search = '')],
  ])('that comes back with %s is not signed in', async (_, change) => {
    const url = new URL(await signInAtProvider());
    change(url);
    const answer = await browser.visit(url.href);
    expect([answer.status, browser.cookie('fairlead_session')]).toEqual([401, undefined]);
    expect(await answer.text()).toContain('Not signed in');
  });

  it('cannot hand in the answer of another browser, nor its own a second time', async () => {
    const url = await signInAtProvider();
    const other = new Browser();
    expect((await other.visit(url)).status).toBe(401);
    const flow = browser.cookie('fairlead_login')!;
    expect((await browser.visit(url)).status).toBe(200);
    expect((await new Browser().visit(url)).status).toBe(401);
    const thief = new Browser();
    thief.put(base, 'fairlead_login', flow, '/auth');
    expect([(await thief.visit(url)).status, thief.cookie('fairlead_session')]).toEqual([401, undefined]);
  });

  it('cannot come back too late, or with a flow that was tampered with', async () => {
    const url = await signInAtProvider();
    rig.time += 10 * 60_000;
    expect((await browser.visit(url)).status).toBe(401);
    const again = await signInAtProvider();
    const sealed = browser.cookie('fairlead_login')!;
    browser.put(base, 'fairlead_login', `${sealed.slice(0, -2)}AA`, '/auth');
    expect((await browser.visit(again)).status).toBe(401);
    rig.time = Date.now();
  });

  it('is told that the provider is down, and signs in once it is there', async () => {
    const url = await signInAtProvider();
    provider.answer(503, 'down', 'text/plain');
    const answer = await browser.visit(url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain(`The identity provider ${provider.issuer}/ does not answer`);
    provider.serve(`${base}/auth/callback`, ACCOUNTS);
    expect((await signIn()).status).toBe(200);
  });
});

describe('a provider', () => {
  const ask = (known: IdentityProvider) => known.authorizationUrl({ redirect_uri: `${base}/auth/callback` });

  it.each([
    ['is down', () => provider.answer(503, 'down', 'text/plain')],
    ['is something else', () => provider.answer(200, '<html>', 'text/html')],
    ['is another', () => provider.answer(200, '{"issuer":"https://other.example"}')],
  ])('that %s keeps nobody from signing in later', async (_, spoil) => {
    const known = new IdentityProvider(settings(provider.issuer));
    spoil();
    await expect(ask(known)).rejects.toMatchObject({
      code: expect.stringMatching('login_unavailable|unauthenticated'),
    });
    provider.serve(`${base}/auth/callback`, ACCOUNTS);
    expect((await ask(known)).href).toContain(provider.issuer);
  });

  it('that is not there at all is named', async () => {
    const gone = await TestProvider.start();
    gone.stop();
    await expect(ask(new IdentityProvider(settings(gone.issuer)))).rejects.toMatchObject({
      code: 'login_unavailable',
      message: expect.stringContaining(gone.issuer),
    });
  });

  it('that does not know this controller is no fault of who signs in', async () => {
    const url = new URL(await signInAtProvider());
    const stranger = new IdentityProvider({ ...settings(provider.issuer), clientSecret: 'wrong' });
    const checks = { state: url.searchParams.get('state')!, nonce: 'x', verifier: 'y'.repeat(43) };
    await expect(stranger.redeem(url, checks)).rejects.toMatchObject({
      code: 'login_unavailable',
      hint: expect.stringContaining('--oidc-client-secret-file'),
      message: expect.not.stringContaining('wrong'),
    });
  });
});

describe('a session', () => {
  it('ends by logout, at once and in the audit', async () => {
    await signIn();
    const kept = browser.cookie('fairlead_session')!;
    expect((await api('/logout', { method: 'POST', headers: { origin: base } })).status).toBe(204);
    expect(browser.cookie('fairlead_session')).toBeUndefined();
    browser.put(base, 'fairlead_session', kept);
    expect((await api('/whoami')).status).toBe(401);
    expect(await rig.database.prisma.auditEntry.findFirst({ where: { action: 'session.end' } })).toMatchObject({
      actor: 'oidc:ada',
      outcome: 'done',
    });
  });

  it('ends after twelve hours', async () => {
    await signIn();
    rig.time += 12 * 60 * 60_000 - 1;
    expect((await api('/whoami')).status).toBe(200);
    rig.time += 1;
    expect((await api('/whoami')).status).toBe(401);
    rig.time = Date.now();
  });

  it('changes something only from a page of this controller', async () => {
    await signIn();
    const change = async (headers: Record<string, string>) =>
      (
        await api('/tokens', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: '{}',
        })
      ).status;
    expect(await change({})).toBe(403);
    expect(await change({ origin: 'http://evil.example' })).toBe(403);
    expect(await change({ origin: 'null' })).toBe(403);
    for (const site of ['cross-site', 'same-site', 'none']) {
      expect([site, await change({ 'sec-fetch-site': site })]).toEqual([site, 403]);
      expect([site, await change({ 'sec-fetch-site': site, origin: base })]).toEqual([site, 403]);
    }
    // 400: it was let in, and its body was looked at.
    expect(await change({ origin: base })).toBe(400);
    expect(await change({ 'sec-fetch-site': 'same-origin' })).toBe(400);
  });

  it('of a browser is none in a header, and that of a device none in a cookie', async () => {
    await signIn();
    const authorization = `Bearer ${browser.cookie('fairlead_session')}`;
    expect((await fetch(`${base}/api/v1/whoami`, { headers: { authorization } })).status).toBe(401);
    const { token } = await deviceSignIn();
    const device = new Browser();
    device.put(base, 'fairlead_session', token!);
    expect((await device.visit(`${base}/api/v1/whoami`)).status).toBe(401);
  });

  it('is one of the provider that is set, and of no other', async () => {
    await signIn();
    await rig.database.prisma.webSession.updateMany({ data: { issuer: 'https://old.example/' } });
    expect((await api('/whoami')).status).toBe(401);
  });

  it.each([
    ['role', { role: 'operator', hosts: '' }],
    ['hosts', { role: 'operator', hosts: 'env=test' }],
  ])('has no longer the %s that an earlier map of roles gave it', async (_, earlier) => {
    provider.account = 'bob';
    await signIn();
    expect((await api('/whoami')).status).toBe(200);
    await rig.database.prisma.webSession.updateMany({ data: earlier });
    expect((await api('/whoami')).status).toBe(401);
  });
});

const client = () => createClient({ baseUrl: base });

/** What a person does in a browser with the address and the code that the terminal shows. */
async function approve(address: string, choice: 'confirm' | 'abort' = 'confirm'): Promise<void> {
  const fields = (html: string): Record<string, string> =>
    Object.fromEntries(
      [...html.matchAll(/name="(xsrf|user_code)" value="([^"]+)"/g)].map(([, name, value]) => [name!, value!]),
    );
  const post = async (values: Record<string, string>): Promise<string> => {
    const body = new URLSearchParams(values);
    const url = address.split('?')[0]!;
    const answer = await browser.visit(url, { method: 'POST', body });
    const location = answer.headers.get('location');
    return location === null ? answer.text() : (await browser.follow(new URL(location, url).href)).response.text();
  };
  const first = fields(await (await browser.follow(address)).response.text());
  const second = fields(await post(first));
  await post({ ...first, ...second, [choice]: 'yes' });
}

async function deviceSignIn() {
  const login = await client().beginDeviceLogin();
  await approve(login.verificationUriComplete!);
  rig.time += login.intervalMs;
  return client().pollDeviceLogin({ body: { handle: login.handle } });
}

describe('a terminal', () => {
  it('is told whether and how one can sign in', async () => {
    expect(await client().getLoginMethods()).toEqual({ oidc: { issuer: `${provider.issuer}/` } });
  });

  it('signs in with a code that its user enters elsewhere, and gets a token once', async () => {
    const login = await client().beginDeviceLogin();
    expect(login).toMatchObject({ verificationUri: `${provider.issuer}/device`, intervalMs: 5000 });
    const poll = () => client().pollDeviceLogin({ body: { handle: login.handle } });
    expect(await poll()).toEqual({ state: 'pending', token: null, session: null });
    rig.time += login.intervalMs;
    expect(await poll()).toMatchObject({ state: 'pending' });
    await approve(login.verificationUriComplete!);
    // Not asked again before the interval is over, however often the terminal asks.
    expect(await poll()).toMatchObject({ state: 'pending' });
    rig.time += login.intervalMs;
    const done = await poll();
    expect(done).toMatchObject({ state: 'done', session: { name: 'oidc:ada', kind: 'session', role: 'admin' } });
    const mine = createClient({ baseUrl: base, headers: { authorization: `Bearer ${done.token}` } });
    expect(await mine.whoami()).toEqual(done.session);
    await expect(poll()).rejects.toMatchObject({ code: 'unauthenticated' });
    await mine.logout();
    await expect(mine.whoami()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused where its user says no, has no role, or takes too long', async () => {
    const denied = await client().beginDeviceLogin();
    await approve(denied.verificationUriComplete!, 'abort');
    rig.time += denied.intervalMs;
    await expect(client().pollDeviceLogin({ body: { handle: denied.handle } })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    provider.account = 'eve';
    browser = new Browser();
    await expect(deviceSignIn()).rejects.toMatchObject({ code: 'forbidden' });
    const late = await client().beginDeviceLogin();
    rig.time = Date.parse(late.expiresAt);
    await expect(client().pollDeviceLogin({ body: { handle: late.handle } })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    rig.time = Date.now();
  });

  it('gets nothing for a handle that it was not given', async () => {
    for (const handle of ['x', 'x'.repeat(43)]) {
      await expect(client().pollDeviceLogin({ body: { handle } })).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  it('that only begins logins is told to wait', async () => {
    pace = 0;
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => fetch(`${base}/api/v1/device-logins`, { method: 'POST' })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.headers.get('retry-after')).toBe('1');
    pace = 1000;
  });
});

describe('a provider that tells roles only when asked', () => {
  it('is asked', async () => {
    const reserved = await TestProvider.start();
    reserved.tells = 'when asked';
    const other = await Rig.start({ runtime: { oidc: settings(reserved.issuer) } });
    other.time = Date.now();
    const server = await createServer(other.runtime, () => other.time, createLogger('silent'));
    const address = `http://127.0.0.1:${await listen(server, 0)}`;
    reserved.serve(`${address}/auth/callback`, ACCOUNTS);
    expect((await browser.follow(`${address}/auth/login`)).response.status).toBe(200);
    expect(await (await browser.visit(`${address}/api/v1/whoami`)).json()).toMatchObject({ role: 'admin' });
    await other.runtime.stop(0);
    await server.close();
    await other.stop();
    reserved.stop();
  });
});

describe('without a provider', () => {
  it('nobody is sent anywhere, and is told why', async () => {
    const bare = await Rig.start();
    const server = await createServer(bare.runtime, () => bare.time, createLogger('silent'));
    const address = `http://127.0.0.1:${await listen(server, 0)}`;
    const alone = createClient({ baseUrl: address });
    expect(await alone.getLoginMethods()).toEqual({ oidc: null });
    await expect(alone.beginDeviceLogin()).rejects.toMatchObject({ code: 'unsupported' });
    await expect(alone.pollDeviceLogin({ body: { handle: 'x' } })).rejects.toMatchObject({ code: 'unsupported' });
    for (const path of ['/auth/login', '/auth/callback?code=x&state=y']) {
      expect((await fetch(address + path)).status).toBe(501);
    }
    await bare.runtime.stop(0);
    await server.close();
    await bare.stop();
  });
});
