import { FairleadError } from '@fairlead/domain';
import { afterEach, describe, expect, it } from '@jest/globals';
import { codec } from './codec.js';
import type { NetworkServiceHandlers } from './contract.js';
import type { InventoryUpdate__Output } from './generated/fairlead/agent/v1/InventoryUpdate.js';
import { toHostMessage } from './host-message.js';
import { toNetworkMessage } from './network-message.js';
import { aborted, deferred, FakeAgent } from './testing/fake-agent.js';
import { carriers, Cleanup } from './testing/fixtures.js';
import { aNetwork, hostFacts } from './testing/samples.js';

const soon = { deadlineMs: 10_000 };

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: unknown) => (error instanceof FairleadError ? error.code : String(error)),
  );

async function take(updates: AsyncIterable<InventoryUpdate__Output>, count: number) {
  const taken: InventoryUpdate__Output[] = [];
  const iterator = updates[Symbol.asyncIterator]();
  while (taken.length < count) {
    const { value, done } = (await iterator.next()) as IteratorResult<InventoryUpdate__Output, undefined>;
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

describe.each(Object.entries(carriers))('over %s', (_name, carry) => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const connect = async (handlers: Partial<NetworkServiceHandlers> = {}) => {
    const agent = new FakeAgent(handlers);
    return { agent, ...(await carry(agent.handlers, cleanup)) };
  };

  it('tells who the host and the agent process are, and when it was heard last', async () => {
    const before = Date.now();
    const { connection } = await connect();
    expect(connection.host).toMatchObject({ name: 'web-07', labels: { env: 'prod' }, capability: expect.any(Number) });
    expect(connection.instanceId).toBe('instance-1');
    expect(connection.sessionId).not.toBe('');
    expect(connection.lastHeardAt).toBeGreaterThanOrEqual(before);
  });

  it('carries a request to the handler and its answer back', async () => {
    const { connection } = await connect({
      InspectNetwork: ({ network }) => Promise.resolve(toNetworkMessage(aNetwork({ name: network }), 'd1')),
    });
    expect(await connection.invoke('InspectNetwork', { network: 'my-net' }, soon)).toMatchObject({
      name: 'my-net',
      digest: 'd1',
      labels: aNetwork().labels,
    });
  });

  it('gives each of many calls at once its own answer', async () => {
    const { connection } = await connect({
      RemoveNetwork: ({ networkId }) => Promise.resolve({ detached: [networkId] }),
    });
    const ids = Array.from({ length: 50 }, (_, index) => `id-${index}`);
    const call = (networkId: string) => connection.invoke('RemoveNetwork', { networkId }, soon);
    expect((await Promise.all(ids.map(call))).map(({ detached }) => detached[0])).toEqual(ids);
  });

  it('carries thousands of calls in a row over one connection', async () => {
    let begun = 0;
    const { connection } = await connect({ ListNetworks: () => Promise.resolve({ networks: [{ id: `${++begun}` }] }) });
    let last: string | undefined;
    for (let n = 0; n < 1_500; n++) last = (await connection.invoke('ListNetworks', {}, soon)).networks[0]?.id;
    expect(last).toBe('1500');
  }, 30_000);

  it("passes an error on with its code, hint and the engine's own words", async () => {
    const engineMessage = 'network a has active endpoints: „größe“ 网络';
    const { connection } = await connect({
      RemoveNetwork: () => {
        throw new FairleadError('network_in_use', 'In use by web-1', { engineMessage, hint: 'Stop web-1 – or force.' });
      },
    });
    const error = await connection.invoke('RemoveNetwork', {}, soon).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'network_in_use',
      message: 'In use by web-1',
      engineMessage,
      hint: 'Stop web-1 – or force.',
    });
  });

  it('turns a fault inside a handler into internal and lives on', async () => {
    const { connection } = await connect({
      RemoveNetwork: () => Promise.reject(new TypeError('x is not a function')),
      ListNetworks: () => Promise.resolve({}),
    });
    expect(await codeOf(connection.invoke('RemoveNetwork', {}, soon))).toBe('internal');
    expect(await connection.invoke('ListNetworks', {}, soon)).toEqual({ networks: [] });
  });

  it('answers a method that the agent does not have with unsupported and lives on', async () => {
    const { connection } = await connect({ ListNetworks: () => Promise.resolve({}) });
    expect(await codeOf(connection.invoke('Probe', { from: 'a', target: 'b' }, soon))).toBe('unsupported');
    expect(await connection.invoke('ListNetworks', {}, soon)).toEqual({ networks: [] });
  });

  it('streams the results of a prune one by one, as they happen', async () => {
    const goOn = deferred();
    const { connection } = await connect({
      async *PruneNetworks({ items }) {
        for (const { networkId } of items) {
          yield { networkId, outcome: 'removed' };
          await goOn.promise;
        }
      },
    });
    const seen: string[] = [];
    const items = [{ networkId: 'one' }, { networkId: 'two' }];
    for await (const { networkId } of connection.invokeStream('PruneNetworks', { items }, soon)) {
      seen.push(networkId);
      goOn.resolve();
    }
    expect(seen).toEqual(['one', 'two']);
  });

  it('brings the results before an error, then the error', async () => {
    const { connection } = await connect({
      async *PruneNetworks() {
        yield { networkId: 'one', outcome: 'removed' };
        throw new FairleadError('journal_failed', 'The disk is full');
      },
    });
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { networkId } of connection.invokeStream('PruneNetworks', {}, soon)) seen.push(networkId);
    };
    expect(await codeOf(read())).toBe('journal_failed');
    expect(seen).toEqual(['one']);
  });

  it('stops a stream that its reader leaves', async () => {
    const stopped = deferred<boolean>();
    const { connection } = await connect({
      async *PruneNetworks(_request, { signal }) {
        yield { networkId: 'one' };
        await aborted(signal);
        stopped.resolve(true);
      },
    });
    for await (const _item of connection.invokeStream('PruneNetworks', {}, soon)) break;
    expect(await stopped.promise).toBe(true);
  });

  it('tells the handler when the caller gives up', async () => {
    const begun = deferred();
    const stopped = deferred<boolean>();
    const { connection } = await connect({
      Probe: async (_request, { signal }) => {
        begun.resolve();
        await aborted(signal);
        stopped.resolve(true);
        throw new FairleadError('deadline_exceeded', 'The probe was cut short');
      },
    });
    const caller = new AbortController();
    const outcome = codeOf(connection.invoke('Probe', {}, { ...soon, signal: caller.signal }));
    await begun.promise;
    caller.abort();
    expect(await stopped.promise).toBe(true);
    expect(['deadline_exceeded', 'outcome_unknown']).toContain(await outcome);
  });

  it("lets the agent's clock count the deadline, and brings the agent's last word", async () => {
    const left = deferred<number>();
    const { connection } = await connect({
      Probe: async (_request, { signal, remainingMs }) => {
        left.resolve(remainingMs());
        await aborted(signal);
        throw new FairleadError('deadline_exceeded', `Time is up, ${remainingMs()} ms left`);
      },
    });
    const error = await connection.invoke('Probe', {}, { deadlineMs: 50 }).catch((thrown: unknown) => thrown);
    expect(await left.promise).toBeGreaterThan(0);
    expect(await left.promise).toBeLessThanOrEqual(50);
    expect(error).toMatchObject({ code: 'deadline_exceeded', message: expect.stringContaining('Time is up') });
  });

  it('sends nothing where the time is up or the caller gone beforehand', async () => {
    let begun = 0;
    const { connection } = await connect({ ListNetworks: () => Promise.resolve({ networks: [{ id: `${++begun}` }] }) });
    const gone = AbortSignal.abort();
    expect(await codeOf(connection.invoke('ListNetworks', {}, { deadlineMs: 0 }))).toBe('deadline_exceeded');
    expect(await codeOf(connection.invoke('ListNetworks', {}, { ...soon, signal: gone }))).toBe('deadline_exceeded');
    expect(begun).toBe(0);
  });

  it('knows no outcome when the link is lost after sending', async () => {
    const begun = deferred();
    const { connection, cut } = await connect({
      RemoveNetwork: async () => {
        begun.resolve();
        return new Promise(() => {});
      },
    });
    const outcome = codeOf(connection.invoke('RemoveNetwork', {}, soon));
    await begun.promise;
    cut();
    expect(await outcome).toBe('outcome_unknown');
    expect(await connection.closed).not.toBe('');
  });

  it('aborts the handlers of a link that is lost', async () => {
    const begun = deferred();
    const stopped = deferred<boolean>();
    const { connection, cut } = await connect({
      RemoveNetwork: async (_request, { signal }) => {
        begun.resolve();
        await aborted(signal);
        stopped.resolve(true);
        return {};
      },
    });
    const outcome = codeOf(connection.invoke('RemoveNetwork', {}, soon));
    await begun.promise;
    cut();
    expect(await stopped.promise).toBe(true);
    expect(await outcome).toBe('outcome_unknown');
  });

  it('says that nothing was sent once it is closed', async () => {
    let begun = 0;
    const { connection } = await connect({ ListNetworks: () => Promise.resolve({ networks: [{ id: `${++begun}` }] }) });
    connection.close('the host was removed');
    expect(await connection.closed).toBe('the host was removed');
    const error = await connection.invoke('ListNetworks', {}, soon).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'host_unavailable', message: expect.stringContaining('nothing was sent') });
    expect(begun).toBe(0);
  });

  it('keeps the first reason it was closed with', async () => {
    const { connection } = await connect();
    connection.close('first');
    connection.close('second');
    expect(await connection.closed).toBe('first');
  });

  it('yields inventory updates in order, and counts them', async () => {
    const { agent, connection } = await connect();
    agent.publish({ delta: { appliesTo: 1, resultsIn: 2 } }, { delta: { appliesTo: 2, resultsIn: 3 } });
    const updates = await take(connection.updates(), 4);
    expect(updates.map(({ update }) => update)).toEqual(['snapshotBegin', 'snapshotEnd', 'delta', 'delta']);
    expect(updates[3]?.delta).toMatchObject({ appliesTo: 2, resultsIn: 3 });
    expect(connection.updatesReceived).toBe(4);
  });

  it('has counted an update that the agent sent before an answer when that answer is there', async () => {
    const { agent, connection } = await connect({
      CreateNetwork: async () => {
        agent.publish({ delta: { appliesTo: 1, resultsIn: 2 } });
        while (agent.taken === 0) await new Promise((resolve) => setImmediate(resolve));
        return {};
      },
    });
    await connection.invoke('CreateNetwork', {}, soon);
    expect(connection.updatesReceived).toBeGreaterThanOrEqual(3);
  });

  it('begins a new snapshot when one is asked for, and runs one watch at a time', async () => {
    const { agent, connection } = await connect();
    const updates = connection.updates();
    expect((await take(updates, 2)).map(({ streamId }) => streamId)).toEqual(['watch-1', 'watch-1']);
    connection.requestSnapshot('a gap');
    expect((await take(updates, 2)).map(({ streamId }) => streamId)).toEqual(['watch-2', 'watch-2']);
    connection.requestSnapshot('another gap');
    expect((await take(updates, 2)).map(({ streamId }) => streamId)).toEqual(['watch-3', 'watch-3']);
    expect(agent.running).toBe(1);
  });

  it('asks an agent of capability 3 for a bookmark first, and for a snapshot when one is wanted', async () => {
    const wishes: object[] = [];
    const { connection } = await connect({
      DescribeHost: () => Promise.resolve(toHostMessage({ ...hostFacts(), capability: 3 })),
      async *WatchInventory({ bookmarkFirst, adoptsBookmarks }, { signal }) {
        wishes.push({ bookmarkFirst, adoptsBookmarks });
        yield { streamId: 's', bookmark: {} };
        await aborted(signal);
      },
    });
    const updates = connection.updates();
    await take(updates, 1);
    connection.requestSnapshot('another set');
    await take(updates, 1);
    expect(wishes).toEqual([
      { bookmarkFirst: true, adoptsBookmarks: true },
      { bookmarkFirst: false, adoptsBookmarks: true },
    ]);
  });

  it('carries a large snapshot in chunks', async () => {
    const { agent, connection } = await connect();
    const networks = Array.from({ length: 200 }, (_, n) => toNetworkMessage(aNetwork({ name: `net-${n}` }), `${n}`));
    agent.publish(...Array.from({ length: 25 }, () => ({ snapshotChunk: { networks } })));
    const chunks: number[] = [];
    for await (const { snapshotChunk } of connection.updates()) {
      if (snapshotChunk) chunks.push(snapshotChunk.networks.length);
      if (chunks.length === 25) break;
    }
    expect(chunks).toEqual(Array.from({ length: 25 }, () => 200));
  });

  it('ends the updates when it is closed, and gives none after', async () => {
    const { agent, connection } = await connect();
    const updates = connection.updates();
    await take(updates, 2);
    agent.publish({ delta: { appliesTo: 1, resultsIn: 2 } });
    connection.close('enough');
    expect(await take(updates, 1)).toEqual([]);
  });

  it('ends the watch of the agent when it is closed', async () => {
    const { agent, connection } = await connect();
    await take(connection.updates(), 2);
    expect(agent.running).toBe(1);
    connection.close('enough');
    await agent.watchEnded;
    expect(agent.running).toBe(0);
  });

  it('has its updates read by one reader only', async () => {
    const { connection } = await connect();
    connection.updates();
    expect(() => connection.updates()).toThrow(FairleadError);
  });

  it('knows no outcome where the answer cannot be read', async () => {
    const { connection } = await connect({ ListNetworks: () => Promise.resolve({}) });
    const real = codec.decodeResponse;
    codec.decodeResponse = () => {
      throw new FairleadError('invalid_argument', 'not a message');
    };
    const outcome = await codeOf(connection.invoke('ListNetworks', {}, soon));
    codec.decodeResponse = real;
    expect(outcome).toBe('outcome_unknown');
  });
});
