import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { all, arrive, aSpec, call, createRig, type Life, lookUp, type Rig } from '../testing/handler-rig.js';
import { untilQuiet } from '../testing/manual-timing.js';
import { digestOf } from '../inventory/describe-network.js';
import { readNetwork } from './looks.js';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.end());

const PLAIN = {
  aliases: [],
  links: [],
  ipv4: '',
  ipv6: '',
  linkLocalIps: [],
  driverOptions: {},
  gatewayPriority: undefined,
  mac: '',
};
const silence = (): FairleadError => new FairleadError('engine_unavailable', 'connection reset');
const create = (life: Life, operationId: string, name: string, context = call()) =>
  life.handlers.CreateNetwork(arrive('CreateNetwork', { operationId, spec: aSpec(name) }), context);
const remove = (life: Life, operationId: string, networkId: string, force = false) =>
  life.handlers.RemoveNetwork(arrive('RemoveNetwork', { operationId, networkId, force }), call());
const creating = (name: string) => ({ operationId: 'op', spec: aSpec(name) });
const itemOf = async (networkId: string) => ({
  networkId,
  expectedDigest: digestOf((await readNetwork(rig.engine, networkId)).network),
});

describe('one operation id', () => {
  it('is one act, for calls at the same time and for later ones', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const answers = await Promise.all([remove(rig, 'op', networkId), remove(rig, 'op', networkId)]);
    const later = await remove(rig, 'op', networkId);
    const nextLife = await remove(await rig.again(), 'op', networkId);
    for (const answer of [...answers, later, nextLife]) expect(answer.removed).toMatchObject({ id: networkId });
    expect(rig.engine.deletesOf(networkId)).toBe(1);
  });

  it('gives the same error again, also when it would succeed by now', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    const first = await remove(rig, 'op', networkId).catch((error: unknown) => error);
    rig.engine.removeContainer('one');
    for (const next of [() => rig, () => rig.again()]) {
      const life = await next();
      const again = await remove(life, 'op', networkId).catch((error: unknown) => error);
      expect(again).toMatchObject({ code: 'network_in_use', message: (first as Error).message });
    }
    expect(rig.engine.deletesOf(networkId)).toBe(0);
  });

  it('gives the results of a prune again, from the first one on', async () => {
    const items = await Promise.all(['a', 'b'].map((name) => itemOf(rig.engine.addNetwork({ name }))));
    const request = arrive('PruneNetworks', { operationId: 'op', items });
    const results = await Promise.all([
      all(rig.handlers.PruneNetworks(request, call())),
      all(rig.handlers.PruneNetworks(request, call())),
    ]);
    const later = await all((await rig.again()).handlers.PruneNetworks(request, call()));
    expect(results[0]?.map(({ outcome }) => outcome)).toEqual(['removed', 'removed']);
    expect(results[1]).toEqual(results[0]);
    expect(later).toEqual(results[0]);
  });

  it('is refused for another request, while it runs and after', async () => {
    const first = create(rig, 'op', 'a');
    await expect(create(rig, 'op', 'b')).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    await first;
    await expect(create(rig, 'op', 'b')).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    await expect(create(await rig.again(), 'op', 'b')).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });

  it('is not begun again when it has lost its answer', async () => {
    rig.engine.failNext('createNetwork', silence());
    await expect(create(rig, 'op', 'a')).rejects.toMatchObject({ code: 'outcome_unknown' });
    for (const next of [() => rig, () => rig.again()]) {
      const life = await next();
      await expect(create(life, 'op', 'a')).rejects.toMatchObject({ code: 'outcome_unknown' });
    }
    expect(rig.calls.filter((name) => name === 'createNetwork')).toHaveLength(1);
  });

  it('is never begun when it was given up in the queue, and stays so', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const leaving = new AbortController();
    const first = remove(rig, 'first', networkId);
    const second = create(rig, 'op', 'late', call(leaving.signal));
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await first;
    await expect(create(rig, 'op', 'late')).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(await lookUp(rig, 'CreateNetwork', creating('late'))).toMatchObject({
      verdict: 'not_started',
      source: 'journal',
    });
    expect(rig.calls).not.toContain('createNetwork');
  });
});

describe('a journal that cannot be written', () => {
  it('lets nothing be removed, and reads go on', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const item = await itemOf(networkId);
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const { openHandle } = await import('../journal/journal-file.js');
    const life = await rig.again({
      openFile: async (path) => {
        const handle = await openHandle(path);
        return {
          write: () => Promise.reject(full),
          read: (...args) => handle.read(...args),
          datasync: () => handle.datasync(),
          truncate: (length) => handle.truncate(length),
          close: () => handle.close(),
        };
      },
    });
    await expect(remove(life, 'op', networkId, true)).rejects.toMatchObject({ code: 'journal_failed' });
    const prune = all(
      life.handlers.PruneNetworks(arrive('PruneNetworks', { operationId: 'p', items: [item] }), call()),
    );
    await expect(prune).rejects.toMatchObject({ code: 'journal_failed' });
    await expect(create(life, 'c', 'x')).rejects.toMatchObject({ code: 'journal_failed' });
    expect(rig.engine.deletesOf(networkId)).toBe(0);
    expect(rig.calls).not.toContain('createNetwork');
    await expect(life.handlers.InspectNetwork({ network: 'my-net' }, call())).resolves.toMatchObject({ id: networkId });
  });
});

describe('looking an operation up', () => {
  it('tells a finished one from the journal, with its answer or its error', async () => {
    await create(rig, 'op', 'my-net');
    await expect(create(rig, 'op-2', 'my-net')).rejects.toThrow();
    for (const next of [() => rig, () => rig.again()]) {
      const life = await next();
      const found = await lookUp(life, 'CreateNetwork', creating('my-net'));
      expect(found).toMatchObject({ verdict: 'applied', source: 'journal' });
      expect(Buffer.from(found.response as Buffer).length).toBeGreaterThan(100);
      expect(await lookUp(life, 'CreateNetwork', { operationId: 'op-2', spec: aSpec('my-net') })).toMatchObject({
        verdict: 'not_applied',
        source: 'journal',
        error: { code: 'already_exists' },
      });
    }
  });

  it('says that one is running, with what a prune has done so far', async () => {
    const ids = ['a', 'b'].map((name) => rig.engine.addNetwork({ name }));
    const items = await Promise.all(ids.map(itemOf));
    const nothing = (): void => {};
    let release = nothing;
    const removeNetwork = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = async (id) => {
      if (id === ids[1]) await new Promise<void>((resolve) => (release = resolve));
      return removeNetwork(id);
    };
    const request = { operationId: 'op', items };
    const running = all(rig.handlers.PruneNetworks(arrive('PruneNetworks', request), call()));
    while (release === nothing) await untilQuiet();
    expect(await lookUp(rig, 'PruneNetworks', request)).toMatchObject({
      verdict: 'running',
      items: [{ name: 'a', outcome: 'removed' }],
    });
    release();
    await running;
    expect(await lookUp(rig, 'PruneNetworks', request)).toMatchObject({ verdict: 'applied', items: [{}, {}] });
  });

  it('refuses from then on what had not arrived yet', async () => {
    expect(await lookUp(rig, 'CreateNetwork', creating('late'))).toMatchObject({ verdict: 'not_started' });
    await expect(create(rig, 'op', 'late')).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(create(await rig.again(), 'op', 'late')).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(rig.calls).not.toContain('createNetwork');
  });

  it('holds a command back that arrives while its refusal is on its way to the disk', async () => {
    const { openHandle } = await import('../journal/journal-file.js');
    let isHeld = false;
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const life = await rig.again({
      openFile: async (path) => {
        const handle = await openHandle(path);
        return {
          write: (...args) => handle.write(...args),
          read: (...args) => handle.read(...args),
          datasync: async () => {
            isHeld = true;
            await released;
          },
          truncate: (length) => handle.truncate(length),
          close: () => handle.close(),
        };
      },
    });
    const look = lookUp(life, 'CreateNetwork', creating('late'));
    while (!isHeld) await untilQuiet();
    const command = create(life, 'op', 'late').then(
      () => 'done',
      (error: unknown) => (error as FairleadError).code,
    );
    await untilQuiet();
    release();
    expect(await look).toMatchObject({ verdict: 'not_started' });
    expect(await command).toBe('deadline_exceeded');
    expect(rig.calls).not.toContain('createNetwork');
  });

  it('is right whichever comes first, the command or the look', async () => {
    for (let index = 0; index < 20; index += 1) {
      const request = { operationId: `race-${index}`, spec: aSpec(`net-${index}`) };
      const look = (): Promise<unknown> => lookUp(rig, 'CreateNetwork', request);
      const act = (): Promise<unknown> => create(rig, request.operationId, `net-${index}`);
      const both = index % 2 === 0 ? [look(), act()] : [act(), look()];
      await Promise.allSettled(both);
      const made = (await rig.engine.listNetworks()).some(({ name }) => name === `net-${index}`);
      expect(await look()).toMatchObject({ verdict: made ? 'applied' : 'not_started' });
    }
  });

  it.each([
    [true, 'applied', 'seen by its name'],
    [false, 'not_applied', 'seen to be missing'],
  ])('tells a create that lost its answer from the engine (made: %p)', async (made, verdict) => {
    const createNetwork = rig.engine.createNetwork.bind(rig.engine);
    rig.engine.createNetwork = async (spec) => {
      if (made) await createNetwork(spec);
      throw silence();
    };
    await expect(create(rig, 'op', 'my-net')).rejects.toMatchObject({ code: 'outcome_unknown' });
    await rig.timing.advance(5_000);
    expect(await lookUp(await rig.again(), 'CreateNetwork', creating('my-net'))).toMatchObject({
      verdict,
      source: 'engine',
    });
  });

  it.each([
    [true, 'applied'],
    [false, 'not_applied'],
  ])('tells a removal that lost its answer from the engine (removed: %p)', async (removed, verdict) => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const removeNetwork = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = async (id) => {
      if (removed) await removeNetwork(id);
      throw silence();
    };
    await expect(remove(rig, 'op', networkId)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await rig.timing.advance(5_000);
    const request = { operationId: 'op', networkId };
    expect(await lookUp(rig, 'RemoveNetwork', request)).toMatchObject({ verdict, source: 'engine' });
  });

  it('counts a network that is only named like the removed one as gone', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const removeNetwork = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = async (id) => {
      await removeNetwork(id);
      throw silence();
    };
    await expect(remove(rig, 'op', networkId)).rejects.toThrow();
    rig.engine.addNetwork({ name: networkId });
    expect(await lookUp(rig, 'RemoveNetwork', { operationId: 'op', networkId })).toMatchObject({ verdict: 'applied' });
  });

  it('names the containers that a removal cut short may have detached', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'] });
    rig.engine.failNext('removeNetwork', silence());
    await expect(remove(rig, 'op', networkId, true)).rejects.toThrow();
    await rig.timing.advance(5_000);
    const found = await lookUp(rig, 'RemoveNetwork', { operationId: 'op', networkId, force: true });
    expect(found).toMatchObject({
      verdict: 'not_applied',
      explanation: expect.stringContaining('detached from it: one'),
    });
  });

  it.each(['ConnectContainer', 'DisconnectContainer'] as const)(
    'tells a %s from where the container is',
    async (method) => {
      const networkId = rig.engine.addNetwork({ name: 'my-net' });
      const isConnect = method === 'ConnectContainer';
      rig.engine.addContainer({ name: 'one', networks: isConnect ? ['bridge'] : ['my-net'] });
      const port = isConnect ? 'connect' : 'disconnect';
      const request = { operationId: 'op', networkId, container: 'one' };
      const send = (): Promise<unknown> => rig.handlers[method](arrive(method, request) as never, call());
      rig.engine.failNext(port, silence());
      await expect(send()).rejects.toMatchObject({ code: 'outcome_unknown' });
      await rig.timing.advance(5_000);
      expect(await lookUp(rig, method, request)).toMatchObject({ verdict: 'not_applied', source: 'engine' });
      if (isConnect) await rig.engine.connect(networkId, 'one', PLAIN);
      else await rig.engine.disconnect(networkId, 'one', false);
      expect(await lookUp(rig, method, request)).toMatchObject({ verdict: 'applied', source: 'engine' });
    },
  );

  it('tells each item of a prune that was cut short', async () => {
    const ids = ['a', 'b', 'c'].map((name) => rig.engine.addNetwork({ name }));
    const items = await Promise.all(ids.map(itemOf));
    const removeNetwork = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = async (id) => {
      await removeNetwork(id);
      if (id === ids[1]) throw silence();
    };
    const request = { operationId: 'op', items };
    const prune = all(rig.handlers.PruneNetworks(arrive('PruneNetworks', request), call()));
    await expect(prune).rejects.toMatchObject({ code: 'outcome_unknown' });
    await rig.timing.advance(5_000);
    const found = await lookUp(await rig.again(), 'PruneNetworks', request);
    expect(found).toMatchObject({ verdict: 'applied', source: 'engine' });
    expect(found.items?.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['a', 'removed'],
      ['b', 'removed'],
      ['c', 'kept'],
    ]);
    expect(rig.engine.deletesOf(ids[2] ?? '')).toBe(0);
  });

  it('asks the engine once for all networks of a prune, however many they are', async () => {
    const there = ['a', 'b', 'c'].map((name) => rig.engine.addNetwork({ name }));
    const ids = [...there, ...Array.from({ length: 50 }, (_, nth) => nth.toString(16).padStart(64, 'f'))];
    const request = { operationId: 'op', items: ids.map((networkId) => ({ networkId, expectedDigest: '' })) };
    rig.calls.length = 0;
    const { items = [] } = await lookUp(rig, 'PruneNetworks', request, 'another-journal');
    expect(items.map(({ outcome }) => outcome)).toEqual(ids.map((id) => (there.includes(id) ? 'kept' : 'removed')));
    expect(rig.calls).toEqual(['listNetworks']);
  });

  it('does not say "not applied" while what was sent may still be under way', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.failNext('removeNetwork', silence());
    await expect(remove(rig, 'op', networkId)).rejects.toThrow();
    const request = { operationId: 'op', networkId };
    await rig.timing.advance(2_000);
    expect(await lookUp(rig, 'RemoveNetwork', request)).toMatchObject({ verdict: 'undecided' });
    await rig.timing.advance(2_000);
    expect(await lookUp(await rig.again({ upForMs: () => 1_000 }), 'RemoveNetwork', request)).toMatchObject({
      verdict: 'undecided',
    });
    expect(await lookUp(await rig.again(), 'RemoveNetwork', request)).toMatchObject({ verdict: 'not_applied' });
  });

  it.each([
    ['back', -86_400_000],
    ['forward', 86_400_000],
  ])('waits as long where the clock of the host was set %s meanwhile', async (_, jumpMs) => {
    let jumped = 0;
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const life = await rig.again({ now: () => Date.now() + jumped });
    rig.engine.failNext('removeNetwork', silence());
    await expect(remove(life, 'op', networkId)).rejects.toThrow();
    jumped = jumpMs;
    const request = { operationId: 'op', networkId };
    expect(await lookUp(life, 'RemoveNetwork', request)).toMatchObject({ verdict: 'undecided' });
    await rig.timing.advance(3_000);
    expect(await lookUp(life, 'RemoveNetwork', request)).toMatchObject({ verdict: 'not_applied' });
    const next = await rig.again({ now: () => Date.now() + jumped, upForMs: () => 3_000 });
    expect(await lookUp(next, 'RemoveNetwork', request)).toMatchObject({ verdict: 'not_applied' });
  });

  it('waits from when the answer was lost, not from when it was begun', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.removeNetwork = async () => {
      await rig.timing.advance(60_000);
      throw silence();
    };
    await expect(remove(rig, 'op', networkId)).rejects.toMatchObject({ code: 'outcome_unknown' });
    const request = { operationId: 'op', networkId };
    expect(await lookUp(rig, 'RemoveNetwork', request)).toMatchObject({ verdict: 'undecided' });
  });

  it('is not held up by other operations that go on losing their answers', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    for (const op of ['op', 'op-2', 'op-3']) {
      rig.engine.failNext('removeNetwork', silence());
      await expect(remove(rig, op, networkId)).rejects.toMatchObject({ code: 'outcome_unknown' });
      await rig.timing.advance(2_000);
    }
    const look = (operationId: string) => lookUp(rig, 'RemoveNetwork', { operationId, networkId });
    expect(await look('op')).toMatchObject({ verdict: 'not_applied', source: 'engine' });
    expect(await look('op-2')).toMatchObject({ verdict: 'not_applied', source: 'engine' });
    expect(await look('op-3')).toMatchObject({ verdict: 'undecided' });
  });

  it('is undecided while the engine does not answer', async () => {
    rig.engine.failNext('createNetwork', silence());
    await expect(create(rig, 'op', 'x')).rejects.toThrow();
    rig.engine.setDown(true);
    expect(await lookUp(rig, 'CreateNetwork', creating('x'))).toMatchObject({ verdict: 'undecided', source: 'engine' });
  });

  it('looks at the engine, in careful words, when the journal it was sent to is lost', async () => {
    const networkId = rig.engine.addNetwork({ name: 'my-net' });
    const gone = { operationId: 'r', networkId: 'f'.repeat(64) };
    const found = await lookUp(rig, 'RemoveNetwork', gone, 'another-journal');
    expect(found).toMatchObject({
      verdict: 'applied',
      source: 'engine',
      explanation: expect.stringContaining('cannot be told'),
    });
    const there = { operationId: 'r-2', networkId };
    expect(await lookUp(rig, 'RemoveNetwork', there, 'another-journal')).toMatchObject({ verdict: 'not_applied' });
    const made = { operationId: 'c', spec: aSpec('my-net') };
    expect(await lookUp(rig, 'CreateNetwork', made, 'another-journal')).toMatchObject({
      verdict: 'applied',
      source: 'engine',
    });
    const pruned = { operationId: 'p', items: [{ networkId, expectedDigest: '' }, { networkId: gone.networkId }] };
    const items = (await lookUp(rig, 'PruneNetworks', pruned, 'another-journal')).items ?? [];
    expect(items.map(({ outcome }) => outcome)).toEqual(['kept', 'removed']);
    // Should it arrive late all the same, it is not begun.
    await expect(remove(rig, 'r-2', networkId)).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  it('says of a probe that it changes nothing, and of an unknown method that it is unknown', async () => {
    expect(await lookUp(rig, 'Probe', { from: 'a', target: 'b' })).toMatchObject({ verdict: 'not_applied' });
    const question = arrive('LookUpOperation', { operationId: 'x', method: 'Explode', journalId: rig.journal.id });
    await expect(rig.handlers.LookUpOperation(question, call())).rejects.toMatchObject({ code: 'unsupported' });
  });
});
