import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNetworkRequest, hostAddRequest, joinTokenRequest } from '@fairlead/api';
import { type FairleadError, formatJoinToken, type JoinToken, parseCidr, parseJoinToken } from '@fairlead/domain';
import {
  AgentServer,
  connectTo,
  createKey,
  dialAgent,
  type Enrolled,
  joinController,
  LinkClient,
  publicKeyOf,
  recoverIdentity,
  type TlsIdentity,
} from '@fairlead/link';
import { HostScope } from '../access/host-scope.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { network, ScriptedAgent } from '../testing/scripted-agent.js';
import { makeLeaf, makeRoot } from './ca-certificates.js';

let rig: Rig;
let address: string;
const ends: (() => unknown)[] = [];

async function begin(options: object = {}, time = Date.now()): Promise<void> {
  const limits = { enrolments: { burst: 1000, perSecond: 1000 }, wrongTokens: 1000 };
  rig = await Rig.start({ ca: true, time, runtime: { linkLimits: limits, ...options } });
  address = await rig.runtime.link.listen('127.0.0.1:0');
  rig.runtime.place.port = Number(address.split(':')[1]);
}

beforeEach(() => begin({ dialRanges: [parseCidr('127.0.0.0/8')] }));

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await rig.stop();
});

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;
const show = (name = 'web-1') => rig.runtime.hosts.show(name, HostScope.all);
const isLive = (name = 'web-1') => until(`${name} is live`, async () => show(name).freshness === 'live');
const token = async (request: object = {}): Promise<JoinToken> =>
  parseJoinToken((await rig.runtime.identities.tokens.create(joinTokenRequest.parse(request), ACTOR)).token);

const join = (of: JoinToken, hostName = 'web-1', privateKey = createKey(), openSocket = () => connectTo(address)) =>
  joinController({ openSocket, address, token: of, hostName, privateKey });

const identityOf = ({ certificateChain, roots }: Enrolled, privateKey: string): TlsIdentity => ({
  certificateChain,
  roots,
  privateKey,
});

/** Runs an agent that dials with this certificate, until the test ends. @returns what it was refused with, if it was */
function run(agent: ScriptedAgent, identity: TlsIdentity, instanceId: string): { readonly told: string[] } {
  const told: string[] = [];
  const note = (message: string, details: object = {}): void => void told.push(`${message} ${JSON.stringify(details)}`);
  const log = { debug: note, info: note, warn: note };
  const client = new LinkClient({ address, handlers: agent.handlers, instanceId, log, identity: () => identity });
  const stop = new AbortController();
  const running = client.run(stop.signal);
  ends.push(async () => {
    stop.abort();
    await running;
  });
  return { told };
}

describe('a host that dials', () => {
  it('joins with a token, has its inventory shown, and takes commands', async () => {
    const key = createKey();
    const enrolled = await join(await token({ labels: { env: 'prod' } }), 'web-1', key);
    run(new ScriptedAgent('web-1', { capability: 2 }), identityOf(enrolled, key), 'one');
    await isLive();
    expect(show()).toMatchObject({
      labels: { env: 'prod' },
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      identity: { kind: 'joined', state: 'active', agentId: enrolled.agentId },
    });
    const created = createNetworkRequest.parse({ name: 'over-tls' });
    const done = await rig.carryOut(() => rig.runtime.commands.create('web-1', created, HostScope.all));
    expect(done.outcome).toBe('succeeded');
    expect(await rig.names()).toContain('over-tls');
  });

  it('is given the same certificate when it asks again with the same key', async () => {
    const [of, key] = [await token(), createKey()];
    const first = await join(of, 'web-1', key);
    expect(await join(of, 'web-1', key)).toEqual(first);
  });

  it.each([
    ['used', async (of: JoinToken) => void (await join(of, 'first')), /was used already/],
    ['revoked', (of: JoinToken) => rig.runtime.identities.tokens.revoke(of.id, ACTOR), /was revoked/],
    ['expired', async () => void (rig.time += 3_600_000), /expired/],
  ])('is told that its token was %s', async (_, end, words) => {
    const of = await token();
    await end(of);
    await expect(join(of)).rejects.toMatchObject({ code: 'token_refused', message: expect.stringMatching(words) });
  });

  it('is told nothing of a token whose secret it does not have', async () => {
    const of = { ...(await token()), secret: randomBytes(32).toString('base64url') };
    await expect(join(of)).rejects.toMatchObject({ code: 'token_refused', message: 'The join token is not accepted' });
  });

  it('sends nothing to a controller that its token was not made for', async () => {
    const of = { ...(await token()), rootDigest: randomBytes(32).toString('base64url') };
    await expect(join(of)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await rig.runtime.identities.tokens.list()).items).toMatchObject([{ state: 'open' }]);
  });

  it('is one host, however many use its token at once', async () => {
    const of = await token();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => join(of, `web-${index}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(rig.runtime.identities.store.all()).toHaveLength(1);
  });

  it('loses its session when it is revoked, and is told why when it comes back', async () => {
    const key = createKey();
    const enrolled = await join(await token(), 'web-1', key);
    const { told } = run(new ScriptedAgent('web-1'), identityOf(enrolled, key), 'one');
    await isLive();
    const { closed } = rig.runtime.fleet.session('web-1')!.connection;
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    await expect(closed).resolves.toContain('revoked');
    expect(show().connected).toBe(false);
    await until('it is told', () => told.some((text) => text.includes('was revoked')));
  });

  it('is not let in with a certificate of another root, whatever that says', async () => {
    const key = createKey();
    const enrolled = await join(await token(), 'web-1', key);
    const period = { notBefore: wholeSeconds(rig.time - 60_000), notAfter: wholeSeconds(rig.time + 60_000) };
    const root = await makeRoot({ commonName: 'Fairlead', ...period });
    const der = createPrivateKey(root.privateKey).export({ type: 'pkcs8', format: 'der' });
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const rootKey = await webcrypto.subtle.importKey('pkcs8', der, curve, false, ['sign']);
    const uri = `spiffe://${enrolled.clusterId}/agent/${enrolled.agentId}`;
    const request = { uri, publicKey: publicKeyOf(key), usages: ['client'] as const, ...period };
    const leaf = await makeLeaf(request, root.certificate, rootKey);
    const forged = { certificateChain: leaf + root.certificate, privateKey: key, roots: enrolled.roots };
    const { told } = run(new ScriptedAgent('web-1'), forged, 'one');
    await until('it is told', () => told.some((text) => /certificate/i.test(text)));
    expect(show().connected).toBe(false);
    expect(rig.runtime.identities.service.of('web-1')?.state).toBe('active');
  });

  it('recovers when its certificate has expired while it was off', async () => {
    const [key, newKey] = [createKey(), createKey()];
    await rig.stop();
    await begin({}, Date.now() - 3 * 24 * 3_600_000);
    const of = await token();
    const enrolled = await rig.runtime.identities.enrolment!.join(
      { tokenId: of.id, secret: of.secret, hostName: 'web-1', publicKey: publicKeyOf(key), capability: 2 },
      { kind: 'anonymous', address: '127.0.0.1' },
    );
    rig.time = Date.now();
    const { told } = run(new ScriptedAgent('web-1'), identityOf(enrolled, key), 'one');
    await until('it is refused', () => told.some((text) => /expired/.test(text)));
    const recovered = await recoverIdentity({
      openSocket: () => connectTo(address),
      address,
      ...enrolled,
      registeredKey: key,
      newKey,
    });
    expect(recovered).toMatchObject({ agentId: enrolled.agentId, hostName: 'web-1' });
    run(new ScriptedAgent('web-1'), identityOf(recovered, newKey), 'two');
    await isLive();
    expect(show().identity.certificate?.generation).toBe(2);
  });

  it('is quarantined with its copy, and lives on when the operator has chosen it', async () => {
    const key = createKey();
    const identity = identityOf(await join(await token(), 'web-1', key), key);
    const agent = new ScriptedAgent('web-1');
    agent.set(network('precious'));
    run(agent, identity, 'original');
    await isLive();
    run(agent, identity, 'copy');
    const state = async () => show().identity.state;
    await until('it is quarantined', async () => (await state()) === 'quarantined');
    expect(
      show()
        .identity.quarantine!.machines.map(({ instance }) => instance)
        .sort(),
    ).toEqual(['copy', 'original']);
    expect(await rig.names()).toContain('precious');
    await rig.runtime.identities.service.resolve('web-1', 'original', ACTOR);
    await isLive();
    expect(rig.runtime.fleet.session('web-1')!.connection.instanceId).toBe('original');
  });
});

/** Waits for connections of the controller and joins over one of them, as an agent that listens does. */
const awaitController = (of: JoinToken, key: string, port = 0) =>
  overWhatIsDialled(port, (openSocket) => join(of, 'web-1', key, openSocket));

/** Listens as an agent without a certificate does, and enrols over the sockets that the controller opens. */
async function overWhatIsDialled(
  port: number,
  enrol: (openSocket: () => Promise<Socket>) => Promise<Enrolled>,
): Promise<{ port: number; enrolled: Promise<Enrolled>; server: Server }> {
  const waiting: Socket[] = [];
  let wake = (): void => undefined;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    waiting.push(socket);
    wake();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const openSocket = async (): Promise<Socket> => {
    while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return waiting.shift()!;
  };
  const enrolled = enrol(openSocket).finally(() => {
    waiting.forEach((socket) => socket.destroy());
    server.close();
  });
  ends.push(() => {
    waiting.forEach((socket) => socket.destroy());
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, enrolled, server };
}

const add = async (at: string, name = 'web-1'): Promise<JoinToken> => {
  const body = hostAddRequest.parse({ name, address: at, labels: { zone: 'b' } });
  return parseJoinToken((await rig.runtime.identities.listening.add(body, ACTOR)).token);
};

const serve = async (agent: ScriptedAgent, identity: TlsIdentity, port: number): Promise<AgentServer> => {
  const server = new AgentServer({ handlers: agent.handlers, instanceId: 'listening', identity });
  await server.listen(`127.0.0.1:${port}`);
  ends.push(() => server.close());
  return server;
};

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a host whose agent listens', () => {
  const create = createNetworkRequest.parse({ name: 'dialled' });

  it('is joined over the connection of the controller, and commanded over mTLS', async () => {
    const [port, key] = [await freePort(), createKey()];
    const of = await add(`127.0.0.1:${port}`);
    expect(show()).toMatchObject({
      labels: { zone: 'b' },
      connected: false,
      identity: { state: 'pending', address: `127.0.0.1:${port}`, certificate: null },
    });
    const waiting = await awaitController(of, key, port);
    const enrolled = await waiting.enrolled;
    await serve(new ScriptedAgent('web-1'), identityOf(enrolled, key), port);
    await isLive();
    expect(show()).toMatchObject({
      labels: { zone: 'b' },
      identity: { state: 'active', address: `127.0.0.1:${port}` },
    });
    const done = await rig.carryOut(() => rig.runtime.commands.create('web-1', create, HostScope.all));
    expect(done.outcome).toBe('succeeded');
  });

  it('is dialled again when it was away, and by the next life of the controller', async () => {
    const [port, key] = [await freePort(), createKey()];
    const { enrolled } = await awaitController(await add(`127.0.0.1:${port}`), key, port);
    const identity = identityOf(await enrolled, key);
    const agent = new ScriptedAgent('web-1');
    const first = await serve(agent, identity, port);
    await isLive();
    await first.close();
    await until('it is gone', async () => !show().connected);
    await serve(agent, identity, port);
    await isLive();
    rig = await rig.restart();
    await isLive();
  });

  it('recovers over the connection of the controller when its certificate has expired while it was off', async () => {
    const [port, key, newKey] = [await freePort(), createKey(), createKey()];
    const { enrolled } = await awaitController(await add(`127.0.0.1:${port}`), key, port);
    const before = await enrolled;
    rig.time += 3 * 24 * 3_600_000;
    const recovery = await overWhatIsDialled(port, (openSocket) =>
      recoverIdentity({
        openSocket,
        address: 'the controller',
        ...before,
        registeredKey: key,
        newKey,
        now: () => rig.time,
      }),
    );
    const recovered = await recovery.enrolled;
    expect(recovered).toMatchObject({ agentId: before.agentId, hostName: 'web-1' });
    expect(rig.runtime.identities.service.of('web-1')).toMatchObject({ generation: 2, recoveries: 1 });
  });

  it('is sent nothing where another agent answers at its address', async () => {
    const [port, key, otherKey] = [await freePort(), createKey(), createKey()];
    const other = await join(await token(), 'web-2', otherKey);
    const { id } = rig.runtime.identities.service.of('web-2')!;
    const issued = await rig.ca!.issueAgent({ agentId: id, publicKey: publicKeyOf(otherKey), listening: true });
    const { enrolled } = await awaitController(await add(`127.0.0.1:${port}`), key, port);
    await enrolled;
    const impostor = new ScriptedAgent('web-1');
    await serve(impostor, { ...identityOf(other, otherKey), certificateChain: issued.certificateChain }, port);
    const { own } = rig.runtime.identities;
    const dialled = dialAgent(`127.0.0.1:${port}`, {
      identity: own!.current,
      agentId: rig.runtime.identities.service.of('web-1')!.id,
    });
    const error = (await dialled.catch((thrown: unknown) => thrown)) as FairleadError;
    expect(error.message).toContain(id);
    expect(impostor.calls).toEqual([]);
    expect(show().connected).toBe(false);
  });

  it('is dialled no more once it is revoked', async () => {
    const [port, key] = [await freePort(), createKey()];
    const { enrolled } = await awaitController(await add(`127.0.0.1:${port}`), key, port);
    const agent = new ScriptedAgent('web-1');
    await serve(agent, identityOf(await enrolled, key), port);
    await isLive();
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    expect(show().connected).toBe(false);
    const calls = agent.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(agent.calls).toHaveLength(calls);
  });

  it('that is removed before it has joined takes its token with it', async () => {
    const of = await add(`127.0.0.1:${await freePort()}`);
    await rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, rig.time);
    await expect(join(of)).rejects.toMatchObject({
      code: 'token_refused',
      message: expect.stringContaining('revoked'),
    });
    expect(rig.runtime.hosts.find('web-1')).toBeUndefined();
  });

  it('has to have a name that is free, and an address that may be dialled', async () => {
    const port = await freePort();
    await add(`127.0.0.1:${port}`);
    await expect(add('127.0.0.1:1')).rejects.toMatchObject({ code: 'already_exists' });
    for (const at of ['169.254.169.254:80', '10.0.0.1:80', '[::ffff:169.254.169.254]:80', '[::1]:80']) {
      await expect(add(at, 'web-2')).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(add('0x7f.1:80', 'web-2')).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(rig.runtime.hosts.find('web-2')).toBeUndefined();
  });

  it('has a command that makes it listen, with the token beside it', async () => {
    const body = hostAddRequest.parse({ name: 'web-1', address: `127.0.0.1:${await freePort()}` });
    const { command, token: text } = await rig.runtime.identities.listening.add(body, ACTOR);
    expect(command).toBe(`FAIRLEAD_AGENT_JOIN_TOKEN=${text} fairlead agent --name web-1 --listen ${body.address}`);
    expect(formatJoinToken(parseJoinToken(text))).toBe(text);
  });
});

describe('a name to dial', () => {
  const reset = async (resolve: (name: string) => Promise<readonly string[]>): Promise<void> => {
    await rig.stop();
    await begin({ dialRanges: [parseCidr('127.0.0.0/8')], resolve });
  };

  it('is resolved once and pinned', async () => {
    let asked = 0;
    const answers = [['127.0.0.1', '127.0.0.2'], ['169.254.169.254']];
    await reset(async () => answers[asked++] ?? []);
    await add('web-1.internal:7802');
    expect(show().identity.address).toBe('127.0.0.1:7802');
    rig = await rig.restart();
    expect(show().identity.address).toBe('127.0.0.1:7802');
    expect(asked).toBe(1);
  });

  it('that leads to an address which may not be dialled is refused, whatever else it leads to', async () => {
    await reset(async () => ['127.0.0.1', '169.254.169.254']);
    await expect(add('web-1.internal:7802')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('that leads nowhere is refused', async () => {
    await reset(() => Promise.reject(new Error('ENOTFOUND')));
    await expect(add('web-1.internal:7802')).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('is not resolved where nothing may be dialled', async () => {
    await rig.stop();
    let asked = 0;
    await begin({ resolve: async () => [String(asked++)] });
    await expect(add('web-1.internal:7802')).rejects.toMatchObject({ code: 'unsupported' });
    expect(asked).toBe(0);
  });
});
