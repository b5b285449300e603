import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { joinTokenRequest, newJoinToken } from '@fairlead/api';
import { ERRORS, FairleadError, parseJoinToken } from '@fairlead/domain';
import { type JoinApplication, type Peer } from '@fairlead/link';
import { HostScope } from '../access/host-scope.js';
import { ACTOR, aPublicKey, Rig, until } from '../testing/rig.js';
import { ScriptedAgent } from '../testing/scripted-agent.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const STRANGER: Peer = { kind: 'anonymous', address: '10.0.0.9' };

let rig: Rig;
let logged: { readonly level: string; readonly message: string; readonly details: object }[];

beforeEach(async () => {
  logged = [];
  const note = (level: string) => (details: object, message: string) => void logged.push({ level, message, details });
  const logger = { info: note('info'), warn: note('warn'), debug: note('debug'), error: note('error') } as never;
  rig = await Rig.start({ ca: true, logger, runtime: { advertise: 'controller.example' } });
  rig.runtime.place.port = 7801;
});

afterEach(() => rig.stop());

const create = (request: object = {}) => rig.runtime.identities.tokens.create(joinTokenRequest.parse(request), ACTOR);

/** @returns what an agent would send that was given this token */
const application = (token: string, hostName: string, publicKey = aPublicKey()): JoinApplication => {
  const { id: tokenId, secret } = parseJoinToken(token);
  return { tokenId, secret, hostName, publicKey, capability: 2 };
};

const join = (wish: JoinApplication, peer: Peer = STRANGER) => rig.runtime.identities.enrolment!.join(wish, peer);
const identity = (name = 'web-1') => rig.runtime.identities.service.of(name)!;
const rows = (action: string) =>
  rig.database.prisma.auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } });
const refusals = async (action: string, count: number) => {
  await until(
    'they are written',
    async () => (await rows(action)).filter(({ outcome }) => outcome === 'refused').length >= count,
  );
  return (await rows(action)).filter(({ outcome }) => outcome === 'refused');
};

describe('a join token', () => {
  it('is shown once, with the command that uses it; only a digest of its secret is kept', async () => {
    const made = await create({ host: 'web-1', labels: { env: 'prod' } });
    expect(newJoinToken.parse(made)).toMatchObject({ state: 'open', uses: 0, maxUses: 1, createdBy: 'local' });
    expect(made.command).toBe(
      `FAIRLEAD_AGENT_JOIN_TOKEN=${made.token} fairlead agent --name web-1 --controller controller.example:7801`,
    );
    const { rootDigest, secret } = parseJoinToken(made.token);
    expect(rootDigest).toBe(rig.ca!.tokenDigest());
    const everything = JSON.stringify(
      [
        await rig.database.prisma.joinToken.findMany(),
        await rig.database.prisma.auditEntry.findMany(),
        await rig.runtime.identities.tokens.list(),
        logged,
      ],
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
    expect(everything).not.toContain(secret);
    expect(everything).toContain(made.id);
  });

  it('is good for an hour and one host, unless it says otherwise', async () => {
    const seconds = ({ createdAt, expiresAt }: { createdAt: string; expiresAt: string }) =>
      (Date.parse(expiresAt) - Date.parse(createdAt)) / 1000;
    expect(seconds(await create())).toBe(3600);
    expect(seconds(await create({ expiresIn: '10m' }))).toBe(600);
    expect(seconds(await create({ maxUses: 20, expiresIn: '24h' }))).toBe(86_400);
  });

  it.each([
    [{ maxUses: 2 }, /needs an end/],
    [{ expiresIn: '25h' }, /1s to 24h/],
    [{ maxUses: 5, expiresIn: '2d' }, /1s to 24h/],
    [{ expiresIn: '0s' }, /1s to 24h/],
  ])('is not made of %j', async (request, words) => {
    await expect(create(request)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(words),
      faults: [{ path: '/expiresIn' }],
    });
  });

  it.each([
    [{ controller: '10.1.1.1' }, '--controller 10.1.1.1:7801'],
    [{ controller: '10.1.1.1:99' }, '--controller 10.1.1.1:99'],
    [{ controller: 'fd00::1' }, "--controller '[fd00::1]:7801'"],
    [{ controller: '[fd00::1]:99' }, "--controller '[fd00::1]:99'"],
    [{ controller: 'fairlead.example' }, '--controller fairlead.example:7801'],
  ])('has a command that a shell reads as it is meant: %j', async (request, end) => {
    expect((await create(request)).command.endsWith(end)).toBe(true);
  });

  it.each(['http://fairlead.example:7801', "it's; rm -rf /", '10.1.1.1:0', '10.1.1'])(
    'is not made with an address that no agent could dial: %s',
    async (controller) => {
      await expect(create({ controller })).rejects.toMatchObject({ code: 'invalid_argument' });
      expect(await rig.runtime.identities.tokens.list()).toMatchObject({ total: 0 });
    },
  );

  it('is not made where no host could use it', async () => {
    rig.runtime.place.port = undefined;
    await expect(create()).rejects.toMatchObject({ code: 'unsupported', hint: expect.stringContaining('--link-port') });
  });

  it('is not made for a name that is taken', async () => {
    await rig.join('web-1');
    await rig.attach(new ScriptedAgent('local-1'));
    for (const host of ['web-1', 'local-1'])
      await expect(create({ host })).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('is listed newest first with its state, for 30 days after its end', async () => {
    const { tokens } = rig.runtime.identities;
    const [used, revoked] = [await create({ expiresIn: '24h' }), await create()];
    rig.time += MINUTE_MS;
    const open = await create({ expiresIn: '24h' });
    await join(application(used.token, 'web-1'));
    await tokens.revoke(revoked.id, ACTOR);
    const states = async () => Object.fromEntries((await tokens.list()).items.map(({ id, state }) => [id, state]));
    expect(await states()).toEqual({ [open.id]: 'open', [used.id]: 'used', [revoked.id]: 'revoked' });
    expect((await tokens.list()).items[0]!.id).toBe(open.id);
    rig.time += DAY_MS;
    expect((await states())[open.id]).toBe('expired');
    rig.time += 30 * DAY_MS;
    expect(await states()).toEqual({});
    await expect(tokens.revoke('zzzzzzzzzz', ACTOR)).rejects.toMatchObject({ code: 'token_not_found' });
  });
});

describe('joining', () => {
  it('gives the host a certificate, and uses the token up', async () => {
    const made = await create({ labels: { env: 'prod' } });
    const enrolled = await join(application(made.token, 'web-1'));
    expect(enrolled).toMatchObject({ clusterId: rig.ca!.clusterId, agentId: identity().id, hostName: 'web-1' });
    expect(enrolled.certificateChain).toContain('BEGIN CERTIFICATE');
    expect(identity()).toMatchObject({ state: 'active', generation: 1, labels: { env: 'prod' }, joinTokenId: made.id });
    expect((await rig.runtime.identities.tokens.list()).items).toMatchObject([{ state: 'used', uses: 1 }]);
    expect(await rows('join-token.use')).toMatchObject([
      { outcome: 'done', actor: `join-token:${made.id}`, peer: '10.0.0.9', hostName: 'web-1' },
    ]);
    expect(await rows('host.join')).toMatchObject([{ outcome: 'done', target: { agentId: enrolled.agentId } }]);
  });

  it('gives the same certificate again to who lost the answer, for ten minutes and to nobody else', async () => {
    const { token } = await create({ expiresIn: '24h' });
    const wish = application(token, 'web-1');
    const first = await join(wish);
    rig.time += 10 * MINUTE_MS;
    expect(await join(wish)).toEqual(first);
    await expect(join({ ...wish, hostName: 'web-2' })).rejects.toMatchObject({ code: 'token_refused' });
    await expect(join({ ...wish, publicKey: aPublicKey() })).rejects.toMatchObject({ code: 'token_refused' });
    rig.time += 1;
    await expect(join(wish)).rejects.toMatchObject({ code: 'token_refused' });
    expect(rig.runtime.identities.store.all()).toHaveLength(1);
  });

  it('makes exactly one host of fifty parallel uses of one token', async () => {
    const { token, id } = await create();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => join(application(token, `web-${index}`))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = outcomes.flatMap((each) => (each.status === 'rejected' ? [(each.reason as FairleadError).code] : []));
    expect(new Set(codes)).toEqual(new Set(['token_refused']));
    expect(await rig.database.prisma.hostIdentity.count()).toBe(1);
    expect(await rig.database.prisma.host.count()).toBe(1);
    expect(await rig.database.prisma.joinToken.findUnique({ where: { id } })).toMatchObject({ uses: 1 });
    expect(await refusals('join-token.use', 49)).toHaveLength(49);
  });

  it('makes as many hosts of a token as it is good for', async () => {
    const { token } = await create({ maxUses: 3, expiresIn: '1h', labels: { env: 'prod' } });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => join(application(token, `web-${index}`))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(rig.runtime.identities.service.active().map(({ labels }) => labels)).toEqual(Array(3).fill({ env: 'prod' }));
  });

  it('says one and the same of a token that is not there and of a wrong secret, and nothing more', async () => {
    const made = await create();
    const right = application(made.token, 'web-1');
    const wrong = randomBytes(32).toString('base64url');
    const said = [];
    for (const wish of [
      { ...right, tokenId: 'zzzzzzzzzz' },
      { ...right, secret: wrong },
    ]) {
      const { code, message, hint } = (await join(wish).catch(
        (error: unknown) => error as FairleadError,
      )) as FairleadError;
      said.push([code, message, hint]);
    }
    rig.time += DAY_MS;
    const late = (await join({ ...right, secret: wrong }).catch(
      (error: unknown) => error as FairleadError,
    )) as FairleadError;
    said.push([late.code, late.message, late.hint]);
    expect(new Set(said.map((each) => each.join())).size).toBe(1);
    expect(said[0]![0]).toBe('token_refused');
    expect((await refusals('join-token.use', 1))[0]).toMatchObject({
      actor: 'anonymous',
      peer: '10.0.0.9',
      detail: { code: 'token_refused' },
    });
  });

  it.each([
    ['used', async (id: string, token: string) => void (await join(application(token, 'first'))), /was used already/],
    ['revoked', (id: string) => rig.runtime.identities.tokens.revoke(id, ACTOR), /was revoked/],
    ['expired', async () => void (rig.time += 60 * MINUTE_MS), /expired at 2026-11-24T10:30:00/],
  ])('tells a holder of the secret that it was %s', async (_, end, words) => {
    const { token, id } = await create();
    await end(id, token);
    await expect(join(application(token, 'web-1'))).rejects.toMatchObject({
      code: 'token_refused',
      message: expect.stringMatching(words),
    });
    expect((await refusals('join-token.use', 1))[0]).toMatchObject({ actor: `join-token:${id}`, hostName: 'web-1' });
    expect(identity()).toBeUndefined();
  });

  it('warns of a token that is presented after its last use', async () => {
    const { token, id } = await create();
    await join(application(token, 'web-1'));
    await expect(join(application(token, 'web-2'))).rejects.toThrow();
    expect(logged.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('after its last use'),
        details: { joinToken: id, peer: '10.0.0.9' },
      },
    ]);
  });

  it('refuses a token that was made for a root which is active no longer', async () => {
    const { token } = await create();
    await rig.ca!.prepare();
    await rig.ca!.activate();
    await expect(join(application(token, 'web-1'))).rejects.toMatchObject({
      code: 'token_refused',
      message: expect.stringContaining('another root'),
    });
  });

  it('refuses names that are taken, and keeps the token good', async () => {
    const { token } = await create();
    const taken = await rig.join('web-1');
    await rig.attach(new ScriptedAgent('local-1'));
    for (const name of ['web-1', 'local-1']) {
      await expect(join(application(token, name))).rejects.toMatchObject({ code: 'already_exists' });
    }
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    await expect(join(application(token, 'web-1'))).rejects.toMatchObject({
      code: 'already_exists',
      hint: expect.stringContaining('fairlead host rm web-1'),
    });
    await rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, rig.time);
    const enrolled = await join(application(token, 'web-1'));
    expect(enrolled.agentId).not.toBe(taken.id);
  });

  it('refuses another name than the one that the token is for, and keeps it good', async () => {
    const { token } = await create({ host: 'web-1' });
    await expect(join(application(token, 'web-2'))).rejects.toMatchObject({
      code: 'token_refused',
      message: expect.stringContaining("for the host 'web-1' only"),
    });
    await join(application(token, 'web-1'));
  });

  it('refuses a key that another host has', async () => {
    const { token } = await create({ maxUses: 3, expiresIn: '1h' });
    const publicKey = aPublicKey();
    await join(application(token, 'web-1', publicKey));
    await expect(join(application(token, 'web-2', publicKey))).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('lets one of a joining host and a local agent of the same name have it', async () => {
    const { token } = await create();
    const outcomes = await Promise.allSettled([
      join(application(token, 'web-1')),
      rig.connect(new ScriptedAgent('web-1')),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const other = outcomes.find((each) => each.status === 'rejected');
    expect(other!.reason).toMatchObject({ code: 'already_exists' });
  });

  it('does nothing where it cannot be written down', async () => {
    const { token } = await create();
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    await expect(join(application(token, 'web-1'))).rejects.toMatchObject({ code: 'storage_failed' });
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    expect(identity()).toBeUndefined();
    await join(application(token, 'web-1'));
  });
});

describe('recovering', () => {
  const NEW = aPublicKey();
  const signedBy =
    (keys: readonly Buffer[]) =>
    (registered: Buffer): boolean => {
      if (keys.some((key) => key.equals(registered))) return true;
      throw new FairleadError('identity_refused', 'not signed by it');
    };
  const recover = (agentId: string, keys: readonly Buffer[], newPublicKey = NEW) =>
    rig.runtime.identities.enrolment!.recover(
      { agentId, newPublicKey, capability: 2, isSignedBy: signedBy(keys) },
      STRANGER,
    );

  let key: Buffer;
  let id: string;
  beforeEach(async () => {
    key = aPublicKey();
    ({ agentId: id } = await join(application((await create()).token, 'web-1', key)));
    await rig.attach(new ScriptedAgent('web-1'), 'one', rig.peerOf('web-1'));
    rig.runtime.fleet.session('web-1')!.connection.close('off');
    await until('it is gone', () => rig.runtime.fleet.session('web-1') === undefined);
  });

  const expire = (ms = 1): void => void (rig.time = identity().notAfter + ms);

  it('gives a host that was off a new certificate for a new key, counted and written down', async () => {
    const before = identity();
    expire();
    const enrolled = await recover(id, [key]);
    expect(enrolled).toMatchObject({ agentId: id, hostName: 'web-1' });
    expect(identity()).toMatchObject({
      generation: 2,
      confirmed: false,
      recoveries: 1,
      publicKey: NEW.toString('base64'),
      previousKey: key.toString('base64'),
    });
    expect(identity().notAfter).toBeGreaterThan(before.notAfter);
    expect(await rows('host.recover')).toMatchObject([
      { outcome: 'done', hostName: 'web-1', detail: { recoveries: 1 } },
    ]);
    await rig.attach(new ScriptedAgent('web-1'), 'two', rig.peerOf('web-1'));
    expect(identity().confirmed).toBe(true);
    expect(rig.runtime.hosts.show('web-1', HostScope.all).identity.certificate?.generation).toBe(2);
  });

  it('is possible until 30 days after the end of the certificate, not later', async () => {
    expire(30 * DAY_MS + 1000);
    await expect(recover(id, [key])).rejects.toMatchObject({
      code: 'identity_refused',
      message: expect.stringContaining('more than 30 days'),
    });
    expire(30 * DAY_MS);
    await recover(id, [key]);
  });

  it('ends then as well for the key before the one whose certificate never arrived', async () => {
    expire();
    await recover(id, [key]);
    expire(30 * DAY_MS + 1000);
    await expect(recover(id, [key])).rejects.toMatchObject({ message: expect.stringContaining('more than 30 days') });
    expire(30 * DAY_MS);
    await recover(id, [key]);
  });

  it('may be done again by who lost the answer', async () => {
    expire();
    await recover(id, [key]);
    const third = aPublicKey();
    await recover(id, [key], third);
    expect(identity()).toMatchObject({
      generation: 3,
      previousKey: key.toString('base64'),
      publicKey: third.toString('base64'),
    });
    await rig.attach(new ScriptedAgent('web-1'), 'two', rig.peerOf('web-1'));
    await expect(recover(id, [key])).rejects.toMatchObject({ code: 'identity_refused' });
  });

  it('is for the registered key alone, and says nothing to others', async () => {
    expire();
    const said = [];
    for (const attempt of [
      recover(id, []),
      recover(id, [aPublicKey()]),
      recover('01939f3e-0000-7000-8000-000000000000', [key]),
    ]) {
      const error = (await attempt.catch((thrown: unknown) => thrown)) as FairleadError;
      said.push(`${error.code} ${error.message}`);
    }
    expect(new Set(said)).toEqual(new Set([expect.stringMatching(/^identity_refused .*not signed by the key/)]));
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    await expect(recover(id, [])).rejects.toThrow('not signed by the key');
  });

  it('is refused while the certificate is good, with both clocks', async () => {
    const error = (await recover(id, [key]).catch((thrown: unknown) => thrown)) as FairleadError;
    expect(error.code).toBe('identity_refused');
    expect(error.message).toContain(new Date(identity().notAfter).toISOString());
    expect(error.hint).toContain(new Date(rig.time).toISOString());
  });

  it('is for the kept machine alone after a quarantine, known by its address', async () => {
    const agent = new ScriptedAgent('web-1');
    const peer = rig.peerOf('web-1');
    await rig.connect(agent, 'copy', { ...peer, address: '10.0.0.2' });
    await expect(rig.connect(agent, 'one', peer)).rejects.toMatchObject({ code: 'host_quarantined' });
    expire();
    const from = (address: string, newPublicKey = aPublicKey()) =>
      rig.runtime.identities.enrolment!.recover(
        { agentId: id, newPublicKey, capability: 2, isSignedBy: signedBy([key]) },
        { kind: 'anonymous', address },
      );
    await expect(from('10.0.0.1')).rejects.toMatchObject({ code: 'host_quarantined' });
    await rig.runtime.identities.service.resolve('web-1', '10.0.0.1', ACTOR);
    for (const address of ['10.0.0.2', '10.0.0.3']) {
      await expect(from(address)).rejects.toMatchObject({
        code: 'identity_refused',
        message: expect.stringContaining(`than the one at ${address} has kept`),
      });
    }
    await from('10.0.0.1');
    await expect(from('10.0.0.2')).rejects.toMatchObject({ code: 'identity_refused' });
    await rig.connect(agent, 'one started anew', rig.peerOf('web-1'));
    expect(identity()).toMatchObject({ state: 'active', keepInstance: null, quarantine: null, confirmed: true });
    expire();
    await expect(from('10.0.0.2')).rejects.toMatchObject({ message: expect.stringContaining('not signed by the key') });
  });

  it('is for nobody where both machines are at one address', async () => {
    const agent = new ScriptedAgent('web-1');
    await rig.connect(agent, 'copy', rig.peerOf('web-1'));
    await expect(rig.connect(agent, 'one', rig.peerOf('web-1'))).rejects.toMatchObject({ code: 'host_quarantined' });
    await rig.runtime.identities.service.resolve('web-1', 'one', ACTOR);
    expire();
    const asked = rig.runtime.identities.enrolment!.recover(
      { agentId: id, newPublicKey: NEW, capability: 2, isSignedBy: signedBy([key]) },
      { kind: 'anonymous', address: '10.0.0.1' },
    );
    await expect(asked).rejects.toMatchObject({ code: 'identity_refused' });
  });

  it('is refused for a revoked, a removed and a quarantined host', async () => {
    const { service } = rig.runtime.identities;
    await rig.runtime.hosts.relabel('web-1', { labels: {} }, HostScope.all, ACTOR, rig.time);
    const agent = new ScriptedAgent('web-1');
    const peer = rig.peerOf('web-1');
    await rig.connect(agent, 'two', peer);
    await expect(rig.connect(agent, 'one', peer)).rejects.toMatchObject({ code: 'host_quarantined' });
    expire();
    await expect(recover(id, [key])).rejects.toMatchObject({ code: 'host_quarantined' });
    await service.resolve('web-1', 'two', ACTOR);
    await expect(recover(id, [key])).rejects.toMatchObject({ code: 'identity_refused' });
    await service.revoke('web-1', ACTOR);
    await expect(recover(id, [key])).rejects.toMatchObject({
      code: 'identity_refused',
      message: expect.stringContaining('revoked'),
    });
    await rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, rig.time);
    await expect(recover(id, [key])).rejects.toMatchObject({
      code: 'identity_refused',
      message: expect.stringContaining('removed'),
    });
    const written = await refusals('host.recover', 4);
    expect(written.map(({ actor }) => actor)).toEqual(Array(4).fill(`agent:${id}`));
    expect(written.every(({ detail }) => (detail as { code: string }).code in ERRORS)).toBe(true);
  });
});
