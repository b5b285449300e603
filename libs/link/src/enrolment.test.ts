import { FairleadError, formatJoinToken, type JoinToken } from '@fairlead/domain';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { connectTo } from './connect.js';
import { joinController, recoverIdentity } from './enrolment-client.js';
import { LinkClient } from './link-client.js';
import { createKey, publicKeyOf } from './signing.js';
import { TestAuthority } from './testing/authority.js';
import { aborted, deferred, FakeAgent, MemoryLog } from './testing/fake-agent.js';
import { Cleanup, testAuthority } from './testing/fixtures.js';
import { tcpTo } from './testing/raw-http2.js';
import { recordingProxy } from './testing/recording-proxy.js';
import { EverybodyMayJoin, startTlsLink } from './testing/tls-rig.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const HOUR = 3_600_000;

const tokenFor = (ca: TestAuthority): JoinToken => ({
  rootDigest: ca.rootDigest,
  id: 'abcdefgh23',
  secret: Buffer.alloc(32, 0xa7).toString('base64url'),
});

const joinAt = (address: string, token: JoinToken, more: object = {}) =>
  joinController({
    openSocket: () => connectTo(address),
    address,
    token,
    hostName: 'web-07',
    privateKey: createKey(),
    ...more,
  });

describe('joining a controller', () => {
  it('gives the host a certificate for its key, its id, and the roots to trust', async () => {
    const { ca, address, enrolment } = await startTlsLink(cleanup);
    const privateKey = createKey();
    const token = tokenFor(ca);
    const enrolled = await joinAt(address, token, { privateKey });
    expect(enrolled).toMatchObject({ clusterId: ca.clusterId, agentId: enrolment.agentId, roots: ca.root });
    const [application, peer] = enrolment.joined[0] ?? [];
    expect(application).toEqual({
      tokenId: token.id,
      secret: token.secret,
      hostName: 'web-07',
      publicKey: publicKeyOf(privateKey),
      capability: 3,
    });
    expect(peer).toEqual({ kind: 'anonymous', address: '127.0.0.1' });
  });

  it('is no refusal on the way, although the first connection is dropped', async () => {
    const { ca, address, refusals } = await startTlsLink(cleanup);
    await joinAt(address, tokenFor(ca));
    expect(refusals).toEqual([]);
  });

  it("passes on why the controller refuses, with its hint, and tells the controller's log", async () => {
    const ca = await testAuthority();
    const refuse = async (): Promise<never> => {
      throw new FairleadError('token_refused', 'The join token was used already', { hint: 'Make another one – now.' });
    };
    const enrolment = Object.assign(new EverybodyMayJoin(ca), { join: refuse });
    const { address, refusals } = await startTlsLink(cleanup, { enrolment });
    await expect(joinAt(address, tokenFor(ca))).rejects.toMatchObject({
      code: 'token_refused',
      message: 'The join token was used already',
      hint: 'Make another one – now.',
    });
    expect(refusals).toEqual([
      {
        peer: { kind: 'anonymous', address: '127.0.0.1' },
        what: 'Join',
        reason: 'The join token was used already',
        code: 'token_refused',
      },
    ]);
  });

  it('does not keep a certificate that is for another key, or not under the roots', async () => {
    const { ca, address, enrolment } = await startTlsLink(cleanup);
    const other = await TestAuthority.create(ca.clusterId);
    const given = await ca.agent(enrolment.agentId);
    const facts = { clusterId: ca.clusterId, agentId: enrolment.agentId, hostName: 'x', ...given };
    enrolment.join = async () => facts;
    await expect(joinAt(address, tokenFor(ca))).rejects.toThrow('it is for another key');
    enrolment.join = async ({ publicKey }) => ({
      ...facts,
      certificateChain: (await other.agent(enrolment.agentId, { publicKey })).certificateChain,
    });
    await expect(joinAt(address, tokenFor(ca))).rejects.toThrow('none of the roots sent with it has signed it');
  });
});

/** Somebody with an authority of his own in the place of the controller, who sees what he is sent in the clear. */
async function startImpostor(ca: TestAuthority) {
  const identity = await ca.controller();
  const read: Buffer[] = [];
  const options = {
    cert: identity.certificateChain,
    key: identity.privateKey,
    ALPNProtocols: ['h2'],
    requestCert: true,
  };
  const server = createTlsServer({ ...options, rejectUnauthorized: false });
  server.on('secureConnection', (socket) => {
    socket.on('data', (part: Buffer) => read.push(part)).on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(() => new Promise((resolve) => server.close(resolve)));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, read };
}

/** The types of the TLS records in a stream of bytes, and whether anything else follows them. */
function recordsOf(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < bytes.length;) {
    types.push(bytes.readUInt8(at));
    at += 5 + bytes.readUInt16BE(at + 3);
  }
  return types;
}

describe('a controller that the token was not made for', () => {
  it('gets a ClientHello and nothing that it could use, and the host is told both digests', async () => {
    const ours = await testAuthority();
    const theirs = await TestAuthority.create(ours.clusterId);
    const impostor = await startImpostor(theirs);
    const wire = await recordingProxy(cleanup, impostor.address);
    const token = tokenFor(ours);
    const error: unknown = await joinAt(wire.address, token).catch((thrown: unknown) => thrown);
    const hex = (digest: string): string => Buffer.from(digest, 'base64url').toString('hex');
    expect(error).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('This is not the controller that the token was made for; nothing was sent'),
      hint: expect.stringMatching(new RegExp(`${hex(ours.rootDigest)}.*${hex(theirs.rootDigest)}`)),
    });
    await Promise.all(wire.ended);
    expect(wire.ended).toHaveLength(1);
    // In the clear for him who ends the TLS: not one byte of HTTP/2 or of a message.
    expect(Buffer.concat(impostor.read)).toHaveLength(0);
    const sent = Buffer.concat(wire.sent);
    const [handshake, ...rest] = recordsOf(sent);
    expect(handshake).toBe(22);
    // The end of the handshake at most: ChangeCipherSpec, and Certificate (empty) with Finished under their cover.
    expect(rest.filter((type) => type !== 20).length).toBeLessThanOrEqual(2);
    for (const secret of [token.id, token.secret, formatJoinToken(token), Buffer.from(token.secret, 'base64url')]) {
      expect(sent.includes(secret)).toBe(false);
    }
  });

  it('gets nothing either where it shows our root behind a certificate of its own', async () => {
    const ours = await testAuthority();
    const theirs = await TestAuthority.create(ours.clusterId);
    const { certificateChain, privateKey } = await theirs.controller();
    const leaf = certificateChain.slice(0, certificateChain.indexOf('-----END') + '-----END CERTIFICATE-----\n'.length);
    const spy = Object.create(theirs) as TestAuthority;
    spy.controller = async () => ({ certificateChain: leaf + ours.root, privateKey, roots: ours.root });
    const impostor = await startImpostor(spy);
    await expect(joinAt(impostor.address, tokenFor(ours))).rejects.toMatchObject({
      code: expect.stringMatching(/forbidden|controller_unavailable/),
    });
    expect(Buffer.concat(impostor.read)).toHaveLength(0);
  });

  it('gets nothing where an agent of our own cluster plays the controller', async () => {
    const ours = await testAuthority();
    const spy = Object.create(ours) as TestAuthority;
    spy.controller = () => ours.agent();
    const impostor = await startImpostor(spy);
    await expect(joinAt(impostor.address, tokenFor(ours))).rejects.toThrow(
      'shows the certificate of an agent, not of a controller; nothing was sent',
    );
    expect(Buffer.concat(impostor.read)).toHaveLength(0);
  });
});

describe('a controller that cannot be joined', () => {
  it('says that nobody listens', async () => {
    const { ca, server, address } = await startTlsLink(cleanup);
    await server.close();
    await expect(joinAt(address, tokenFor(ca))).rejects.toMatchObject({
      code: 'controller_unavailable',
      message: `no controller answers at ${address} (the connection was refused: nobody listens there)`,
    });
  });

  it('says that it takes no connection for now, and does not take it for another one', async () => {
    const ca = await testAuthority();
    const limits = { newConnectionsPerAddress: { burst: 0, perSecond: 0 } };
    const { address } = await startTlsLink(cleanup, { limits });
    await expect(joinAt(address, tokenFor(ca))).rejects.toMatchObject({
      code: 'controller_unavailable',
      message: `the connection to ${address} was closed before its TLS handshake was done`,
      hint: expect.stringContaining('takes no more connections from here for now'),
    });
  });

  it('says that something else answers, over HTTP without TLS', async () => {
    const http = createHttp((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => new Promise((resolve) => http.close(resolve)));
    const address = `127.0.0.1:${(http.address() as AddressInfo).port}`;
    await expect(joinAt(address, tokenFor(await testAuthority()))).rejects.toMatchObject({
      code: 'controller_unavailable',
      message: expect.stringContaining(`something that is not our controller answered at ${address}`),
    });
  });

  it('says that something else answers, under our own certificate', async () => {
    const ca = await testAuthority();
    const { createSecureServer } = await import('node:http2');
    const { certificateChain, privateKey } = await ca.controller();
    const other = createSecureServer({ cert: certificateChain, key: privateKey });
    other.on('stream', (stream) => (stream.respond({ ':status': 404 }), stream.end('no')));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => new Promise((resolve) => other.close(resolve)));
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(joinAt(address, tokenFor(ca))).rejects.toThrow(
      `something that is not our controller answered at ${address} (HTTP status 404)`,
    );
  });

  it.each([
    [
      'not yet valid',
      { fromMs: 5 * HOUR + 60_000, toMs: 9 * HOUR },
      /becomes valid at .*, in 5h .* one of the two clocks is wrong by 5h/,
    ],
    ['expired', { fromMs: -9 * HOUR, toMs: -3 * HOUR - 60_000 }, /expired 3h 1m ago, at .*, by this machine's clock/],
  ])('says by how much the clocks differ where its certificate is %s', async (_what, dates, words) => {
    const ca = await testAuthority();
    const { address } = await startTlsLink(cleanup, { identity: await ca.controller(dates) });
    await expect(joinAt(address, tokenFor(ca))).rejects.toMatchObject({
      code: 'controller_unavailable',
      message: expect.stringMatching(words),
    });
  });
});

describe('a host whose certificate has expired', () => {
  it('recovers by the key that is registered', async () => {
    const { ca, address } = await startTlsLink(cleanup);
    const registeredKey = createKey();
    const { agentId, clusterId, roots } = await joinAt(address, tokenFor(ca), { privateKey: registeredKey });
    const common = { openSocket: () => connectTo(address), address, agentId, clusterId, roots, newKey: createKey() };
    expect((await recoverIdentity({ ...common, registeredKey })).agentId).toBe(agentId);
    await expect(recoverIdentity({ ...common, registeredKey: createKey() })).rejects.toMatchObject({
      code: 'identity_refused',
    });
  });

  it('sends nothing to a controller of another cluster', async () => {
    const { ca, address } = await startTlsLink(cleanup);
    const clusterId = '00000000-0000-4000-8000-000000000000';
    const keys = { registeredKey: createKey(), newKey: createKey() };
    const dial = { openSocket: () => connectTo(address), address, agentId: 'x', clusterId, roots: ca.root, ...keys };
    await expect(recoverIdentity(dial)).rejects.toThrow('belongs to another cluster');
  });

  /** A client that gets new certificates when it is asked to, and says how often. */
  async function client(address: string, first: Promise<import('./peer.js').TlsIdentity>, now?: () => number) {
    const ca = await testAuthority();
    let identity = await first;
    let recoveries = 0;
    const stop = new AbortController();
    const log = new MemoryLog();
    const link = new LinkClient({
      address,
      handlers: new FakeAgent().handlers,
      instanceId: 'i',
      log,
      random: () => 0,
      identity: () => identity,
      onExpired: async () => {
        recoveries += 1;
        identity = await ca.agent();
      },
      ...(now && { now }),
    });
    const running = link.run(stop.signal);
    cleanup.add(() => (stop.abort(), running));
    return { log, recoveries: () => recoveries };
  }

  const attached = () => {
    const { promise, resolve } = deferred<object>();
    return { promise, onConnection: resolve as () => void };
  };

  it('is recovered before its next dial, by its own clock', async () => {
    const { promise, onConnection } = attached();
    const { ca, address, refusals } = await startTlsLink(cleanup, { onConnection });
    const { recoveries } = await client(address, ca.agent(undefined, { fromMs: -3 * HOUR, toMs: -HOUR }));
    await promise;
    expect(recoveries()).toBe(1);
    expect(refusals).toEqual([]);
  });

  it("is recovered at the controller's word where its own clock is behind", async () => {
    const { promise, onConnection } = attached();
    const { ca, address, refusals } = await startTlsLink(cleanup, { onConnection });
    const behind = (): number => Date.now() - 2 * HOUR;
    const { recoveries } = await client(address, ca.agent(undefined, { fromMs: -3 * HOUR, toMs: -HOUR }), behind);
    await promise;
    expect(recoveries()).toBe(1);
    expect(refusals.map(({ code }) => code)).toEqual(['identity_refused']);
  });

  it('is not recovered while its certificate is good', async () => {
    const { promise, onConnection } = attached();
    const { ca, address } = await startTlsLink(cleanup, { onConnection });
    const { recoveries } = await client(address, ca.agent());
    await promise;
    expect(recoveries()).toBe(0);
  });
});

describe('the link of a host', () => {
  it('does not come up with another controller, which learns nothing', async () => {
    const ours = await testAuthority();
    const impostor = await startImpostor(await TestAuthority.create(ours.clusterId));
    const identity = await ours.agent();
    const log = new MemoryLog();
    const stop = new AbortController();
    const refused = deferred();
    const link = new LinkClient({
      address: impostor.address,
      handlers: new FakeAgent().handlers,
      instanceId: 'i',
      log,
      identity: () => identity,
      sleep: async (_ms, signal) => (refused.resolve(), aborted(signal)),
    });
    const running = link.run(stop.signal);
    cleanup.add(() => (stop.abort(), running));
    await refused.promise;
    expect(log.lines.join('\n')).toMatch(/is not signed by a root that is trusted here; nothing was sent.*join anew/s);
    expect(Buffer.concat(impostor.read)).toHaveLength(0);
  });
});

describe('an agent that listens', () => {
  it('joins over the connections that the controller dials, and is no stranger by that', async () => {
    const { ca, server } = await startTlsLink(cleanup);
    const waiting: Socket[] = [];
    const takers: ((socket: Socket) => void)[] = [];
    const port = createServer((socket) => {
      const taker = takers.shift();
      if (taker === undefined) waiting.push(socket);
      else taker(socket);
    });
    await new Promise<void>((resolve) => port.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => new Promise((resolve) => port.close(resolve)));
    const openSocket = (): Promise<Socket> => {
      const socket = waiting.shift();
      return socket === undefined ? new Promise((resolve) => takers.push(resolve)) : Promise.resolve(socket);
    };
    const address = `127.0.0.1:${(port.address() as AddressInfo).port}`;
    const dials = [0, 1].map(async () => server.accept(await tcpTo(address)));
    const enrolled = await joinAt(address, tokenFor(ca), { openSocket });
    expect(enrolled.clusterId).toBe(ca.clusterId);
    await Promise.all(dials);
  });
});
