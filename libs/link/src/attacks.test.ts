import { FairleadError } from '@fairlead/domain';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createNonce, createKey, createSigningRequest } from './signing.js';
import { enrolmentCodec } from './enrolment-codec.js';
import { toHostMessage } from './host-message.js';
import { DEFAULT_LIMITS, type LinkLimits } from './limits.js';
import { LinkClient } from './link-client.js';
import { sessionCodec } from './session-codec.js';
import { deferred, FakeAgent, MemoryLog } from './testing/fake-agent.js';
import { Cleanup } from './testing/fixtures.js';
import { FrameWriter } from './testing/http2-frames.js';
import { callRaw, frame, http2To, openCall, tcpTo, tlsTo } from './testing/raw-http2.js';
import { hostFacts } from './testing/samples.js';
import { TlsRecords } from './testing/tls-records.js';
import { startTlsLink } from './testing/tls-rig.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const ATTACH = '/fairlead.link.v1.AgentLink/Attach';
const CHALLENGE = enrolmentCodec.pathOf('Challenge');
const hello = frame(sessionCodec.encodeUp({ hello: { host: toHostMessage(hostFacts()), instanceId: 'i' } }));

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => (socket.destroyed ? resolve() : socket.once('close', () => resolve()).resume()));

/** A link with a well-behaved agent on it, whose every call must be answered whatever else goes on. */
async function startWithNeighbour(limits: Partial<LinkLimits> = {}) {
  const rig = await startTlsLink(cleanup, { limits });
  const identity = await rig.ca.agent();
  const stop = new AbortController();
  const agent = new FakeAgent({ ListNetworks: async () => ({ networks: [] }) });
  const link = new LinkClient({
    address: rig.address,
    handlers: agent.handlers,
    instanceId: 'neighbour',
    log: new MemoryLog(),
    identity: () => identity,
  });
  const running = link.run(stop.signal);
  cleanup.add(() => (stop.abort(), running));
  while (rig.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const [neighbour] = rig.connections;
  const served = async (): Promise<void> => {
    const deadline = { deadlineMs: 5_000 };
    expect(await neighbour?.invoke('ListNetworks', {}, deadline)).toEqual({ networks: [] });
    const session = await http2To(rig.address, cleanup);
    expect((await callRaw(session, CHALLENGE)).status).toBe(status.OK);
    session.destroy();
  };
  return { ...rig, served };
}

describe('what is no HTTP/2 over TLS', () => {
  it.each([
    ['an HTTP/1 request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['HTTP/2 without TLS', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['random bytes', randomBytes(4_096)],
    ['zeros', Buffer.alloc(4_096)],
    ['a ClientHello of SSL 2', Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0', 'hex')],
    ['a record that is longer than it may be', Buffer.concat([Buffer.from('160301ffff', 'hex'), randomBytes(70_000)])],
  ])('is cut off: %s', async (_what, bytes) => {
    const { address, served, refusals } = await startWithNeighbour({ handshakeMs: 500 });
    const socket = await tcpTo(address);
    socket.on('error', () => {});
    socket.write(bytes);
    await closed(socket);
    await served();
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ what: 'connection', peer: { kind: 'anonymous', address: '127.0.0.1' } });
  });

  it('is cut off where a handshake does not end in time, and nobody else waits for it', async () => {
    const { address, served, refusals } = await startWithNeighbour({ handshakeMs: 200 });
    const silent = await Promise.all(Array.from({ length: 30 }, () => tcpTo(address)));
    const slow = await tcpTo(address);
    const drip = setInterval(() => slow.write(Buffer.from([0x16])), 20);
    for (const socket of [...silent, slow]) socket.on('error', () => {});
    await served();
    await Promise.all([...silent, slow].map(closed));
    clearInterval(drip);
    expect(refusals.length).toBeGreaterThanOrEqual(31);
    expect(new Set(refusals.map(({ peer }) => JSON.stringify(peer)))).toEqual(
      new Set([JSON.stringify({ kind: 'anonymous', address: '127.0.0.1' })]),
    );
    await served();
  });

  it('is cut off where HTTP/2 is agreed on and something else comes', async () => {
    const { address, served } = await startWithNeighbour();
    const socket = await tlsTo(address, cleanup);
    socket.write(randomBytes(100_000));
    await closed(socket);
    await served();
  });
});

describe('many connections', () => {
  it('of one address are refused beyond their number, and let in again after', async () => {
    const { address, served, refusals } = await startWithNeighbour({ connectionsPerAddress: 5 });
    const sockets = await Promise.all(Array.from({ length: 5 }, () => tlsTo(address, cleanup)));
    const sixth = await tcpTo(address);
    await closed(sixth);
    expect(refusals.at(-1)).toMatchObject({ code: 'overloaded', reason: '127.0.0.1 has 5 connections open already' });
    for (const socket of sockets) socket.destroy();
    // The listener sees their ends a moment later, and refuses others until then.
    const letIn = () => tlsTo(address, cleanup).then(Boolean, () => false);
    while (!(await letIn())) continue;
    await served();
  });

  it('wait for their handshakes while agents are being taken in, and are sent away after a while', async () => {
    const [arrived, letIn] = [deferred<undefined>(), deferred<undefined>()];
    const onConnection = (): Promise<undefined> => (arrived.resolve(undefined), letIn.promise);
    const limits = { handshakesAtOnce: 1, handshakeWaitMs: 300 };
    const { address, ca, refusals } = await startTlsLink(cleanup, { limits, onConnection });
    const first = await http2To(address, cleanup, await ca.agent());
    openCall(first, ATTACH).write(hello);
    await arrived.promise;
    await expect(tlsTo(address, cleanup)).rejects.toThrow();
    expect(refusals.map(({ reason }) => reason)).toEqual(['too many connections wait for their handshake']);
    const second = tlsTo(address, cleanup);
    letIn.resolve(undefined);
    expect((await second).alpnProtocol).toBe('h2');
  });

  it('of strangers are bounded in all, and agents stay', async () => {
    const { address, served, refusals, connections } = await startWithNeighbour({ strangers: 3 });
    const sockets = [];
    for (let n = 0; n < 5; n++) sockets.push(await tlsTo(address, cleanup));
    await Promise.all(sockets.slice(0, 2).map(closed));
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false, false]);
    expect(refusals.map(({ reason }) => reason)).toEqual(Array(2).fill('made room for another one that is no agent'));
    await served();
    expect(connections).toHaveLength(1);
  });

  it('of one agent are refused beyond their number', async () => {
    const { address, ca, refusals } = await startTlsLink(cleanup, { limits: { connectionsPerAgent: 2 } });
    const identity = await ca.agent();
    const sockets = [];
    for (let n = 0; n < 3; n++) sockets.push(await tlsTo(address, cleanup, identity));
    await closed(sockets[2] as Socket);
    expect(refusals.map(({ code }) => code)).toEqual(['overloaded']);
    expect(sockets[0]?.destroyed).toBe(false);
  });

  it('that come too fast are refused', async () => {
    const limits = { newConnectionsPerAddress: { burst: 3, perSecond: 0.001 } };
    const { address, refusals } = await startTlsLink(cleanup, { limits });
    const sockets = await Promise.all([1, 2, 3, 4, 5].map(() => tcpTo(address)));
    for (const socket of sockets) socket.on('error', () => {});
    while (refusals.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(refusals.map(({ reason }) => reason)).toEqual(Array(2).fill('127.0.0.1 opens connections too fast'));
    for (const socket of sockets) socket.destroy();
  });
});

describe('a flood on one connection', () => {
  const flood = async (
    limits: Partial<LinkLimits>,
    act: (writer: FrameWriter) => void,
    ends = true,
    rounds = 2_000,
  ) => {
    const rig = await startWithNeighbour(limits);
    await rig.served();
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const socket = await tlsTo(rig.address, cleanup);
    const writer = new FrameWriter(socket);
    writer.open();
    for (let round = 0; round < rounds && !socket.destroyed && socket.writableLength < 500_000; round++) {
      act(writer);
      await new Promise((resolve) => setImmediate(resolve));
      if (round % 500 === 499) await rig.served();
    }
    if (ends) await closed(socket);
    await rig.served();
    return { ...rig, grownMb: (process.memoryUsage().rss - before) / 1e6 };
  };

  it.each<[string, (writer: FrameWriter) => void]>([
    ['calls that are reset at once', (writer) => writer.repeat(200, () => writer.call(ATTACH).reset())],
    ['CONTINUATION frames', (writer) => writer.endlessHeaders(200)],
    ['HEADERS without a path', (writer) => writer.rawHeaders(Buffer.from([0x83, 0x86]))],
    ['window updates that overflow', (writer) => writer.windowUpdate(0x7fffffff)],
  ])(
    'of %s ends it, grows no memory and is not noticed by others',
    async (_what, act) => {
      const { grownMb } = await flood({ bytes: { burst: 2_000_000, perSecond: 1_000 } }, act);
      expect(grownMb).toBeLessThan(100);
    },
    60_000,
  );

  it.each<[string, (writer: FrameWriter) => void, string]>([
    ['PING', (writer) => writer.ping(), 'sends PING or SETTINGS frames without end'],
    ['SETTINGS', (writer) => writer.settings(), 'sends PING or SETTINGS frames without end'],
    ['calls', (writer) => writer.call(ATTACH).reset(), 'begins calls without end'],
  ])('of %s is told from what an agent does, and ended', async (_what, act, reason) => {
    const { refusals } = await flood({ calls: { burst: 20, perSecond: 1 } }, act);
    expect(refusals.at(-1)).toMatchObject({ what: 'connection', code: 'overloaded', reason });
  });

  // After these nghttp2 says GOAWAY and reads no more; the connection ends when our next keep-alive is not answered.
  it.each<[string, (writer: FrameWriter) => void]>([
    ['HEADERS that cannot be unpacked', (writer) => writer.rawHeaders(randomBytes(100))],
    ['a frame that is longer than it may be', (writer) => writer.frame(0, 0, 1, Buffer.alloc(200_000))],
    ['frames of no known kind on calls that are none', (writer) => writer.frame(0x4f, 0xff, 77, randomBytes(100))],
  ])('of %s grows no memory and is not noticed by others', async (_what, act) => {
    const { grownMb } = await flood({}, act, false);
    expect(grownMb).toBeLessThan(100);
  });

  // Frames that Node itself counts (PRIORITY, unknown ones) would have it end the connection first, from Node 22 on.
  it('of bytes ends it, although they are frames that mean nothing', async () => {
    const { refusals } = await flood(
      { bytes: { burst: 500_000, perSecond: 1_000 } },
      (writer) => writer.repeat(50, () => writer.windowUpdate(1)),
      true,
      20_000,
    );
    expect(refusals.at(-1)).toMatchObject({ code: 'overloaded', reason: expect.stringContaining('bytes') });
  }, 60_000);
});

describe('headers that gRPC cannot take', () => {
  it('are left out, and what is in them is printed nowhere', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
    cleanup.add(() => printed.mockRestore());
    const { address, log } = await startTlsLink(cleanup);
    const session = await http2To(address, cleanup);
    const strange = {
      'x-secret': 'flj1.\u00ff',
      'grpc-timeout': '1\u00ff',
      'grpc-tags-bin': '\u00fe',
      'a!b': 'flj1.x',
    };
    expect((await callRaw(session, CHALLENGE, undefined, strange)).status).toBe(status.OK);
    expect(printed).not.toHaveBeenCalled();
    expect(JSON.stringify(log)).not.toContain('flj1');
  });
});

describe('requests for new keys without end', () => {
  const limits = { bytes: { burst: 1e9, perSecond: 1e9 }, floods: 2 };

  it('end the connection of a stranger, and keep out who comes again to send them', async () => {
    const { address, refusals } = await startTlsLink(cleanup, { limits });
    for (let n = 0; n < 2; n++) {
      const records = await TlsRecords.open(await tcpTo(address));
      records.updateKeys(5_000);
      await closed(records.socket);
    }
    await closed(await tcpTo(address));
    const sent = expect.stringMatching(/^sent \d+ bytes/);
    expect(refusals.map(({ reason }) => reason)).toEqual([sent, sent, '127.0.0.1 has flooded us a moment ago']);
  });

  it('end the connection of an agent, however many bytes it may send that carry something', async () => {
    const { address, ca, refusals } = await startTlsLink(cleanup, { limits });
    const identity = await ca.agent();
    for (let n = 0; n < 2; n++) {
      const records = await TlsRecords.open(await tcpTo(address), identity);
      records.updateKeys(20_000);
      await closed(records.socket);
    }
    await closed(await tlsTo(address, cleanup, identity));
    const sent = expect.stringMatching(/^sent \d+ bytes of TLS that carry nothing$/);
    const kept = expect.stringMatching(/^agent .* has flooded us a moment ago$/);
    expect(refusals.map(({ reason }) => reason)).toEqual([sent, sent, kept]);
  });

  it('are not what an agent is taken for that sends much', async () => {
    const { address, ca, refusals } = await startTlsLink(cleanup);
    const session = await http2To(address, cleanup, await ca.agent());
    const stream = openCall(session, ATTACH);
    stream.write(hello);
    const networks = Array.from({ length: 1_000 }, () => ({ name: 'n'.repeat(1_000) }));
    const update = frame(sessionCodec.encodeUp({ inventory: { snapshotChunk: { networks } } }));
    for (let n = 0; n < 20; n++) stream.write(update);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(refusals).toEqual([]);
    expect(session.destroyed).toBe(false);
  });
});

describe('messages that do not fit', () => {
  it.each(['gzip', 'deflate', 'snappy', 'gzip, identity', 'identity,gzip'])(
    'compressed by %s are refused before they are read',
    async (encoding) => {
      const { address, ca, connections } = await startTlsLink(cleanup);
      const session = await http2To(address, cleanup, await ca.agent());
      const bomb = frame(gzipSync(Buffer.alloc(10_000_000)), 1);
      for (const path of [ATTACH, CHALLENGE]) {
        const answer = await callRaw(session, path, bomb, { 'grpc-encoding': encoding });
        expect(answer).toMatchObject({ status: status.UNIMPLEMENTED, message: 'Compressed messages are not accepted' });
      }
      expect(connections).toEqual([]);
    },
  );

  it('compressed without saying so are read as they are, and so cannot be read', async () => {
    const { address } = await startTlsLink(cleanup);
    const session = await http2To(address, cleanup);
    const join = enrolmentCodec.encodeRequest('Join', { hostName: 'x'.repeat(10_000) });
    const answer = await callRaw(session, enrolmentCodec.pathOf('Join'), frame(gzipSync(join), 1));
    expect(answer.status).toBe(status.INVALID_ARGUMENT);
  });

  it('larger than the link carries end the call, from their head on', async () => {
    const { address, ca, served } = await startWithNeighbour();
    const session = await http2To(address, cleanup, await ca.agent());
    const huge = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3]);
    for (const path of [ATTACH, CHALLENGE]) {
      expect((await callRaw(session, path, huge)).status).toBe(status.RESOURCE_EXHAUSTED);
    }
    await served();
  });

  it('of strangers are never kept for long: what is larger than an enrolment ends its call', async () => {
    const { address, enrolment, served } = await startWithNeighbour();
    const session = await http2To(address, cleanup);
    const large = frame(enrolmentCodec.encodeRequest('Join', { hostName: 'x'.repeat(100_000) }));
    for (const path of [CHALLENGE, enrolmentCodec.pathOf('Join')]) {
      expect((await callRaw(session, path, large)).status).toBeUndefined();
    }
    expect(enrolment.joined).toEqual([]);
    await served();
  });

  it('that never come end their call in time', async () => {
    const { address } = await startTlsLink(cleanup, { limits: { enrolmentMs: 50 } });
    const session = await http2To(address, cleanup);
    const stream = openCall(session, CHALLENGE);
    stream.write(Buffer.from([0, 0, 0, 0, 9]));
    await new Promise((resolve) => stream.on('close', resolve).resume());
    expect(session.destroyed).toBe(false);
  });

  it('on more calls at once than an agent needs are refused', async () => {
    const { address, ca } = await startTlsLink(cleanup, { helloLimitMs: 2_000 });
    const session = await http2To(address, cleanup, await ca.agent());
    await callRaw(session, CHALLENGE);
    expect(session.remoteSettings.maxConcurrentStreams).toBe(8);
  });
});

describe('an agent whose message unpacks to millions of networks', () => {
  it('is sent away before it is read, and its neighbour notices nothing', async () => {
    const { address, ca, served, connections } = await startWithNeighbour();
    const session = await http2To(address, cleanup, await ca.agent());
    const stream = openCall(session, ATTACH);
    const told = new Promise<Record<string, unknown>>((resolve) => stream.on('trailers', resolve).resume());
    stream.write(hello);
    while (connections.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const networks = Array.from({ length: 200_000 }, () => ({}));
    stream.write(frame(sessionCodec.encodeUp({ inventory: { snapshotChunk: { networks } } })));
    expect(await told).toMatchObject({ 'fairlead-code': 'too_large' });
    expect(connections[1]?.updatesReceived).toBe(0);
    await served();
  });

  it('is slowed down by what its messages cost to read, not by their number alone', async () => {
    const { address, ca, connections } = await startTlsLink(cleanup, { clock: () => 0 });
    const session = await http2To(address, cleanup, await ca.agent());
    const stream = openCall(session, ATTACH);
    stream.write(hello);
    while (connections.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    void (async () => {
      for await (const _update of connections[0]?.updates() ?? []);
    })();
    const networks = Array.from({ length: 19_000 }, () => ({}));
    const dear = frame(sessionCodec.encodeUp({ inventory: { snapshotChunk: { networks } } }));
    for (let n = 0; n < 20; n++) stream.write(dear);
    while ((connections[0]?.updatesReceived ?? 0) < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    // 200 at once, and each of these counts for 39: the sixth is one too many.
    expect(connections[0]?.updatesReceived).toBe(6);
  });
});

describe('an agent that never reads', () => {
  it('is sent away before what waits for it fills our memory', async () => {
    const { address, ca, served, connections } = await startWithNeighbour({ messages: { burst: 1e6, perSecond: 1e6 } });
    const session = await http2To(address, cleanup, await ca.agent());
    await new Promise<void>((resolve) => session.settings({ initialWindowSize: 0 }, () => resolve()));
    const stream = openCall(session, ATTACH);
    stream.write(hello);
    while (connections.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    void (async () => {
      for await (const _update of connections[1]?.updates() ?? []);
    })();
    const bookmark = frame(sessionCodec.encodeUp({ inventory: { bookmark: { revision: 1 } } }));
    for (let n = 0; n < 30; n++) stream.write(Buffer.concat(Array<Buffer>(100).fill(bookmark)));
    expect(await connections[1]?.closed).toContain('does not take what it is sent');
    await served();
  });
});

describe('an agent that sends without end', () => {
  it('is slowed down, then told why it is sent away, and its neighbour notices nothing', async () => {
    const limits = { messages: { burst: 50, perSecond: 100 }, overloadMs: 300, bytes: DEFAULT_LIMITS.bytes };
    const { address, ca, served, connections } = await startWithNeighbour(limits);
    const session = await http2To(address, cleanup, await ca.agent());
    const update = frame(sessionCodec.encodeUp({ inventory: { delta: { resultsIn: 1 } } }));
    const stream = openCall(session, ATTACH);
    const told = new Promise<Record<string, unknown>>((resolve) => stream.on('trailers', resolve).resume());
    stream.write(hello);
    const pump = setInterval(() => stream.writable && stream.write(Buffer.concat(Array<Buffer>(100).fill(update))), 2);
    cleanup.add(() => clearInterval(pump));
    while (connections.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    void (async () => {
      for await (const _update of connections[1]?.updates() ?? []);
    })();
    expect(await told).toMatchObject({
      'grpc-status': String(status.RESOURCE_EXHAUSTED),
      'fairlead-code': 'overloaded',
    });
    expect(connections[1]?.updatesReceived).toBeLessThan(400);
    await served();
  });
});

describe('somebody who tries out tokens', () => {
  const attempt = async (session: Awaited<ReturnType<typeof http2To>>, change: object = {}) => {
    const challenge = await callRaw(session, CHALLENGE);
    if (challenge.status !== status.OK) return challenge;
    const nonce = Buffer.from(enrolmentCodec.decodeResponse('Challenge', challenge.body).nonce);
    const tokenId = 'abcdefgh23';
    const signing = createSigningRequest(createKey(), nonce, 'join', tokenId);
    const request = { tokenId, secret: randomBytes(32), hostName: 'web-07', nonce, signing, capability: 2, ...change };
    return callRaw(session, enrolmentCodec.pathOf('Join'), frame(enrolmentCodec.encodeRequest('Join', request)));
  };

  it('is shut out after too many wrong ones, reaches no handler then, and is let in again in time', async () => {
    let clock = 1_000;
    const rig = await startTlsLink(cleanup, {
      clock: () => clock,
      limits: { enrolments: { burst: 1_000, perSecond: 1 }, calls: { burst: 1_000, perSecond: 1 } },
    });
    let asked = 0;
    const right = rig.enrolment.join;
    rig.enrolment.join = async () => {
      asked += 1;
      throw new FairleadError('token_refused', 'The join token is not accepted');
    };
    const session = await http2To(rig.address, cleanup);
    for (let n = 0; n < 20; n++) expect((await attempt(session)).code).toBe('token_refused');
    expect(await attempt(session)).toMatchObject({
      code: 'overloaded',
      message: 'Too many wrong tokens came from 127.0.0.1',
    });
    expect(asked).toBe(20);
    expect(rig.refusals.at(-1)).toMatchObject({ what: 'Challenge', code: 'overloaded' });
    clock += 10 * 60_000;
    rig.enrolment.join = right;
    expect((await attempt(session)).status).toBe(status.OK);
  });

  it('may not ask too often', async () => {
    const rig = await startTlsLink(cleanup, { clock: () => 0, limits: { enrolments: { burst: 4, perSecond: 1 } } });
    const session = await http2To(rig.address, cleanup);
    expect((await attempt(session)).status).toBe(status.OK);
    expect((await attempt(session)).status).toBe(status.OK);
    expect(await attempt(session)).toMatchObject({
      code: 'overloaded',
      message: 'Too many hosts enrol from 127.0.0.1 at once',
    });
  });

  it.each([
    ['a nonce of his own', { nonce: createNonce() }, 'was not handed out by this controller'],
    [
      'a key without proof',
      { signing: { publicKey: Buffer.alloc(91), proof: Buffer.alloc(64) } },
      'not exactly one P-256 key',
    ],
    ['no key', { signing: null }, 'shows no key'],
    [
      "another key's proof",
      { signing: createSigningRequest(createKey(), createNonce(), 'join', 'abcdefgh23') },
      'was not signed',
    ],
    ['a secret of another length', { secret: Buffer.alloc(31) }, 'has not its 32 bytes'],
    ['a token id that is none', { tokenId: "x' OR 1=1" }, 'is not one'],
    ['a host name that is none', { hostName: '../../etc' }, 'cannot be the name of a host'],
  ])('reaches no handler with %s', async (_what, change, words) => {
    const { address, enrolment } = await startTlsLink(cleanup);
    const answer = await attempt(await http2To(address, cleanup), change);
    expect(answer).toMatchObject({ status: status.INVALID_ARGUMENT, code: 'invalid_argument' });
    expect(answer.message).toContain(words);
    expect(enrolment.joined).toEqual([]);
  });
});
