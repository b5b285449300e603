import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Methods } from '@fairlead/link';
import { digestOf } from '../inventory/describe-network.js';
import { all, arrive, aSpec, call, createRig, type Life, type Rig } from '../testing/handler-rig.js';
import { readNetwork } from './looks.js';

let folder: string;
let policyFile: string;
let rig: Rig;
let net: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-policy-'));
  policyFile = join(folder, 'policy.yaml');
  rig = await createRig({ policyFile });
  net = rig.engine.addNetwork({ name: 'my-net' });
  rig.engine.addContainer({ name: 'app', networks: ['my-net'] });
  rig.engine.addContainer({ name: 'other', networks: ['bridge'] });
});
afterEach(async () => {
  await rig.end();
  rmSync(folder, { recursive: true, force: true });
});

const allow = (policy: object): void => {
  writeFileSync(policyFile, JSON.stringify(policy), { mode: 0o600 });
};

let ids = 0;
const newId = (): string => `op-${(ids += 1)}`;
type Unary = 'CreateNetwork' | 'ConnectContainer' | 'DisconnectContainer' | 'RemoveNetwork' | 'Probe';
const send = <M extends Unary>(method: M, request: Methods[M]['requestIn']) =>
  (rig.handlers[method] as (request: object, context: object) => Promise<Methods[M]['responseIn']>)(
    arrive(method, method === 'Probe' ? request : { operationId: newId(), ...request }),
    call(),
  );
const prune = async (...networkIds: string[]) => {
  const items = await Promise.all(
    networkIds.map(async (networkId) => ({
      networkId,
      expectedDigest: digestOf((await readNetwork(rig.engine, networkId)).network),
    })),
  );
  return all(rig.handlers.PruneNetworks(arrive('PruneNetworks', { operationId: newId(), items }), call()));
};
const refusedBy = (rule: string) => ({
  code: 'policy_refused',
  message: expect.stringContaining(`Host policy ${policyFile}, rule '${rule}'`),
});

/** Every way to do something to the engine. */
const ACTS: Record<string, () => Promise<unknown>> = {
  create: () => send('CreateNetwork', { spec: aSpec('new-net') }),
  connect: () => send('ConnectContainer', { networkId: net, container: 'other' }),
  disconnect: () => send('DisconnectContainer', { networkId: net, container: 'app' }),
  'disconnect by force': () => send('DisconnectContainer', { networkId: net, container: 'app', force: true }),
  remove: () => send('RemoveNetwork', { networkId: net }),
  'remove by force': () => send('RemoveNetwork', { networkId: net, force: true }),
  prune: () => prune(net),
  probe: () => send('Probe', { from: 'app', target: '127.0.0.1' }),
};
const CHANGING = ['createNetwork', 'connect', 'disconnect', 'removeNetwork'];

describe('a host that is read-only', () => {
  it.each(Object.keys(ACTS))('refuses to %s without asking the engine anything', async (act) => {
    allow({ mode: 'read-only' });
    rig.calls.length = 0;
    await expect(ACTS[act]?.()).rejects.toMatchObject(refusedBy('mode: read-only'));
    expect(rig.calls).toEqual([]);
    expect(rig.lines().filter(({ t }) => t === 'started')).toEqual([]);
  });

  it('lets itself be looked at', async () => {
    allow({ mode: 'read-only' });
    expect((await rig.handlers.ListNetworks({}, call())).networks?.length).toBeGreaterThan(1);
    expect(await rig.handlers.InspectNetwork({ network: 'my-net' }, call())).toMatchObject({ id: net });
    expect(await rig.handlers.DescribeHost({}, call())).toMatchObject({ policy: { mode: 'read-only' } });
  });

  it('probes where its policy says so', async () => {
    allow({ mode: 'read-only', probe: true });
    expect(await send('Probe', { from: 'app', target: '127.0.0.1' })).toMatchObject({ ping: {} });
  });
});

describe('a host that is managed', () => {
  it('refuses force without asking the engine anything', async () => {
    allow({ mode: 'manage' });
    for (const act of ['disconnect by force', 'remove by force']) {
      rig.calls.length = 0;
      await expect(ACTS[act]?.()).rejects.toMatchObject(refusedBy('mode: manage'));
      expect(rig.calls).toEqual([]);
    }
  });

  it('does all that needs no force', async () => {
    allow({ mode: 'manage' });
    await ACTS['create']?.();
    await ACTS['connect']?.();
    await send('DisconnectContainer', { networkId: net, container: 'other' });
    await ACTS['disconnect']?.();
    await ACTS['remove']?.();
    expect(rig.calls.filter((name) => CHANGING.includes(name))).toEqual([
      'createNetwork',
      'connect',
      'disconnect',
      'disconnect',
      'removeNetwork',
    ]);
  });
});

describe('a host without a file', () => {
  it.each(Object.keys(ACTS).filter((act) => act !== 'remove'))('refuses nothing: %s', async (act) => {
    await ACTS[act]?.();
    expect(await rig.handlers.DescribeHost({}, call())).toMatchObject({ policy: { mode: '', rules: [] } });
  });
});

describe('what is decided by the network', () => {
  it.each(['connect', 'disconnect', 'disconnect by force', 'remove', 'remove by force'])(
    'is read once before %s is refused, and nothing is changed',
    async (act) => {
      for (const [policy, rule] of [
        [{ mode: 'full', protect: { names: ['my-*'] } }, 'protect.names: my-*'],
        [{ mode: 'full', drivers: ['macvlan'] }, 'drivers: [macvlan]'],
      ] as const) {
        allow(policy);
        rig.calls.length = 0;
        await expect(ACTS[act]?.()).rejects.toMatchObject(refusedBy(rule));
        expect(rig.calls).toEqual(['inspectNetwork']);
      }
    },
  );

  it('is known of a network to create before the engine is asked', async () => {
    allow({ mode: 'full', drivers: ['macvlan'] });
    rig.calls.length = 0;
    await expect(ACTS['create']?.()).rejects.toMatchObject(refusedBy('drivers: [macvlan]'));
    expect(rig.calls).toEqual([]);
  });

  it('keeps the items of a prune that are protected, each with the rule, and removes the others', async () => {
    const kept = rig.engine.addNetwork({ name: 'idle', labels: { keep: 'yes' } });
    const free = rig.engine.addNetwork({ name: 'free' });
    allow({ mode: 'manage', protect: { names: [], labels: ['keep=yes'] } });
    expect(await prune(kept, free)).toEqual([
      expect.objectContaining({
        networkId: kept,
        name: 'idle',
        outcome: 'kept',
        code: 'policy_refused',
        reason: expect.stringContaining("rule 'protect.labels: keep=yes'"),
      }),
      expect.objectContaining({ networkId: free, outcome: 'removed' }),
    ]);
    expect(rig.engine.deletesOf(kept)).toBe(0);
  });
});

describe('the bound on removals', () => {
  it('holds within a prune, over single removals, and over a restart of the agent', async () => {
    const [a = '', b = '', c = '', d = ''] = ['a', 'b', 'c', 'd'].map((name) => rig.engine.addNetwork({ name }));
    allow({ mode: 'full', maxRemovalsPerHour: 2 });
    await send('RemoveNetwork', { networkId: a });
    const results = await prune(b, c);
    expect(results.map(({ name, outcome, code }) => [name, outcome, code])).toEqual([
      ['b', 'removed', ''],
      ['c', 'kept', 'policy_refused'],
    ]);
    const { handlers } = await rig.again();
    const request = arrive('RemoveNetwork', { operationId: newId(), networkId: d });
    await expect(handlers.RemoveNetwork(request, call())).rejects.toMatchObject(refusedBy('maxRemovalsPerHour: 2'));
    const later = await rig.again({ now: () => Date.now() + 3_600_001 });
    await later.handlers.RemoveNetwork(arrive('RemoveNetwork', { operationId: newId(), networkId: d }), call());
  });

  describe('where the clock of the host is wrong', () => {
    const DAY_MS = 86_400_000;
    let jumpedMs: number;
    let life: Life;
    /** Whether one more may be removed. */
    const mayRemove = async (): Promise<boolean> => {
      const networkId = rig.engine.addNetwork({ name: newId() });
      const request = arrive('RemoveNetwork', { operationId: newId(), networkId });
      await Promise.allSettled([life.handlers.RemoveNetwork(request, call())]);
      return rig.engine.deletesOf(networkId) === 1;
    };
    const restart = async (): Promise<void> => {
      life = await rig.again({ now: () => Date.now() + jumpedMs });
    };
    beforeEach(async () => {
      jumpedMs = 0;
      allow({ mode: 'full', maxRemovalsPerHour: 1 });
      await restart();
    });

    it.each([
      ['back', -30 * DAY_MS],
      ['forward', 30 * DAY_MS],
    ])('holds for an hour, no shorter and no longer, after it was set %s', async (_, jumpMs) => {
      expect(await mayRemove()).toBe(true);
      jumpedMs = jumpMs;
      expect(await mayRemove()).toBe(false);
      await rig.timing.advance(3_599_000);
      expect(await mayRemove()).toBe(false);
      await rig.timing.advance(1_000);
      expect(await mayRemove()).toBe(true);
      expect(await mayRemove()).toBe(false);
    });

    it('does not hold over a restart for what was begun while it was far ahead', async () => {
      jumpedMs = 30 * DAY_MS;
      expect(await mayRemove()).toBe(true);
      jumpedMs = 0;
      await restart();
      expect(await mayRemove()).toBe(true);
      await restart();
      expect(await mayRemove()).toBe(false);
    });

    it('holds for an hour after a restart for what was begun while it was a little ahead', async () => {
      jumpedMs = 1_800_000;
      expect(await mayRemove()).toBe(true);
      jumpedMs = 0;
      await restart();
      await rig.timing.advance(3_599_000);
      expect(await mayRemove()).toBe(false);
      await rig.timing.advance(1_000);
      expect(await mayRemove()).toBe(true);
    });
  });

  it('does not count a network that the look in its turn has kept, over a restart of the agent too', async () => {
    const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map((name) => rig.engine.addNetwork({ name }));
    allow({ mode: 'full', maxRemovalsPerHour: 2 });
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = async (id) => {
      while (rig.lines().filter(({ t }) => t === 'removing').length < 2) await new Promise(setImmediate);
      if (id === a) rig.engine.addContainer({ name: 'late', networks: ['b'], state: 'created' });
      return remove(id);
    };
    expect(await prune(a, b)).toMatchObject([{ outcome: 'removed' }, { outcome: 'kept', code: 'network_in_use' }]);
    const { handlers, journal } = await rig.again();
    expect(journal.removalsOfLastHour()).toBe(1);
    await handlers.RemoveNetwork(arrive('RemoveNetwork', { operationId: newId(), networkId: c }), call());
    expect(journal.removalsOfLastHour()).toBe(2);
  });

  it('holds over prunes that look at their networks at the same time', async () => {
    const ids = Array.from({ length: 12 }, (_, nth) => rig.engine.addNetwork({ name: `net-${nth}` }));
    allow({ mode: 'full', maxRemovalsPerHour: 3 });
    const list = rig.engine.listContainers.bind(rig.engine);
    let looks = 0;
    rig.engine.listContainers = async () => {
      looks += 1;
      // The first twelve are for the requests.
      while (looks > 12 && looks < 24) await new Promise(setImmediate);
      return list();
    };
    await Promise.all(ids.map((id) => prune(id)));
    const left = new Set((await rig.engine.listNetworks()).map(({ id }) => id));
    expect(ids.filter((id) => !left.has(id))).toHaveLength(3);
    expect(rig.lines().filter(({ t }) => t === 'removing')).toHaveLength(3);
  });
});

describe('a policy that changes', () => {
  it('holds from the next command on, and gives an operation that is done its stored answer', async () => {
    allow({ mode: 'full' });
    const request = arrive('CreateNetwork', { operationId: 'op-a', spec: aSpec('first') });
    await rig.handlers.CreateNetwork(request, call());
    allow({ mode: 'read-only', drivers: ['bridge'] });
    await expect(ACTS['create']?.()).rejects.toMatchObject(refusedBy('mode: read-only'));
    expect((await rig.handlers.CreateNetwork(request, call())).network).toMatchObject({ name: 'first' });
  });

  it('holds from the next item of a prune on, also where that was looked at before', async () => {
    allow({ mode: 'full' });
    const remove = rig.engine.removeNetwork.bind(rig.engine);
    rig.engine.removeNetwork = async (id) => {
      while (rig.lines().filter(({ t }) => t === 'removing').length < 2) await new Promise(setImmediate);
      allow({ mode: 'read-only' });
      return remove(id);
    };
    expect(await prune(...['a', 'b'].map((name) => rig.engine.addNetwork({ name })))).toMatchObject([
      { outcome: 'removed' },
      { outcome: 'kept', code: 'policy_refused' },
    ]);
  });

  it('refuses every change once others can write it', async () => {
    allow({ mode: 'full' });
    await ACTS['create']?.();
    chmodSync(policyFile, 0o666);
    rig.calls.length = 0;
    await expect(ACTS['connect']?.()).rejects.toMatchObject({ code: 'policy_refused' });
    expect(rig.calls).toEqual([]);
  });
});
