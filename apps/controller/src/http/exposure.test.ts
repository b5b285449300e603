import { createPrivateKey, webcrypto } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { API_PREFIX } from '@fairlead/api';
import { type INestApplication } from '@nestjs/common';
import { makeKey, makeLeaf, makeRoot } from '../identity/ca-certificates.js';
import { createLogger } from '../log.js';
import { rawRequest } from '../testing/raw-request.js';
import { Rig, until } from '../testing/rig.js';
import { type Exposure, isLoopback, localUrl, LOOPBACK } from './exposure.js';
import { createServer, listen } from './server.js';

const OIDC = {
  issuer: new URL('https://id.example/'),
  clientId: 'x',
  clientSecret: null,
  scopes: 'openid',
  roleClaim: 'roles',
  roleMap: [{ value: 'admins', role: 'admin' as const, hosts: '' }],
};

let rig: Rig;
let app: INestApplication | undefined;
let port: number;
let steady: number;
let tls: { cert: string; key: string };

beforeAll(async () => {
  const [notBefore, notAfter] = [Date.now() - 3_600_000, Date.now() + 3_600_000].map((at) => at - (at % 1000));
  const validity = { notBefore: notBefore!, notAfter: notAfter! };
  const root = await makeRoot({ commonName: 'test', ...validity });
  const [rootKey, own] = [createPrivateKey(root.privateKey), await makeKey()];
  const pkcs8 = rootKey.export({ type: 'pkcs8', format: 'der' });
  const signing = await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
  const leaf = { uri: 'https://fairlead.example', publicKey: own.publicKey, usages: ['server'] as const, ...validity };
  tls = { cert: await makeLeaf(leaf, root.certificate, signing), key: own.privateKey };
});

beforeEach(async () => {
  steady = 0;
  rig = await Rig.start({ runtime: { monotonic: () => steady, oidc: OIDC } });
});

afterEach(async () => {
  await rig.runtime.stop(0);
  await app?.close();
  app = undefined;
  await rig.stop();
});

async function serve(exposure: Partial<Exposure> = {}): Promise<void> {
  const whole = { ...LOOPBACK, ...exposure };
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'), whole);
  port = await listen(app, 0, whole.host);
}

const PATH = `${API_PREFIX}/hosts`;
const bearer = async () => ({ authorization: `Bearer ${await rig.token()}` });

/** Over TLS, whatever the name in the certificate. */
function ask(headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: IncomingHttpHeaders }>((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: PATH,
      method,
      headers,
      rejectUnauthorized: false,
    };
    httpsRequest(options, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

describe('loopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.1.2', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.evil.example', false],
    ['localhost.evil.example', false],
    ['::ffff:10.0.0.1', false],
  ])('%s: %s', (host, is) => {
    expect(isLoopback(host)).toBe(is);
  });
});

describe('the address that is told', () => {
  it.each([
    ['127.0.0.1', 'https://127.0.0.1:7800'],
    ['0.0.0.0', 'https://127.0.0.1:7800'],
    ['::', 'https://[::1]:7800'],
    ['fd00::7', 'https://[fd00::7]:7800'],
    ['10.20.0.1', 'https://10.20.0.1:7800'],
  ])('of %s is one that can be called: %s', (host, url) => {
    expect(localUrl({ host, tls, publicUrl: null }, 7800)).toBe(url);
  });
});

describe('beyond loopback', () => {
  it('nothing is served without TLS, also where somebody forgot to ask', async () => {
    const open = { ...LOOPBACK, host: '0.0.0.0' };
    await expect(createServer(rig.runtime, () => rig.time, createLogger('silent'), open)).rejects.toMatchObject({
      code: 'invalid_argument',
      hint: expect.stringMatching(/--tls-cert.*--public-url/),
    });
  });

  it('REST speaks TLS 1.2 and 1.3, and nothing older', async () => {
    await serve({ host: '0.0.0.0', tls });
    expect((await ask(await bearer())).status).toBe(200);
    const shake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string>((resolve) => {
        const range = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
        const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...range }, () => {
          resolve(socket.getProtocol() ?? 'none');
          socket.destroy();
        });
        socket.on('error', () => resolve('refused'));
      });
    expect(await Promise.all([shake('TLSv1.3'), shake('TLSv1.2'), shake('TLSv1.1')])).toEqual([
      'TLSv1.3',
      'TLSv1.2',
      'refused',
    ]);
    await expect(rawRequest(port, { path: PATH })).rejects.toThrow();
  });

  it('browsers are told to come with TLS only, and their sessions are bound to this name', async () => {
    await serve({ host: '127.0.0.1', tls });
    const { headers } = await ask();
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect((await ask({ host: 'localhost' })).headers).not.toHaveProperty('strict-transport-security');
    const session = await rig.runtime.access.sessions.start(
      { kind: 'browser', issuer: 'https://id.example/', subject: 'x', name: 'oidc:x', role: 'admin', hosts: '' },
      { name: 'x', client: 'x', peer: 'x' },
    );
    expect((await ask({ cookie: `__Host-fairlead_session=${session.text}` })).status).toBe(200);
    expect((await ask({ cookie: `fairlead_session=${session.text}` })).status).toBe(401);
  });

  it('an address that is not one of this machine is named', async () => {
    app = await createServer(rig.runtime, () => rig.time, createLogger('silent'), {
      host: '192.0.2.1',
      tls,
      publicUrl: null,
    });
    await expect(listen(app, 0, '192.0.2.1')).rejects.toMatchObject({
      code: 'invalid_argument',
      message: '192.0.2.1:0 is not an address of this machine',
    });
  });
});

describe('names', () => {
  const status = async (host: string, origin?: string) =>
    (await rawRequest(port, { path: PATH, headers: { ...(await bearer()), host, ...(origin && { origin }) } })).status;

  it('are those of the public URL too, behind a proxy with TLS', async () => {
    await serve({ publicUrl: new URL('https://fairlead.example') });
    expect(await status('fairlead.example')).toBe(200);
    expect(await status('FAIRLEAD.example:443')).toBe(200);
    expect(await status('fairlead.example', 'https://fairlead.example')).toBe(200);
    expect(await status('127.0.0.1')).toBe(200);
    for (const host of ['evil.example', 'fairlead.example.evil.example', 'xfairlead.example', '10.0.0.1']) {
      expect([host, await status(host)]).toEqual([host, 403]);
    }
    for (const origin of [
      'http://fairlead.example.evil.example',
      'https://fairlead.example:444',
      'null',
      'https://evil.example',
    ]) {
      expect([origin, await status('fairlead.example', origin)]).toEqual([origin, 403]);
    }
    const { headers } = await rawRequest(port, { path: PATH, headers: { host: 'fairlead.example' } });
    expect(headers['strict-transport-security']).toBeDefined();
  });

  it('are the address that the request came in by, where all are listened on', async () => {
    await serve({ host: '0.0.0.0', tls });
    const answer = async (host: string) => (await ask({ ...(await bearer()), host })).status;
    const named = [`127.0.0.1:${port}`, '10.9.8.7', `0.0.0.0:${port}`, 'evil.example'];
    expect(await Promise.all(named.map(answer))).toEqual([200, 403, 403, 403]);
  });
});

describe('every answer', () => {
  it.each([
    ['data', PATH],
    ['a refusal', `${API_PREFIX}/whoami`],
    ['nothing there', `${API_PREFIX}/nowhere`],
    ['nothing there at all', '/nowhere'],
    ['a sign of life', '/healthz'],
    ['a page', '/auth/login'],
    ['an event stream', `${API_PREFIX}/events`],
    ['a path that cannot be read', `${API_PREFIX}/hosts/%zz`],
  ])('tells browsers to run, frame, guess and keep nothing: %s', async (_, path) => {
    await serve();
    const { headers } = await rawRequest(port, { path, headers: path.endsWith('whoami') ? {} : await bearer() });
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'/),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    for (const name of ['x-powered-by', 'server', 'etag', 'access-control-allow-origin', 'strict-transport-security']) {
      expect(headers).not.toHaveProperty(name);
    }
  });
});

describe('a stranger', () => {
  const wrong = () => rawRequest(port, { path: PATH, headers: { authorization: 'Bearer wrong' } });

  it('is told to wait after twenty wrong tokens, and keeps nobody with a right one out', async () => {
    await serve();
    const right = await bearer();
    for (let index = 0; index < 20; index++) expect((await wrong()).status).toBe(401);
    const { status, headers, body } = await wrong();
    expect([status, headers['retry-after'], body.includes('overloaded')]).toEqual([429, '600', true]);
    expect((await rawRequest(port, { path: PATH, headers: right })).status).toBe(200);
    expect((await rawRequest(port, { path: PATH })).status).toBe(401);
    steady = 600_000;
    expect((await wrong()).status).toBe(401);
  });

  it('leaves rows in the audit, but not one for each try', async () => {
    await serve();
    for (let index = 0; index < 15; index++) await wrong();
    const rows = () => rig.database.prisma.auditEntry.findMany({ where: { actor: 'anonymous' } });
    await until('it is noted', async () => (await rows()).length > 0);
    expect(await rows()).toMatchObject([{ action: 'hosts.list', outcome: 'refused', peer: '127.0.0.1' }]);
  });

  it('may send little, and who is known more', async () => {
    await serve();
    const send = (size: number, headers: Record<string, string>) =>
      rawRequest(port, {
        method: 'POST',
        path: `${API_PREFIX}/tokens`,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name: 'x'.repeat(size) }),
      });
    expect((await send(17 * 1024, {})).status).toBe(413);
    expect((await send(15 * 1024, {})).status).toBe(401);
    expect((await send(17 * 1024, await bearer())).status).toBe(400);
  });

  it('may send 16 KiB of headers and no more', async () => {
    await serve();
    const { status } = await rawRequest(port, { path: PATH, headers: { 'x-big': 'x'.repeat(20_000) } });
    expect(status).toBe(431);
  });
});

describe('a caller that asks too much at once', () => {
  it('is told when to come again, and the others are not kept waiting', async () => {
    await serve();
    const [greedy, modest] = [await bearer(), await bearer()];
    const ask = async (headers: Record<string, string>) => rawRequest(port, { path: `${API_PREFIX}/whoami`, headers });
    const answers = await Promise.all(Array.from({ length: 650 }, () => ask(greedy)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(600);
    const refused = answers.find(({ status }) => status === 429)!;
    expect([refused.headers['retry-after'], JSON.parse(refused.body)]).toEqual([
      '1',
      expect.objectContaining({ code: 'overloaded' }),
    ]);
    expect((await ask(modest)).status).toBe(200);
    steady = 1000;
    expect((await ask(greedy)).status).toBe(200);
    // A flood of somebody who is known is no try at anything.
    expect(await rig.database.prisma.auditEntry.count({ where: { outcome: 'refused' } })).toBe(0);
  });
});
