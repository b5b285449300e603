import { CAPABILITY } from './protocol.js';
import { FairleadError } from '@fairlead/domain';
import { afterEach, describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { connect } from 'node:net';
import type { HostConnection } from './contract.js';
import { fromServiceError } from './error-message.js';
import { toHostMessage } from './host-message.js';
import type { LinkServerOptions } from './link-server.js';
import { LinkServer } from './link-server.js';
import { sessionCodec } from './session-codec.js';
import { deferred, MemoryLog } from './testing/fake-agent.js';
import { Cleanup } from './testing/fixtures.js';
import { RawAgent, seeded, spoiled } from './testing/raw-peers.js';
import { hostFacts } from './testing/samples.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const soon = { deadlineMs: 10_000 };
const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: unknown) => (error instanceof FairleadError ? error.code : error),
  );

/** A server, and an agent moved by hand. */
async function start(options: Partial<LinkServerOptions> = {}) {
  const log = new MemoryLog();
  const connected = deferred<HostConnection>();
  const server = new LinkServer({ log, onConnection: connected.resolve, ...options });
  cleanup.add(() => server.close());
  const address = await server.listen(`unix:${cleanup.folder()}/link.sock`);
  return { server, log, address, agent: new RawAgent(address, cleanup), connected: connected.promise };
}

async function greeted(options: Partial<LinkServerOptions> = {}) {
  const rig = await start(options);
  const welcome = await rig.agent.greet();
  return { ...rig, welcome, connection: await rig.connected };
}

const hello = (overrides: object = {}, instanceId = 'i') => ({
  hello: { host: { ...toHostMessage(hostFacts()), ...overrides }, instanceId },
});

describe('the beginning of a session', () => {
  it('is a Welcome with the limits and a session id of its own', async () => {
    const limits = { silenceLimitMs: 2_100, maxMessageBytes: 50_000 };
    const { welcome, connection } = await greeted({ ...limits, heartbeatMs: () => 700, createId: () => 's-1' });
    const told = { heartbeatMs: 700, capability: CAPABILITY, bookmarkFirst: false };
    expect(welcome.welcome).toEqual({ sessionId: 's-1', ...told, ...limits });
    expect(connection).toMatchObject({ sessionId: 's-1', instanceId: 'raw' });
    expect(connection).toMatchObject({ peer: 'unix', identity: { kind: 'local' } });
  });

  it.each([
    ['no Hello', { inventory: {} }, 'invalid_argument'],
    ['a host name that is none', hello({ name: '../etc' }), 'invalid_argument'],
    ['no instance', hello({}, ''), 'invalid_argument'],
    ['a capability before all others', hello({ capability: 0 }), 'unsupported'],
    ['no host', { hello: { instanceId: 'i' } }, 'invalid_argument'],
  ])('refuses %s and says why', async (_what, message, code) => {
    const { agent } = await start();
    agent.send(message);
    expect(fromServiceError(await agent.failure).code).toBe(code);
  });

  it('refuses whom the controller refuses, with its reason', async () => {
    const refuse = () => {
      throw new FairleadError('already_exists', "Another agent is called 'web-07'");
    };
    const { agent } = await start({ onConnection: refuse });
    agent.send(hello());
    const error = await agent.failure;
    expect(error.code).toBe(status.ALREADY_EXISTS);
    expect(fromServiceError(error).message).toBe("Another agent is called 'web-07'");
  });

  it('does not wait for Hello for ever', async () => {
    const { agent } = await start({ helloLimitMs: 20 });
    expect(fromServiceError(await agent.failure)).toMatchObject({
      code: 'deadline_exceeded',
      message: 'No Hello came within 20 ms',
    });
  });

  it('sends Welcome before a call that was made while it was being decided', async () => {
    const answer = deferred<Promise<unknown>>();
    const onConnection = async (connection: HostConnection): Promise<void> => {
      answer.resolve(connection.invoke('ListNetworks', {}, soon));
      await new Promise((resolve) => setImmediate(resolve));
    };
    const { agent } = await start({ onConnection });
    expect((await agent.greet()).message).toBe('welcome');
    const { invocation } = await agent.inbox.next();
    agent.send({ result: { id: invocation?.id ?? 0, end: true } });
    expect(await answer.promise.then((call) => call)).toEqual({ networks: [] });
  });

  it('has sent nothing of a call where the agent is refused after all', async () => {
    const outcome = deferred<Promise<unknown>>();
    const onConnection = (connection: HostConnection): void => {
      outcome.resolve(codeOf(connection.invoke('ListNetworks', {}, soon)));
      throw new FairleadError('forbidden', 'No');
    };
    const { agent } = await start({ onConnection });
    agent.send(hello());
    expect(await outcome.promise.then((call) => call)).toBe('host_unavailable');
  });
});

describe('a session', () => {
  it('answers each bookmark, and counts any message as a sign of life', async () => {
    let now = 1_000;
    const { agent, connection } = await greeted({ now: () => now });
    expect(connection.lastHeardAt).toBe(1_000);
    now = 2_000;
    agent.send({ inventory: { bookmark: { revision: 1 } } });
    expect((await agent.inbox.next()).message).toBe('heartbeatAck');
    expect(connection.lastHeardAt).toBe(2_000);
    now = 3_000;
    agent.send({ unsupported: { what: 'x' } }, { inventory: { bookmark: {} } });
    await agent.inbox.next();
    expect(connection.lastHeardAt).toBe(3_000);
    const arrivals: number[] = [];
    for await (const update of connection.updates()) {
      arrivals.push(connection.arrivedAt(update));
      if (arrivals.length === 2) break;
    }
    expect(arrivals).toEqual([2_000, 3_000]);
  });

  it('ends after silence, with the reason, and tells the agent', async () => {
    const { agent, connection } = await greeted({ silenceLimitMs: 30 });
    const outcome = codeOf(connection.invoke('ListNetworks', {}, soon));
    expect(await connection.closed).toBe('the agent was silent for 30 ms');
    expect((await agent.failure).details).toBe('the agent was silent for 30 ms');
    expect(await outcome).toBe('outcome_unknown');
  });

  it('asks for a snapshot with its reason', async () => {
    const { agent, connection } = await greeted();
    connection.requestSnapshot('revision 7 does not follow 5');
    expect((await agent.inbox.next()).snapshotRequest).toEqual({ reason: 'revision 7 does not follow 5' });
  });

  it('tells the agent why it is closed', async () => {
    const { agent, connection } = await greeted();
    connection.close('the host was removed');
    expect(fromServiceError(await agent.failure).message).toBe('the host was removed');
  });

  it('answers a message it does not know with Unsupported, and lives on', async () => {
    const { agent, connection } = await greeted();
    agent.sendBytes(Buffer.from([0x9a, 0x06, 0x01, 0x41])); // field 99, one byte
    expect((await agent.inbox.next()).message).toBe('unsupported');
    agent.send({ inventory: { bookmark: {} } });
    expect((await agent.inbox.next()).message).toBe('heartbeatAck');
    connection.close('done');
  });

  it('answers nothing to Unsupported, so that two peers cannot keep each other busy', async () => {
    const { agent, log } = await greeted();
    agent.send({ unsupported: { what: 'FlyToTheMoon' } }, { inventory: { bookmark: {} } });
    expect((await agent.inbox.next()).message).toBe('heartbeatAck');
    expect(log.lines.join('\n')).toContain('FlyToTheMoon');
  });

  it('ends at a second Hello', async () => {
    const { agent, connection } = await greeted();
    agent.send(hello());
    expect(await connection.closed).toBe('The agent said Hello twice');
    expect((await agent.failure).code).toBe(status.INVALID_ARGUMENT);
  });

  it('ends at a message that cannot be read', async () => {
    const { agent, connection } = await greeted();
    agent.sendBytes(Buffer.from([0x7f]));
    expect(await connection.closed).toContain('does not fit the protocol');
  });

  it('ends when the agent closes the stream', async () => {
    const { agent, connection } = await greeted();
    await agent.leave();
    expect(await connection.closed).toBe('the agent closed the link');
  });
});

describe('an invocation', () => {
  it('carries its deadline as time left, as no clock is shared', async () => {
    const { agent, connection } = await greeted();
    const call = connection.invoke('RemoveNetwork', { networkId: 'n' }, { deadlineMs: 1_234 });
    const { invocation } = await agent.inbox.next();
    expect(invocation).toMatchObject({ method: 'RemoveNetwork', deadlineMs: 1_234 });
    agent.send({ result: { id: invocation?.id ?? 0, end: true } });
    await call;
  });

  it('is cancelled and of unknown outcome when no answer comes in time, and a late answer is dropped', async () => {
    const { agent, connection, log } = await greeted();
    const outcome = codeOf(connection.invoke('RemoveNetwork', {}, { deadlineMs: 1 }));
    const { invocation } = await agent.inbox.next();
    expect((await agent.inbox.next()).cancel?.id).toBe(invocation?.id);
    expect(await outcome).toBe('outcome_unknown');
    agent.send({ result: { id: invocation?.id ?? 0, end: true } }, { inventory: { bookmark: {} } });
    expect((await agent.inbox.next()).message).toBe('heartbeatAck');
    expect(log.lines.join('\n')).toContain('An answer came too late');
  });

  it('takes the first of two answers, and no answer of another call', async () => {
    const { agent, connection } = await greeted();
    const call = connection.invoke('RemoveNetwork', {}, soon);
    const id = (await agent.inbox.next()).invocation?.id ?? 0;
    const response = Buffer.from([0x12, 0x01, 0x41]); // detached: A
    agent.send({ result: { id: id + 1, end: true } });
    agent.send({ result: { id, response, end: true } }, { result: { id, end: true } });
    expect(await call).toEqual({ removed: null, detached: ['A'] });
  });

  it('takes an error for the end, flagged so or not', async () => {
    const { agent, connection } = await greeted();
    const outcome = codeOf(connection.invoke('RemoveNetwork', {}, soon));
    const id = (await agent.inbox.next()).invocation?.id ?? 0;
    agent.send({ result: { id, error: { code: 'network_in_use', message: 'x' } } });
    expect(await outcome).toBe('network_in_use');
  });

  it("is cancelled when its caller gives up, and still brings the agent's answer", async () => {
    const { agent, connection } = await greeted();
    const caller = new AbortController();
    const call = connection.invoke('RemoveNetwork', {}, { ...soon, signal: caller.signal });
    const id = (await agent.inbox.next()).invocation?.id ?? 0;
    caller.abort();
    expect((await agent.inbox.next()).cancel?.id).toBe(id);
    agent.send({ result: { id, end: true } });
    expect(await call).toEqual({ removed: null, detached: [] });
  });

  it('is refused before it is sent where it is larger than the link carries', async () => {
    const { connection } = await greeted({ maxMessageBytes: 1_000 });
    const call = connection.invoke('RemoveNetwork', { networkId: 'x'.repeat(1_000) }, soon);
    expect(await codeOf(call)).toBe('too_large');
  });
});

describe('a reader that is slow', () => {
  it('stops the stream, keeps the session alive meanwhile, and loses nothing', async () => {
    const limits = { messages: { burst: 5_000, perSecond: 50 } };
    const { agent, connection } = await greeted({ heartbeatMs: () => 10, silenceLimitMs: 60, limits });
    const total = 5_000;
    for (let n = 1; n <= total; n++) agent.send({ inventory: { delta: { resultsIn: n } } });
    for (let acks = 0; acks < 15; acks++) expect((await agent.inbox.next()).message).toBe('heartbeatAck');
    expect(connection.updatesReceived).toBeLessThan(total);
    let expected = 0;
    for await (const { delta } of connection.updates()) {
      expect(delta?.resultsIn).toBe(++expected);
      if (expected === total) break;
    }
  });

  it('gets its answers again once it reads on', async () => {
    const { agent, connection } = await greeted({ limits: { messages: { burst: 500, perSecond: 50 } } });
    for (let n = 1; n <= 500; n++) agent.send({ inventory: { delta: { resultsIn: n } } });
    const call = connection.invoke('ListNetworks', {}, soon);
    const id = (await agent.inbox.next()).invocation?.id ?? 0;
    agent.send({ result: { id, end: true } });
    const updates = connection.updates()[Symbol.asyncIterator]();
    for (let n = 1; n <= 500; n++) await updates.next();
    expect(await call).toEqual({ networks: [] });
  });
});

describe('the server', () => {
  it.each(['0.0.0.0:0', '127.0.0.1:0', '[::1]:0'])('does not listen on %s without an identity', async (address) => {
    const { server } = await start();
    await expect(server.listen(address)).rejects.toThrow('Without a certificate nothing is served over TCP');
  });

  it('does not listen on a name', async () => {
    const { server } = await start();
    await expect(server.listen('localhost:0')).rejects.toThrow("Cannot listen on the name 'localhost'");
  });

  it('takes agents in on several addresses at once', async () => {
    const { server, connected } = await start();
    const address = await server.listen(`unix:${cleanup.folder()}/link.sock`);
    await new RawAgent(address, cleanup).greet();
    expect((await connected).peer).toBe('unix');
  });

  it('ends every session and frees its addresses when it closes', async () => {
    const { server, address, agent, connection } = await greeted();
    await server.close();
    expect(await connection.closed).toBe('the controller is stopping');
    expect((await agent.failure).code).toBe(status.UNAVAILABLE);
    const refused = new Promise((resolve) => connect(address.slice('unix:'.length)).on('error', resolve));
    expect(await refused).toMatchObject({ code: 'ENOENT' });
  });

  it('survives 1,000 messages of nonsense, before and after Hello', async () => {
    const random = seeded(20_261_124);
    const { address } = await start({ onConnection: () => {} });
    const sample = sessionCodec.encodeUp({
      inventory: { streamId: 's', delta: { appliesTo: 1, removedIds: ['a', 'b'] } },
    });
    const greeting = sessionCodec.encodeUp(hello());
    for (let round = 0; round < 50; round++) {
      const scope = new Cleanup();
      const agent = new RawAgent(address, scope);
      agent.sendBytes(round % 2 === 0 ? greeting : spoiled(random, greeting));
      for (let n = 0; n < 20; n++) agent.sendBytes(spoiled(random, sample));
      await agent.leave();
      await scope.run();
    }
    expect((await new RawAgent(address, cleanup).greet()).message).toBe('welcome');
  });
});
