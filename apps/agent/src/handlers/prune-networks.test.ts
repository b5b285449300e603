import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { digestOf } from '../inventory/describe-network.js';
import type { Entry } from '../journal/entries.js';
import { all, arrive, call, createRig, type Life, lookUp, type Rig } from '../testing/handler-rig.js';
import { untilQuiet } from '../testing/manual-timing.js';
import { readNetwork } from './looks.js';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.end());

let ids = 0;
const newId = (): string => `op-${(ids += 1)}`;

interface Asked {
  readonly operationId: string;
  readonly items: { readonly networkId: string; readonly expectedDigest: string }[];
  readonly run?: { readonly policyId: string; readonly runId: string; readonly fence: number };
}

const asking = async (networkIds: readonly string[], run?: Asked['run']): Promise<Asked> => {
  const items = await Promise.all(
    networkIds.map(async (networkId) => ({
      networkId,
      expectedDigest: digestOf((await readNetwork(rig.engine, networkId)).network),
    })),
  );
  return { operationId: newId(), items, ...(run && { run }) };
};
const send = (request: Asked, { handlers }: Pick<Life, 'handlers'> = rig) =>
  all(handlers.PruneNetworks(arrive('PruneNetworks', request), call()));
const prune = async (...networkIds: string[]) => send(await asking(networkIds));
const silence = () => new FairleadError('engine_unavailable', 'no answer');
const networks = async () => (await rig.engine.listNetworks()).map(({ name }) => name);

/** What happens once in the moment between the look and the removal. */
function meanwhile(act: () => unknown): void {
  const remove = rig.engine.removeNetwork.bind(rig.engine);
  let isDone = false;
  rig.engine.removeNetwork = async (id) => {
    if (!isDone) await act();
    isDone = true;
    return remove(id);
  };
}

describe('a network that only its host knows to be in use', () => {
  it.each([
    ['a container that was taken off it and still names it', /named as their network by one \(exited\)$/, detached],
    ['a Compose project of which something is left', /'shop' still has job \(exited\)$/, partly],
    ['its label', /^protected by its label fairlead\/protect=yes$/, labelled],
  ])('is kept for %s', async (_, reason, make) => {
    const [item] = await prune(await make());
    expect(item).toMatchObject({ name: 'my-net', outcome: 'kept', code: 'network_in_use' });
    expect(item?.reason).toMatch(reason);
    expect(await networks()).toContain('my-net');
  });

  async function detached(): Promise<string> {
    const id = rig.engine.addNetwork({ name: 'my-net' });
    rig.engine.addContainer({ name: 'one', networks: ['my-net'], state: 'exited' });
    await rig.engine.disconnect(id, 'one', false);
    return id;
  }
  function partly(): string {
    const labels = { 'com.docker.compose.project': 'shop' };
    rig.engine.addContainer({ name: 'job', networks: ['none'], state: 'exited', labels });
    return rig.engine.addNetwork({ name: 'my-net', labels });
  }
  function labelled(): string {
    return rig.engine.addNetwork({ name: 'my-net', labels: { 'fairlead/protect': 'yes' } });
  }
});

describe('the look before each removal', () => {
  it('asks of a config-only network whether the host is in a swarm', async () => {
    const request = await asking([rig.engine.addNetwork({ name: 'my-config', configOnly: true })]);
    const facts = await rig.engine.describe();
    rig.engine.describe = () => Promise.resolve({ ...facts, swarm: { ...facts.swarm, nodeId: 'worker-1' } });
    expect(await send(request)).toMatchObject([
      { outcome: 'kept', code: 'unsupported', reason: expect.stringContaining('on a host of a swarm') },
    ]);
    expect(await networks()).toContain('my-config');
  });

  it('lists the other networks only where they could matter', async () => {
    const [free, used] = ['free', 'used'].map((name) => rig.engine.addNetwork({ name }));
    rig.engine.addContainer({ name: 'one', networks: ['used'] });
    const request = await asking([free ?? '', used ?? '']);
    rig.calls.length = 0;
    await send(request);
    const times = (name: string): number => rig.calls.filter((each) => each === name).length;
    expect(['inspectNetwork', 'listContainers', 'listNetworks', 'removeNetwork'].map(times)).toEqual([3, 4, 1, 1]);
  });
});

describe('a network that was looked at while the one before was removed', () => {
  const pair = () => ['a', 'b'].map((name) => rig.engine.addNetwork({ name }));

  it('has its record on the disk before its turn comes, and is removed by one DELETE', async () => {
    const [a, b] = pair();
    const request = await asking([a ?? '', b ?? '']);
    let recorded: unknown;
    meanwhile(async () => {
      while (!rig.lines().some((line) => line.t === 'removing' && line.network.id === b))
        await new Promise(setImmediate);
      recorded = await rig.engine.inspectNetwork('b');
    });
    expect(await send(request)).toMatchObject([{ outcome: 'removed' }, { outcome: 'removed' }]);
    expect(recorded).toMatchObject({ id: b });
    expect(rig.engine.deletesOf(b ?? '')).toBe(1);
  });

  it('is looked at again in its turn', async () => {
    const request = await asking(pair());
    meanwhile(async () => {
      while (rig.lines().filter(({ t }) => t === 'removing').length < 2) await new Promise(setImmediate);
      rig.engine.addContainer({ name: 'late', networks: ['b'], state: 'created' });
    });
    expect(await send(request)).toMatchObject([
      { outcome: 'removed' },
      { outcome: 'kept', code: 'network_in_use', reason: expect.stringContaining('late (created)') },
    ]);
  });
});

describe('a network whose turn waits for the disk', () => {
  /** Prunes two networks, with the result of the first held on its way to the disk. */
  async function holding(run?: Asked['run'], context = call()) {
    const ids = ['a', 'b'].map((name) => rig.engine.addNetwork({ name }));
    const request = await asking(ids, run);
    let recorded = 0;
    const append = rig.journal.append.bind(rig.journal);
    const [held, free] = [new AbortController(), new AbortController()];
    rig.journal.append = async (...entries) => {
      if (entries[0]?.t === 'item' && !held.signal.aborted) {
        held.abort();
        await once(free.signal, 'abort');
      }
      await append(...entries);
      if (entries[0]?.t === 'removing') recorded += 1;
    };
    const results = all(rig.handlers.PruneNetworks(arrive('PruneNetworks', request), context));
    await once(held.signal, 'abort');
    while (recorded < ids.length) await untilQuiet();
    await untilQuiet();
    return { results, release: () => free.abort(), last: ids[1] ?? '' };
  }

  it('is looked at after the wait: a container that came meanwhile keeps it', async () => {
    const { results, release } = await holding();
    rig.engine.addContainer({ name: 'late', networks: ['b'], state: 'created' });
    release();
    expect(await results).toMatchObject([
      { outcome: 'removed' },
      { outcome: 'kept', code: 'network_in_use', reason: expect.stringContaining('late (created)') },
    ]);
  });

  it('stays where the prune is given up meanwhile, or during the look', async () => {
    for (const during of [false, true]) {
      const stop = new AbortController();
      const { results, release, last } = await holding(undefined, call(stop.signal));
      const list = rig.engine.listContainers.bind(rig.engine);
      rig.engine.listContainers = () => (stop.abort(), list());
      if (!during) stop.abort();
      release();
      expect((await results).at(-1)).toMatchObject({ outcome: 'kept', code: 'deadline_exceeded' });
      expect(rig.engine.deletesOf(last)).toBe(0);
      rig.engine.listContainers = list;
      await rig.engine.removeNetwork(last);
    }
  });

  it('stays where a later run of its policy begins during the look', async () => {
    const run = (fence: number) => ({ policyId: 'nightly', runId: `run-${fence}`, fence });
    const { results, release, last } = await holding(run(2));
    const list = rig.engine.listContainers.bind(rig.engine);
    rig.engine.listContainers = async () => {
      rig.engine.listContainers = list;
      const at = Date.now();
      const [op, method, request, what] = [newId(), 'PruneNetworks', '', 'a later run'];
      await rig.journal.append({ t: 'started', op, at, method, request, what, run: run(3) });
      return list();
    };
    release();
    expect((await results).at(-1)).toMatchObject({ outcome: 'kept', code: 'plan_stale' });
    expect(rig.engine.deletesOf(last)).toBe(0);
  });
});

describe('a journal that fails in the middle of a prune', () => {
  /** Prunes three networks while one line of this kind, after the first removal, does not get to the disk. */
  async function failing(kind: Entry['t']) {
    const ids = ['a', 'b', 'c'].map((name) => rig.engine.addNetwork({ name }));
    const request = await asking(ids);
    const append = rig.journal.append.bind(rig.journal);
    rig.journal.append = (...entries) =>
      entries.some(({ t }) => t === kind) && rig.engine.deletesOf(ids[0] ?? '') > 0
        ? Promise.reject(new FairleadError('journal_failed', 'no space left'))
        : append(...entries);
    const sent = await send(request).catch((error: unknown) => error);
    rig.journal.append = append;
    return { request, sent, deletes: ids.map((id) => rig.engine.deletesOf(id)) };
  }

  it('lets a network stay whose record cannot be written', async () => {
    const { sent, deletes } = await failing('removing');
    expect(sent).toMatchObject([{ outcome: 'removed' }, {}, { outcome: 'failed', code: 'journal_failed' }]);
    expect(deletes).toEqual([1, 1, 0]);
  });

  it('lets nothing more be removed where a result cannot be written, and what was is found by looking', async () => {
    const { request, sent, deletes } = await failing('item');
    expect(sent).toMatchObject({ code: 'outcome_unknown', hint: expect.not.stringContaining('Nothing was changed') });
    expect(deletes).toEqual([1, 0, 0]);
    await rig.timing.advance(5_000);
    for (const next of [() => rig, () => rig.again()]) {
      expect(await lookUp(await next(), 'PruneNetworks', request)).toMatchObject({
        verdict: 'applied',
        source: 'engine',
        items: [
          { name: 'a', outcome: 'removed' },
          { name: 'b', outcome: 'kept', code: 'outcome_unknown' },
          { outcome: 'kept', code: 'outcome_unknown' },
        ],
      });
    }
  });
});

describe('a container that is made on a network while it is removed', () => {
  /** Prunes `my-net` while a container is made on it. */
  async function race(): Promise<{ id: string; request: Asked; results: ReturnType<typeof send> }> {
    const id = rig.engine.addNetwork({ name: 'my-net', labels: { team: 'web' }, options: { mtu: '1400' } });
    const request = await asking([id]);
    meanwhile(() => rig.engine.addContainer({ name: 'late', networks: ['my-net'], state: 'created' }));
    return { id, request, results: send(request) };
  }

  it('gets its network back at once, the same one under another id', async () => {
    const { id, results } = await race();
    const [item] = await results;
    const made = await rig.engine.inspectNetwork('my-net');
    expect(made).toMatchObject({ labels: { team: 'web' }, options: { mtu: '1400' } });
    expect(made.id).not.toBe(id);
    expect(item).toMatchObject({ networkId: id, name: 'my-net', outcome: 'undone', code: '', restoredId: made.id });
    expect(item?.reason).toMatch(/^late came onto it while it was removed/);
    rig.engine.startContainer('late');
    expect((await readNetwork(rig.engine, made.id)).network.endpoints).toMatchObject([{ containerName: 'late' }]);
    expect(rig.engine.deletesOf(id)).toBe(1);
  });

  it('is journaled before its network is made again, with what became of it', async () => {
    const { id, results } = await race();
    let before: unknown;
    const create = rig.engine.createNetwork.bind(rig.engine);
    rig.engine.createNetwork = (spec) => {
      before = rig.lines().at(-1);
      return create(spec);
    };
    const [item] = await results;
    expect(before).toMatchObject({ t: 'undoing', networkId: id, containers: ['late'] });
    expect(rig.lines().find(({ t }) => t === 'item')).toMatchObject({ result: item });
  });

  it('is a failure where its network cannot be made again', async () => {
    const { results } = await race();
    rig.engine.failNext('createNetwork', new FairleadError('subnet_overlap', 'range taken', { engineMessage: 'Pool' }));
    const [item] = await results;
    expect(item).toMatchObject({ outcome: 'failed', code: 'undo_failed', restoredId: '', engineMessage: 'Pool' });
    expect(item?.reason).toMatch(/^removed; late came onto it .* cannot start; .*: range taken; restore it when/);
    expect(rig.log.lines.at(-1)).toMatchObject({ details: { network: 'my-net', containers: ['late'] } });
  });

  it('has lost nothing where another network took the name', async () => {
    const id = rig.engine.addNetwork({ name: 'my-net' });
    const request = await asking([id]);
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = async (networkId) => {
      await remove(networkId);
      rig.engine.addNetwork({ name: 'my-net' });
      rig.engine.addContainer({ name: 'late', networks: ['my-net'], state: 'created' });
    };
    expect(await send(request)).toMatchObject([{ outcome: 'removed', reason: '' }]);
  });

  it('is not known of where the engine falls silent after the removal, which is said', async () => {
    const id = rig.engine.addNetwork({ name: 'my-net' });
    const request = await asking([id]);
    meanwhile(() => rig.engine.failNext('listContainers', silence()));
    const [item] = await send(request);
    expect(item).toMatchObject({ outcome: 'removed', code: '' });
    expect(item?.reason).toMatch(/whether a container was made on it meanwhile is not known: no answer/);
  });

  it.each([
    ['made again', true, 'undone', /was made again; that was cut short/],
    ['not made again', false, 'failed', /^seen to be gone; late came onto it and cannot start; restore it for them$/],
  ] as const)(
    'is found by looking, its network %s, when the engine falls silent then',
    async (_, isMade, outcome, reason) => {
      const { request, results } = await race();
      const create = rig.engine.createNetwork.bind(rig.engine);
      rig.engine.createNetwork = async (spec) => {
        if (isMade) await create(spec);
        throw silence();
      };
      await expect(results).rejects.toMatchObject({ code: 'outcome_unknown' });
      await rig.timing.advance(5_000);
      const found = await lookUp(await rig.again(), 'PruneNetworks', request);
      const made = isMade ? (await rig.engine.inspectNetwork('my-net')).id : '';
      expect(found).toMatchObject({ verdict: 'applied', items: [{ outcome, restoredId: made }] });
      expect(found.items?.[0]?.reason).toMatch(reason);
    },
  );
});

describe('the fence of a run', () => {
  const run = (fence: number, policyId = 'nightly') => ({ policyId, runId: `run-${fence}`, fence });
  const item = async (name: string, of: Asked['run'], life: Pick<Life, 'handlers'> = rig) =>
    send(await asking([rig.engine.addNetwork({ name })], of), life);
  const stale = expect.objectContaining({ code: 'plan_stale', message: expect.stringContaining('later run') });

  it('lets runs of one policy on as it grows, and bars every lower one', async () => {
    expect(await item('a', run(2))).toMatchObject([{ outcome: 'removed' }]);
    expect(await item('b', run(2))).toMatchObject([{ outcome: 'removed' }]);
    expect(await item('c', run(3))).toMatchObject([{ outcome: 'removed' }]);
    await expect(item('d', run(2))).rejects.toEqual(stale);
    expect(await networks()).toContain('d');
    expect(rig.lines().filter((line) => line.t === 'started')).toMatchObject([
      { run: run(2) },
      { run: run(2) },
      { run: run(3) },
    ]);
  });

  it('bars after a restart of the agent too', async () => {
    await item('a', run(3));
    const life = await rig.again();
    await expect(item('b', run(2), life)).rejects.toEqual(stale);
    expect(await item('c', run(3), life)).toMatchObject([{ outcome: 'removed' }]);
  });

  it('bars neither other policies nor people', async () => {
    await item('a', run(3));
    expect(await item('b', run(1, 'weekly'))).toMatchObject([{ outcome: 'removed' }]);
    expect(await item('c', undefined)).toMatchObject([{ outcome: 'removed' }]);
  });

  it('stops a run between two items when a later one begins', async () => {
    const request = await asking(
      ['a', 'b', 'c'].map((name) => rig.engine.addNetwork({ name })),
      run(2),
    );
    let later: Promise<unknown> | undefined;
    meanwhile(() => void (later = item('d', run(3))));
    expect(await send(request)).toMatchObject([
      { outcome: 'removed' },
      { outcome: 'kept', code: 'plan_stale', reason: expect.stringContaining('not looked at') },
      { outcome: 'kept', code: 'plan_stale' },
    ]);
    expect(await later).toMatchObject([{ outcome: 'removed' }]);
  });
});
