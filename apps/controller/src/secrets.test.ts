import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplication } from '@nestjs/common';
import { ensureAdminToken } from './access/admin-token.js';
import { createServer, listen } from './http/server.js';
import { type AgentPeer, aPublicKey, Rig, until } from './testing/rig.js';
import { network, ScriptedAgent } from './testing/scripted-agent.js';
import { SecretWatch } from './testing/secret-watch.js';

let rig: Rig;
let app: INestApplication;
let base: string;
let watch: SecretWatch;

beforeEach(async () => {
  watch = new SecretWatch();
  rig = await Rig.start({ ca: true, logger: watch.logger, runtime: { advertise: '10.0.0.9:7801' } });
  rig.runtime.place.port = 7801;
  app = await createServer(rig.runtime, () => rig.time, watch.logger);
  base = `http://127.0.0.1:${await listen(app, 0)}`;
});

afterEach(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

type Json = Record<string, unknown>;

async function call(token: string, method: string, path: string, body?: Json): Promise<Json> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? {} : ((await response.json()) as Json);
}

async function admin(): Promise<string> {
  const file = await ensureAdminToken(rig.folder, rig.runtime.access.tokens, false, () => undefined);
  const token = readFileSync(file!, 'utf8').trim();
  watch.know('the admin’s token', token);
  return token;
}

/** A token that the API gave once, remembered. */
function given(kind: string, answer: Json): string {
  const token = String(answer['token']);
  expect(token).toMatch(/^fl[jt]1\./);
  watch.know(kind, token);
  return token;
}

/** Some of everything that a controller has secrets in its hands for, and much that goes wrong. */
async function beBusy(): Promise<void> {
  const root = await admin();
  const viewer = given(
    'an API token',
    await call(root, 'POST', '/tokens', { name: 'viewer', role: 'viewer', expiresIn: '1h' }),
  );
  const join = given('a join token', await call(root, 'POST', '/join-tokens', { labels: { env: 'prod' } }));
  await rig.attach(new ScriptedAgent('web-1', { capability: 2 }), undefined, await joined(join));
  await call(root, 'POST', '/hosts/web-1/networks', { name: 'made' });
  await call(root, 'DELETE', '/hosts/web-1/networks/made');
  await call(root, 'PATCH', '/hosts/web-1', { labels: { a: 'b' } });
  await call(viewer, 'PATCH', '/hosts/web-1', { labels: { a: 'b' } });
  await call(viewer, 'POST', '/join-tokens', {});
  await call(root, 'DELETE', '/tokens/viewer');
  await call(viewer, 'GET', '/hosts');
  const stranger = `flt1.aaaaaaaaaa.${'wrong-'.repeat(7)}1`;
  watch.know('a wrong token', stranger);
  await call(stranger, 'GET', '/hosts');
  await fetch(`${base}/api/v1/hosts?token=${root}&access_token=${viewer}`);
  await fetch(`${base}/api/v1/hosts/${viewer}?on=${root}`, { headers: { authorization: `Bearer ${root}` } });
  await fetch(`${base}/no/${root}`);
  await call(root, 'DELETE', `/tokens/${viewer}`);
  await call(root, 'POST', '/hosts/web-1/networks', { name: 'x', token: root });
  await rig.runtime.auditing.checkpoints.look(true);
}

/** Uses the token twice: the second use is refused. */
async function joined(text: string): Promise<AgentPeer> {
  const [, , tokenId, secret] = text.split('.') as [string, string, string, string];
  const application = { tokenId, secret, hostName: 'web-1', capability: 2 };
  const { enrolment } = rig.runtime.identities;
  const peer = { kind: 'anonymous', address: '10.0.0.1' } as const;
  await enrolment!.join({ ...application, publicKey: aPublicKey() }, peer);
  await enrolment!.join({ ...application, publicKey: aPublicKey() }, peer).catch(() => undefined);
  await enrolment!
    .join({ ...application, secret: `${secret.slice(1)}A`, publicKey: aPublicKey() }, peer)
    .catch(() => undefined);
  return rig.peerOf('web-1');
}

describe('secrets', () => {
  it('are in no line of the log and no row of the database, whatever is done with them', async () => {
    await beBusy();
    const keysDir = join(rig.folder, 'keys');
    const keys = readdirSync(keysDir).filter((name) => name.endsWith('.key'));
    for (const name of keys) watch.know(name, readFileSync(join(keysDir, name), 'utf8'));
    expect(keys).toEqual(expect.arrayContaining(['audit.key', expect.stringMatching(/^root-/)]));
    const rows = rig.database.prisma.auditEntry;
    await until('refusals are written', async () => (await rows.count({ where: { outcome: 'refused' } })) >= 3);
    expect(await watch.leaks(rig.database)).toEqual([]);
    expect(watch.lines.length).toBeGreaterThan(3);
    expect(await rows.count()).toBeGreaterThan(8);
  });

  it('would be found, in each of their forms', () => {
    const secret = Buffer.alloc(32, 251).toString('base64url');
    watch.know('a token', `flt1.aaaaaaaaaa.${secret}`);
    const bytes = Buffer.from(secret, 'base64url');
    for (const text of [secret, bytes.toString('hex'), bytes.toString('base64')]) {
      watch.logger.trace({ nested: { text } }, 'said');
      expect(watch.find('the log', watch.lines.at(-1)!)).toContainEqual({ place: 'the log', secret: 'a token' });
    }
    expect(() => watch.know('a short one', 'abc')).toThrow('by chance');
  });

  it('would be found in the database', async () => {
    watch.know('a token', `flt1.aaaaaaaaaa.${'s'.repeat(43)}`);
    const agent = new ScriptedAgent('web-1');
    agent.set(network('s'.repeat(43)));
    await rig.attach(agent);
    expect(await watch.leaks(rig.database)).toContainEqual({ place: 'Network', secret: 'a token' });
  });
});
