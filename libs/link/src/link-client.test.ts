import { FairleadError } from '@fairlead/domain';
import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import type { NetworkServiceHandlers } from './contract.js';
import { toServiceError } from './error-message.js';
import { LinkClient, type LinkClientOptions } from './link-client.js';
import { sessionCodec } from './session-codec.js';
import { aborted, deferred, FakeAgent, MemoryLog } from './testing/fake-agent.js';
import { Cleanup, startLink, testAuthority } from './testing/fixtures.js';
import { RawController, seeded, spoiled } from './testing/raw-peers.js';
import { startTls } from './tls-client.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const soon = { deadlineMs: 10_000 };
const oneTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A client whose waits between attempts are seen and last as long as the test says. */
function startClient(
  address: string,
  handlers: Partial<NetworkServiceHandlers> = {},
  options: Partial<LinkClientOptions> = {},
) {
  const agent = new FakeAgent(handlers);
  const log = new MemoryLog();
  const stop = new AbortController();
  const waits: number[] = [];
  const waited = deferred<number>();
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    waits.push(ms);
    waited.resolve(ms);
    await aborted(signal);
  };
  const client = new LinkClient({
    address,
    handlers: agent.handlers,
    instanceId: 'i1',
    log,
    random: () => 1,
    sleep,
    ...options,
  });
  const running = client.run(stop.signal);
  cleanup.add(() => (stop.abort(), running));
  return { agent, log, stop, running, waits, waited: waited.promise };
}

/** A controller moved by hand, and a client that has said Hello to it. */
async function joined(handlers: Partial<NetworkServiceHandlers> = {}, options: Partial<LinkClientOptions> = {}) {
  const { controller, address } = await RawController.start(cleanup);
  const rig = startClient(address, handlers, options);
  return { ...rig, controller, address, session: await controller.sessions.next() };
}

describe('a session of the agent', () => {
  it('begins with Hello, with the capability of this version and the id of the process', async () => {
    const { session } = await joined();
    const { hello } = await session.inbox.next();
    expect(hello).toMatchObject({ instanceId: 'i1', host: { name: 'web-07', capability: 3 } });
  });

  it('sends no inventory before Welcome', async () => {
    const { agent, session } = await joined();
    await session.inbox.next();
    expect(agent.watches).toBe(0);
    session.send({ welcome: {} });
    expect((await session.inbox.next()).inventory?.snapshotBegin).toEqual({ networks: 0 });
  });

  it('asks the watch for the heartbeat that Welcome gives', async () => {
    const asked = deferred<number>();
    const { session } = await joined({
      async *WatchInventory({ heartbeatMs }, { signal }) {
        asked.resolve(heartbeatMs);
        yield {};
        await aborted(signal);
      },
    });
    await session.inbox.next();
    session.send({ welcome: { heartbeatMs: 4_321 } });
    expect(await asked.promise).toBe(4_321);
  });

  it('ends when no Welcome comes', async () => {
    const { session, log, waited } = await joined({}, { welcomeLimitMs: 20 });
    await session.over;
    await waited;
    expect(log.lines.join('\n')).toContain('no Welcome came');
  });

  it.each([
    ['that is no Welcome', { heartbeatAck: {} }],
    ['that cannot be read', undefined],
  ])('ends at a first message %s', async (_what, message) => {
    const { session, waited } = await joined();
    if (message === undefined) session.sendBytes(Buffer.from([0x7f]));
    else session.send(message);
    await session.over;
    expect(await waited).toBe(100);
  });

  it('ends at a second Welcome', async () => {
    const { session, log, waited } = await joined();
    await session.welcome();
    session.send({ welcome: {} });
    await waited;
    expect(log.lines.join('\n')).toContain('the controller said Welcome twice');
  });

  it('ends when the controller falls silent', async () => {
    const { session, log, waited } = await joined();
    await session.welcome({ silenceLimitMs: 30 });
    await session.over;
    await waited;
    expect(log.lines.join('\n')).toContain('was silent for 30 ms');
  });

  it('lives as long as the controller answers', async () => {
    const { agent, session, waits } = await joined();
    await session.welcome({ silenceLimitMs: 1_000 });
    for (let n = 0; n < 30; n++) {
      agent.publish({ bookmark: {} });
      session.send({ heartbeatAck: {} });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(waits).toEqual([]);
  });

  it('ends when its watch breaks or ends by itself', async () => {
    const { session, log, waited } = await joined({
      async *WatchInventory() {
        yield {};
      },
    });
    await session.welcome();
    await waited;
    expect(log.lines.join('\n')).toContain('the inventory watch ended by itself');
  });

  it('stays away for long where its inventory is too large for the link', async () => {
    const { agent, session, waited } = await joined();
    await session.welcome({ maxMessageBytes: 1_000 });
    agent.publish({ delta: { removedIds: ['x'.repeat(1_000)] } });
    expect(await waited).toBe(60_000);
  });

  it('answers a message it does not know with Unsupported, and lives on', async () => {
    const { session } = await joined();
    await session.welcome();
    session.sendBytes(Buffer.from([0x9a, 0x06, 0x01, 0x41])); // field 99, one byte
    expect((await session.nextAnswer()).message).toBe('unsupported');
    session.send({ unsupported: { what: 'x' } }, { invocation: { id: 1, method: 'Fly', deadlineMs: 1_000 } });
    expect((await session.nextAnswer()).result).toMatchObject({ id: 1, end: true, error: { code: 'unsupported' } });
  });
});

describe('an invocation at the agent', () => {
  const counting = () => {
    let begun = 0;
    return {
      begun: () => begun,
      handlers: { RemoveNetwork: () => Promise.resolve({ detached: [`${++begun}`] }) },
    };
  };

  it('is never begun twice for one id', async () => {
    const { handlers, begun } = counting();
    const { session, log } = await joined(handlers);
    await session.welcome();
    const invocation = { id: 7, method: 'RemoveNetwork', deadlineMs: 1_000 };
    session.send({ invocation }, { invocation }, { invocation: { ...invocation, id: 3 } });
    session.send({ invocation: { id: 8, method: 'Fly', deadlineMs: 1_000 } });
    expect((await session.nextAnswer()).result?.id).toBe(7);
    expect((await session.nextAnswer()).result?.id).toBe(8);
    expect(begun()).toBe(1);
    expect(log.lines.join('\n')).toContain('not begun again');
  });

  it('is never begun without time left', async () => {
    const { handlers, begun } = counting();
    const { session } = await joined(handlers);
    await session.welcome();
    session.send({ invocation: { id: 1, method: 'RemoveNetwork', deadlineMs: 0 } });
    expect((await session.nextAnswer()).result?.error?.code).toBe('deadline_exceeded');
    expect(begun()).toBe(0);
  });

  it('is answered invalid_argument where its request cannot be read', async () => {
    const { handlers, begun } = counting();
    const { session } = await joined(handlers);
    await session.welcome();
    session.send({ invocation: { id: 1, method: 'RemoveNetwork', deadlineMs: 9, request: Buffer.from([0x7f]) } });
    expect((await session.nextAnswer()).result?.error?.code).toBe('invalid_argument');
    expect(begun()).toBe(0);
  });

  it('is told when the controller gives up; its result still goes out', async () => {
    const { session } = await joined({
      Probe: async (_request, { signal }) => {
        await aborted(signal);
        return { explanation: 'cut short' };
      },
    });
    await session.welcome();
    session.send(
      { invocation: { id: 1, method: 'Probe', deadlineMs: 10_000 } },
      { cancel: { id: 99 } },
      { cancel: { id: 1 } },
    );
    const { result } = await session.nextAnswer();
    expect(result).toMatchObject({ id: 1, end: true, error: null });
  });

  it('is refused where too many run', async () => {
    const { session } = await joined({ Probe: () => new Promise(() => {}) });
    await session.welcome();
    for (let id = 1; id <= 257; id++) session.send({ invocation: { id, method: 'Probe', deadlineMs: 10_000 } });
    expect((await session.nextAnswer()).result).toMatchObject({ id: 257, error: { code: 'overloaded' } });
  });

  it('answers too_large instead of breaking the link', async () => {
    const { session } = await joined({ RemoveNetwork: () => Promise.resolve({ detached: ['x'.repeat(2_000)] }) });
    await session.welcome({ maxMessageBytes: 2_000 });
    session.send({ invocation: { id: 1, method: 'RemoveNetwork', deadlineMs: 10_000 } });
    expect((await session.nextAnswer()).result?.error?.code).toBe('too_large');
  });
});

describe('the link', () => {
  it('is there again after a cut, as a new session with a new snapshot', async () => {
    const agent = new FakeAgent();
    const { next, wire } = await startLink(agent.handlers, cleanup);
    const first = await next();
    await first.updates()[Symbol.asyncIterator]().next();
    wire.breakOff();
    expect(await first.closed).toBe('the agent left or the link was cut');
    const second = await next();
    expect(second.sessionId).not.toBe(first.sessionId);
    expect(second.instanceId).toBe(first.instanceId);
    const { value } = (await second.updates()[Symbol.asyncIterator]().next()) as { value: { streamId: string } };
    expect(value.streamId).toBe('watch-2');
  });

  it('is given up by both ends when nothing passes any more, and heals', async () => {
    const agent = new FakeAgent();
    const { next, wire, log } = await startLink(agent.handlers, cleanup, {
      server: { heartbeatMs: () => 20, silenceLimitMs: 100 },
    });
    const first = await next();
    const updates = first.updates()[Symbol.asyncIterator]();
    for (let heard = 0; heard < 6; heard++) await updates.next();
    wire.freeze();
    expect(await first.closed).toBe('the agent was silent for 100 ms');
    const second = await next();
    expect(log.lines.join('\n')).toMatch(/was silent for 100 ms/);
    expect((await second.invoke('DescribeHost', {}, soon)).name).toBe('web-07');
  });

  it('begins nothing that waited when its session ended', async () => {
    const turn = deferred();
    const waiting = deferred();
    let removed = 0;
    const agent = new FakeAgent({
      RemoveNetwork: async (_request, { signal }) => {
        waiting.resolve();
        await turn.promise;
        if (signal.aborted) throw new FairleadError('deadline_exceeded', 'The session ended');
        removed++;
        return {};
      },
    });
    const { next, wire } = await startLink(agent.handlers, cleanup);
    const first = await next();
    const outcome = first.invoke('RemoveNetwork', {}, soon).catch((error: unknown) => error);
    await waiting.promise;
    wire.breakOff();
    expect(await outcome).toMatchObject({ code: 'outcome_unknown' });
    await next();
    turn.resolve();
    await oneTurn();
    expect(removed).toBe(0);
  });

  it('says that something else answered, where an HTTP/1 server does', async () => {
    const http = createServer((_request, response) => response.writeHead(404).end('no'));
    const path = `${cleanup.folder()}/http.sock`;
    await new Promise<void>((resolve) => http.listen(path, resolve));
    cleanup.add(() => (http.closeAllConnections(), new Promise((resolve) => http.close(resolve))));
    const address = `unix:${path}`;
    const { log, waited } = startClient(address);
    expect(await waited).toBe(100);
    expect(log.lines.join('\n')).toContain(`something that is not our controller answered at ${address}`);
  });

  it('says that nobody answers', async () => {
    const { log, waited } = startClient(`unix:${cleanup.folder()}/none.sock`);
    await waited;
    expect(log.lines.join('\n')).toContain('no controller answers at unix:');
  });

  it('says why the controller refused and what to do, and comes again', async () => {
    const { session, controller, log } = await joined({}, { sleep: () => Promise.resolve() });
    const taken = new FairleadError('already_exists', "Another agent is called 'web-07'", { hint: 'Use --name.' });
    session.fail(toServiceError(taken));
    await controller.sessions.next();
    expect(log.lines.join('\n')).toContain("says: Another agent is called 'web-07'. Use --name.");
  });

  it('stays away for half a minute or more when the controller is exhausted', async () => {
    const { session, waited } = await joined();
    session.fail(toServiceError(new FairleadError('overloaded', 'Too many sessions')));
    expect(await waited).toBe(60_000);
  });

  it('dials again soon where nothing answers, so that it is there soon after a cut', async () => {
    // Stopped with a full backlog, so that the kernel answers no further SYN.
    const script = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      process.stdout.write(String(this.address().port), () => process.kill(process.pid, 'SIGSTOP'));
    })`;
    const deaf = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    cleanup.add(async () => {
      deaf.kill('SIGKILL');
      // The attempt that was given up ends with the system's next SYN, a second after the first.
      await new Promise((resolve) => setTimeout(resolve, 1_200));
    });
    const port = Number(await new Promise<Buffer>((resolve) => deaf.stdout.once('data', resolve)));
    const fillers = [1, 2, 3].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
    cleanup.add(() => fillers.forEach((socket) => socket.destroy()));
    await new Promise((resolve) => fillers[1]?.once('connect', resolve));
    const identity = await (await testAuthority()).agent();
    const address = `127.0.0.1:${port}`;
    const { log, waited } = startClient(address, {}, { identity: () => identity, connectLimitMs: 200 });
    expect(await waited).toBe(100);
    expect(log.lines.join('\n')).toContain(`no connection to ${address} came about in time`);
  });

  it('comes again some seconds later where it is sent away before it could say anything', async () => {
    const door = createTcpServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => void door.close());
    const identity = await (await testAuthority()).agent();
    const address = `127.0.0.1:${(door.address() as AddressInfo).port}`;
    const { log, waited } = startClient(address, {}, { identity: () => identity });
    expect(await waited).toBe(20_000);
    expect(log.lines.join('\n')).toContain('was closed before its TLS handshake was done');
  });

  it('comes again as late where the controller sends it away when it needs a new certificate', async () => {
    const door = createTcpServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => void door.close());
    const { port } = door.address() as AddressInfo;
    const identity = await (await testAuthority()).agent(undefined, { toMs: -1_000 });
    const onExpired = async (): Promise<void> =>
      void (await startTls(connect(port, '127.0.0.1'), { role: 'controller', address: 'c' }));
    const { waited } = startClient(`127.0.0.1:${port}`, {}, { identity: () => identity, onExpired });
    expect(await waited).toBe(20_000);
  });

  it('leaves no connection behind that waits for its handshake', async () => {
    const left: Promise<unknown>[] = [];
    const mute = createTcpServer((socket) => {
      socket.on('error', () => undefined).resume();
      left.push(new Promise((resolve) => socket.once('close', resolve)));
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => void mute.close());
    const identity = await (await testAuthority()).agent();
    const address = `127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const { waited } = startClient(address, {}, { identity: () => identity, welcomeLimitMs: 200 });
    await waited;
    await Promise.all(left);
    expect(left).toHaveLength(1);
  });

  it('is dialled again when the agent cannot describe its host', async () => {
    const { address } = await RawController.start(cleanup);
    const { log, waited } = startClient(address, { DescribeHost: () => Promise.reject(new Error('no engine')) });
    expect(await waited).toBe(100);
    expect(log.lines.join('\n')).toContain('no engine');
  });

  it('ends with the process that asked for it', async () => {
    const { agent, session, stop, running } = await joined();
    await session.welcome();
    await session.inbox.next();
    stop.abort();
    await running;
    await agent.watchEnded;
    expect(agent.running).toBe(0);
  });

  it.each(['127.0.0.1:7801', 'fleet.example:7801'])('is not dialled over %s without an identity', (address) => {
    const { handlers } = new FakeAgent();
    const dial = () => new LinkClient({ address, handlers, instanceId: 'i', log: new MemoryLog() });
    expect(dial).toThrow('Without an identity no controller is dialled over TCP');
  });

  it('survives 1,000 messages of nonsense from what it takes for its controller', async () => {
    const random = seeded(42);
    const begun: string[] = [];
    const { controller, session: first } = await joined(
      { RemoveNetwork: ({ networkId }) => Promise.resolve({ detached: [begun.push(networkId).toString()] }) },
      { sleep: () => Promise.resolve() },
    );
    const sample = sessionCodec.encodeDown({ invocation: { id: 1, method: 'Probe', deadlineMs: 100 } });
    let session = first;
    for (let sent = 0; sent < 1_000; session = await controller.sessions.next()) {
      await session.welcome();
      let over = false;
      void session.over.then(() => (over = true));
      for (; !over && sent < 1_000; sent++) {
        session.sendBytes(spoiled(random, sample));
        await oneTurn();
      }
      session.fail(toServiceError(new FairleadError('internal', 'next')));
    }
    expect((await session.inbox.next()).message).toBe('hello');
  });
});
