import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import type { Methods } from '@fairlead/link';
import { all, arrive, aSpec, call, createRig, type Rig } from '../testing/handler-rig.js';
import { digestOf } from '../inventory/describe-network.js';
import { readNetwork } from './looks.js';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.end());

let ids = 0;
const newId = (): string => `op-${(ids += 1)}`;

type Unary = 'CreateNetwork' | 'ConnectContainer' | 'DisconnectContainer' | 'RemoveNetwork';
/** Without an id a new one. */
const send = <M extends Unary>(method: M, request: Methods[M]['requestIn'], context = call()) =>
  (rig.handlers[method] as (request: object, context: object) => Promise<Methods[M]['responseIn']>)(
    arrive(method, { operationId: newId(), ...request }),
    context,
  );
const prune = (items: { networkId: string; expectedDigest: string }[], context = call(), operationId = newId()) =>
  all(rig.handlers.PruneNetworks(arrive('PruneNetworks', { operationId, items }), context));
const itemOf = async (networkId: string) => ({
  networkId,
  expectedDigest: digestOf((await readNetwork(rig.engine, networkId)).network),
});
const refused = (code: string, message: RegExp | string = '') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });
const exists = async (id: string): Promise<boolean> =>
  (await rig.engine.listNetworks()).some((network) => network.id === id);

describe('reading', () => {
  it('describes the host, its engine and its journal', async () => {
    expect(await rig.handlers.DescribeHost({}, call())).toMatchObject({
      name: 'web-1',
      labels: { env: 'test' },
      engine: { kind: 'simulated', simulated: true },
      health: { state: 'up' },
      journalId: rig.journal.id,
      capability: 3,
    });
  });

  it('describes an engine that does not answer as it was', async () => {
    await rig.handlers.DescribeHost({}, call());
    rig.engine.setDown(true);
    expect(await rig.handlers.DescribeHost({}, call())).toMatchObject({ engine: { version: '28.5.2' } });
  });

  it('lists the networks with the endpoints of stopped containers', async () => {
    rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'sleeping', networks: ['my-net'], state: 'exited' });
    const { networks = [] } = await rig.handlers.ListNetworks({}, call());
    expect(networks.find(({ name }) => name === 'my-net')).toMatchObject({
      endpoints: [{ containerName: 'sleeping' }],
    });
  });

  it('inspects by name, by id and by a unique beginning of it', async () => {
    const id = rig.engine.addNetwork({ name: 'my-net' });
    for (const network of ['my-net', id, id.slice(0, 20)]) {
      expect(await rig.handlers.InspectNetwork({ network }, call())).toMatchObject({ id, name: 'my-net' });
    }
    await expect(rig.handlers.InspectNetwork({ network: 'no-net' }, call())).rejects.toEqual(
      refused('network_not_found'),
    );
    await expect(rig.handlers.InspectNetwork({ network: '' }, call())).rejects.toEqual(refused('invalid_argument'));
  });
});

describe('inspecting a network whose id begins like the name of another', () => {
  it('counts no container of that other one', async () => {
    const id = rig.engine.addNetwork({ name: 'my-net' });
    const other = id.slice(0, 2);
    rig.engine.addNetwork({ name: other });
    rig.engine.addContainer({ name: 'new', networks: [other], state: 'created' });
    const { endpoints, digest } = await rig.handlers.InspectNetwork({ network: id }, call());
    expect(endpoints).toEqual([]);
    expect(digest).toBe((await itemOf(id)).expectedDigest);
  });
});

describe('create', () => {
  it('gives the network as the engine made it', async () => {
    const { network, warning } = await send('CreateNetwork', { spec: aSpec('my-net', { labels: { a: 'b' } }) });
    expect(network).toMatchObject({ name: 'my-net', driver: 'bridge', labels: { a: 'b' }, endpoints: [] });
    expect(network?.digest).toBe((await itemOf(network?.id ?? '')).expectedDigest);
    expect(warning).toBe('');
    expect(rig.settles()).toBe(1);
  });

  it('refuses a name that is taken, naming who has it, before the engine is asked to', async () => {
    const id = rig.engine.addNetwork({ name: 'my-net' });
    await expect(send('CreateNetwork', { spec: aSpec('my-net') })).rejects.toEqual(
      refused('already_exists', id.slice(0, 12)),
    );
    expect(rig.calls).not.toContain('createNetwork');
    expect(rig.settles()).toBe(0);
  });

  it.each(['', 'a b', 'f'.repeat(64)])('refuses the name %p', async (name) => {
    await expect(send('CreateNetwork', { spec: aSpec(name) })).rejects.toEqual(refused('invalid_argument'));
  });

  it('refuses a request that describes nothing', async () => {
    await expect(send('CreateNetwork', {})).rejects.toEqual(refused('invalid_argument'));
  });

  it("passes the engine's refusal on in its own words", async () => {
    const subnets = [{ cidr: '172.17.0.0/16', ipRange: null, gateway: null, auxAddresses: {} }];
    await expect(send('CreateNetwork', { spec: aSpec('my-net', { subnets }) })).rejects.toMatchObject({
      code: 'subnet_overlap',
      engineMessage: expect.stringContaining('overlaps'),
    });
  });
});

describe('connect and disconnect', () => {
  it('attaches a running and a stopped container, and gives the network with its endpoints', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one' });
    rig.engine.addContainer({ name: 'two', state: 'exited' });
    await send('ConnectContainer', { networkId, container: 'one', endpoint: { aliases: ['web'] } });
    const { network } = await send('ConnectContainer', { networkId, container: 'two' });
    expect(network?.endpoints?.map(({ containerName }) => containerName)).toEqual(['one', 'two']);
    expect(network?.endpoints?.[0]?.ipv4).toMatch(/^172\./);
  });

  it('refuses a container that is on the network already, running or never started', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    rig.engine.addContainer({ name: 'new', networks: ['my-net'], state: 'created' });
    for (const container of ['one', 'new']) {
      await expect(send('ConnectContainer', { networkId, container })).rejects.toEqual(
        refused('already_connected', `'${container}'.*'my-net'`),
      );
    }
    expect(rig.calls).not.toContain('connect');
  });

  it('detaches, and refuses what is not attached', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    const { network } = await send('DisconnectContainer', { networkId, container: 'one' });
    expect(network?.endpoints).toEqual([]);
    await expect(send('DisconnectContainer', { networkId, container: 'one' })).rejects.toEqual(
      refused('not_connected', "'one'.*'my-net'"),
    );
  });

  it('lets force reach an endpoint whose container is gone', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    await expect(send('DisconnectContainer', { networkId, container: 'ghost', force: true })).rejects.toMatchObject({
      engineMessage: expect.stringContaining('endpoint ghost not found'),
    });
    expect(rig.calls).toContain('disconnect');
    await expect(send('DisconnectContainer', { networkId, container: 'ghost' })).rejects.toEqual(
      refused('container_not_found'),
    );
  });

  it.each(['ConnectContainer', 'DisconnectContainer'] as const)('%s refuses what is not there', async (method) => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    await expect(send(method, { networkId, container: 'nobody' })).rejects.toEqual(refused('container_not_found'));
    await expect(send(method, { networkId: 'f'.repeat(64), container: 'x' })).rejects.toEqual(
      refused('network_not_found'),
    );
  });
});

describe('a network that somebody removes as soon as the engine has answered', () => {
  type Act = 'createNetwork' | 'connect' | 'disconnect';
  /** What happens right after the engine has done it. */
  function after(act: Act, then: () => unknown): void {
    const { engine } = rig;
    const original = engine[act].bind(engine) as (...args: unknown[]) => Promise<unknown>;
    const replaced = async (...args: unknown[]): Promise<unknown> => {
      const result = await original(...args);
      await then();
      return result;
    };
    Object.assign(engine, { [act]: replaced });
  }
  const vanish = async (): Promise<void> => {
    const { id } = await rig.engine.inspectNetwork('my-net');
    for (const { id: container } of await rig.engine.listContainers())
      await rig.engine.disconnect(id, container, true).catch(() => undefined);
    await rig.engine.removeNetwork(id);
  };

  it('was created all the same, as it was asked for', async () => {
    after('createNetwork', vanish);
    const { network } = await send('CreateNetwork', { spec: aSpec('my-net', { labels: { a: 'b' } }) });
    expect(network).toMatchObject({ name: 'my-net', driver: 'bridge', scope: 'local', labels: { a: 'b' } });
    expect(network?.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['ConnectContainer', 'connect', []],
    ['DisconnectContainer', 'disconnect', ['my-net']],
  ] as const)('%s succeeded all the same', async (method, act, networks) => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: [...networks] });
    let isDone = false;
    after(act, async () => {
      if (isDone) return;
      isDone = true;
      await vanish();
    });
    const { network } = await send(method, { networkId, container: 'one' });
    expect(network).toMatchObject({ id: networkId, name: 'my-net', endpoints: [] });
    expect(await exists(networkId)).toBe(false);
  });

  it('leaves open what became of it where the engine falls silent instead', async () => {
    after('createNetwork', () => rig.engine.setDown(true));
    await expect(send('CreateNetwork', { spec: aSpec('my-net') })).rejects.toEqual(refused('outcome_unknown'));
  });
});

describe('a stale id', () => {
  /** Another network now has the old id for its name; engines take the one for the other. */
  async function impostor(): Promise<{ gone: string; other: string }> {
    const gone = rig.engine.addNetwork({ name: 'old' });
    await rig.engine.removeNetwork(gone);
    return { gone, other: rig.engine.addNetwork({ name: gone }) };
  }

  it('reaches no network that is only named like it', async () => {
    const { gone, other } = await impostor();
    rig.engine.addContainer({ name: 'one' });
    const deletes = rig.engine.deletesOf(gone);
    await expect(send('RemoveNetwork', { networkId: gone, force: true })).rejects.toEqual(refused('network_not_found'));
    await expect(send('ConnectContainer', { networkId: gone, container: 'one' })).rejects.toEqual(
      refused('network_not_found'),
    );
    const [item] = await prune([{ networkId: gone, expectedDigest: (await itemOf(other)).expectedDigest }]);
    expect(item).toMatchObject({ outcome: 'kept', code: 'network_not_found' });
    expect(rig.engine.deletesOf(gone)).toBe(deletes);
    expect(await exists(other)).toBe(true);
  });
});

describe('remove', () => {
  it('writes the full record to the disk before the engine is asked', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net', labels: { keep: 'this' } });
    let onDisk: unknown;
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = (id) => {
      onDisk = rig.lines();
      return remove(id);
    };
    const { removed } = await send('RemoveNetwork', { networkId });
    expect(onDisk).toMatchObject([
      { t: 'started', method: 'RemoveNetwork', what: 'remove network my-net' },
      { t: 'removing', network: { id: networkId, labels: { keep: 'this' } } },
    ]);
    expect(removed).toMatchObject({ id: networkId, labels: { keep: 'this' } });
    expect(await exists(networkId)).toBe(false);
  });

  it('refuses a network that containers use, in any state, naming them', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    rig.engine.addContainer({ name: 'two', networks: ['my-net'], state: 'exited' });
    rig.engine.addContainer({ name: 'three', networks: ['my-net'], state: 'created' });
    await expect(send('RemoveNetwork', { networkId })).rejects.toMatchObject({
      code: 'network_in_use',
      message: "Network 'my-net' is used by one, three (created), two (exited)",
      hint: expect.stringContaining('force'),
    });
    expect(rig.engine.deletesOf(networkId)).toBe(0);
  });

  it('detaches running and stopped containers first when forced, and says which', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net', 'bridge'] });
    rig.engine.addContainer({ name: 'two', networks: ['my-net'], state: 'exited' });
    const { removed, detached } = await send('RemoveNetwork', { networkId, force: true });
    expect(detached).toEqual(['one', 'two']);
    expect(removed?.endpoints).toHaveLength(2);
    expect(await exists(networkId)).toBe(false);
    expect(() => rig.engine.startContainer('two')).not.toThrow();
  });

  /** Each removal finds a container that came in the last moment, this many times. */
  function disturb(times: number): void {
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    let left = times;
    rig.engine.removeNetwork = (id) => {
      if ((left -= 1) >= 0) rig.engine.addContainer({ name: `late-${times - left}`, networks: ['my-net'] });
      return remove(id);
    };
  }

  it('detaches who came meanwhile too when forced', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    disturb(1);
    const { detached } = await send('RemoveNetwork', { networkId, force: true });
    expect(detached).toEqual(['one', 'late-1']);
    expect(await exists(networkId)).toBe(false);
  });

  it('says who was detached from a network that somebody goes on using', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    disturb(2);
    await expect(send('RemoveNetwork', { networkId, force: true })).rejects.toMatchObject({
      code: 'engine_failed',
      message: "Network 'my-net' was not removed; detached already: one, late-1",
      engineMessage: expect.stringContaining('active endpoints'),
    });
    expect(await exists(networkId)).toBe(true);
  });

  it('says who was detached before the journal failed', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    for (const name of ['one', 'two']) rig.engine.addContainer({ name, networks: ['my-net'] });
    const append = rig.journal.append.bind(rig.journal);
    rig.journal.append = (...entries) =>
      entries.some((entry) => entry.t === 'detaching' && entry.container === 'two')
        ? Promise.reject(new FairleadError('journal_failed', 'no space left'))
        : append(...entries);
    await expect(send('RemoveNetwork', { networkId, force: true })).rejects.toMatchObject({
      code: 'engine_failed',
      message: "Network 'my-net' was not removed; detached already: one",
      engineMessage: 'no space left',
    });
  });

  it('leaves open what became of a forced removal whose answer was lost', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    rig.engine.failNext('removeNetwork', new FairleadError('engine_unavailable', 'silent'));
    await expect(send('RemoveNetwork', { networkId, force: true })).rejects.toEqual(refused('outcome_unknown'));
  });

  it.each(['bridge', 'host', 'none'])('refuses the built-in network %s, also forced', async (name) => {
    const { id } = await rig.engine.inspectNetwork(name);
    await expect(send('RemoveNetwork', { networkId: id, force: true })).rejects.toEqual(
      refused('network_predefined', name),
    );
  });

  it('passes on that a container came in the last moment', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const error = new FairleadError('network_in_use', 'in use', { engineMessage: 'has active endpoints' });
    rig.engine.failNext('removeNetwork', error);
    await expect(send('RemoveNetwork', { networkId })).rejects.toMatchObject({ engineMessage: 'has active endpoints' });
  });

  it('logs the containers that were made on it while it went', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = (id) => {
      rig.engine.addContainer({ name: 'late', networks: ['my-net'], state: 'created' });
      return remove(id);
    };
    await send('RemoveNetwork', { networkId });
    expect(rig.log.lines.find(({ message }) => message.includes('while it was removed'))?.details).toMatchObject({
      containers: ['late'],
    });
  });
});

describe('prune', () => {
  it('removes what is unused and keeps the rest, each with its reason', async () => {
    const names = ['unused', 'busy', 'sleeping', 'changed'];
    const ids = names.map((name) => rig.engine.addNetwork({ name }));
    const bridge = (await rig.engine.inspectNetwork('bridge')).id;
    const items = await Promise.all([...ids, bridge].map(itemOf));
    rig.engine.addContainer({ name: 'one', networks: ['busy'] });
    rig.engine.addContainer({ name: 'two', networks: ['sleeping'], state: 'exited' });
    Object.assign(items[3] ?? {}, { expectedDigest: 'another' });
    const results = await prune([...items, { networkId: 'f'.repeat(64), expectedDigest: '' }]);
    expect(results.map(({ name, outcome, code, reason }) => [name, outcome, code, reason])).toEqual([
      ['unused', 'removed', '', ''],
      ['busy', 'kept', 'network_in_use', 'used by one'],
      ['sleeping', 'kept', 'network_in_use', 'used by stopped container two (exited)'],
      ['changed', 'kept', 'network_changed', 'it is no longer the network that was planned for'],
      ['bridge', 'kept', 'network_predefined', 'built in: the engine needs it'],
      ['', 'kept', 'network_not_found', 'it is gone already'],
    ]);
    expect(rig.settles()).toBe(1);
  });

  it('writes the record of each network before its removal', async () => {
    const ids = ['a', 'b'].map((name) => rig.engine.addNetwork({ name }));
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    const seen: boolean[] = [];
    rig.engine.removeNetwork = (id) => {
      seen.push(rig.lines().some((line) => line.t === 'removing' && line.network.id === id));
      return remove(id);
    };
    await prune(await Promise.all(ids.map(itemOf)));
    expect(seen).toEqual([true, true]);
  });

  it('gives each result as it happens', async () => {
    const ids = ['a', 'b'].map((name) => rig.engine.addNetwork({ name }));
    const items = await Promise.all(ids.map(itemOf));
    const results = rig.handlers.PruneNetworks(arrive('PruneNetworks', { operationId: newId(), items }), call());
    const iterator = results[Symbol.asyncIterator]();
    await iterator.next();
    expect(await exists(ids[0] ?? '')).toBe(false);
    expect((await iterator.next()).value).toMatchObject({ outcome: 'removed', name: 'b' });
    expect((await iterator.next()).done).toBe(true);
  });

  it('stops between two items when it is given up, and says so of the rest', async () => {
    const ids = ['a', 'b', 'c'].map((name) => rig.engine.addNetwork({ name }));
    const leaving = new AbortController();
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = (id) => {
      leaving.abort();
      return remove(id);
    };
    const results = await prune(await Promise.all(ids.map(itemOf)), call(leaving.signal));
    expect(results.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['removed', ''],
      ['kept', 'deadline_exceeded'],
      ['kept', 'deadline_exceeded'],
    ]);
  });

  it('lets other commands come in between two items', async () => {
    const ids = ['a', 'b'].map((name) => rig.engine.addNetwork({ name }));
    const items = await Promise.all(ids.map(itemOf));
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    let between: Promise<unknown> | undefined;
    const order: string[] = [];
    const create = rig.engine.createNetwork.bind(rig.engine);
    rig.engine.createNetwork = (spec) => {
      order.push('create');
      return create(spec);
    };
    rig.engine.removeNetwork = async (id) => {
      order.push('remove');
      between ??= send('CreateNetwork', { spec: aSpec('between') });
      // As any engine's answer, this one takes longer than the command needs to get in line.
      await new Promise(setImmediate);
      return remove(id);
    };
    await prune(items);
    await between;
    expect(order).toEqual(['remove', 'create', 'remove']);
  });

  it('goes on after a failure of one network, in the words of the engine', async () => {
    const ids = ['a', 'b'].map((name) => rig.engine.addNetwork({ name }));
    rig.engine.failNext(
      'removeNetwork',
      new FairleadError('engine_failed', 'it broke', { engineMessage: 'iptables: no' }),
    );
    const results = await prune(await Promise.all(ids.map(itemOf)));
    expect(results[0]).toMatchObject({ outcome: 'failed', code: 'engine_failed', engineMessage: 'iptables: no' });
    expect(results[1]).toMatchObject({ outcome: 'removed' });
  });

  it('does not wait for a silent engine once for each item', async () => {
    const ids = ['a', 'b', 'c'].map((name) => rig.engine.addNetwork({ name }));
    const items = await Promise.all(ids.map(itemOf));
    rig.engine.failNext('inspectNetwork', new FairleadError('engine_unavailable', 'no answer'));
    rig.calls.length = 0;
    const results = await prune(items);
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'kept', 'kept']);
    expect(rig.calls).toEqual(['inspectNetwork', 'listContainers']);
  });

  it('removes a network once that is named twice', async () => {
    const networkId = rig.engine.addNetwork({ name: 'a' });
    const item = await itemOf(networkId);
    const results = await prune([item, item]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['removed', 'kept']);
    expect(rig.engine.deletesOf(networkId)).toBe(1);
  });
});

describe('commands', () => {
  it('are refused without a usable operation id', async () => {
    await expect(send('CreateNetwork', { operationId: '', spec: aSpec('x') })).rejects.toEqual(
      refused('invalid_argument'),
    );
    await expect(send('CreateNetwork', { operationId: 'a b', spec: aSpec('x') })).rejects.toEqual(
      refused('invalid_argument'),
    );
  });

  it('say that the engine is away, and have not begun', async () => {
    rig.engine.setDown(true);
    await expect(send('CreateNetwork', { spec: aSpec('x') })).rejects.toEqual(refused('engine_unavailable'));
    expect(rig.lines().filter(({ t }) => t === 'started')).toEqual([]);
  });

  it('are answered outcome_unknown when the engine falls silent in the middle', async () => {
    rig.engine.failNext('createNetwork', new FairleadError('engine_unavailable', 'connection reset'));
    await expect(send('CreateNetwork', { spec: aSpec('x') })).rejects.toMatchObject({
      code: 'outcome_unknown',
      hint: expect.stringContaining('LookUpOperation'),
    });
    expect(rig.settles()).toBe(1);
  });
});
