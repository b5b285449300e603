import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PolicyPlanItemView, policyPlan, policyPlanRequest, policySpec, toCleanupPolicy } from '@fairlead/api';
import { CLEANUP_REASONS, type ContainerState, LABELS_LEFT_OUT, type Network } from '@fairlead/domain';
import { anEndpoint, oraclePlan } from '@fairlead/domain/testing';
import { HostScope } from '../access/host-scope.js';
import { NetworksStore } from '../networks/networks.store.js';
import { ACTOR, Rig } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { PlanStore } from './plan.store.js';
import { PlanPages } from './plan-pages.js';
import { Planner } from './planner.js';
import { type StoredPolicy } from './stored-policy.js';

const HOUR = 3_600_000;

let rig: Rig;
let pages: PlanPages;
const agents = new Map<string, ScriptedAgent>();

beforeEach(async () => {
  rig = await Rig.start();
  pages = pagesOf(rig.runtime.planner);
  agents.clear();
});

afterEach(() => rig.stop());

const policyOf = (spec: object): StoredPolicy => ({
  id: 'policy-1',
  name: 'nightly',
  version: 1,
  paused: false,
  spec: policySpec.parse({ matchAll: true, unusedFor: '2h', minAge: '1h', ...spec }),
  anchorAt: 0,
  scheduledThrough: 0,
  createdAt: 0,
  createdBy: 'local',
  updatedAt: 0,
  updatedBy: 'local',
});

async function attach(
  name: string,
  networks: readonly Network[] = [],
  labels = {},
  nodeId = '',
): Promise<ScriptedAgent> {
  const agent = new ScriptedAgent(name, { labels });
  const { engine } = agent.facts;
  agent.facts = { ...agent.facts, engine: { ...engine, swarm: { ...engine.swarm, nodeId } } };
  networks.forEach((each) => agent.set(each));
  await rig.attach(agent);
  agents.set(name, agent);
  return agent;
}

/** Time goes by, and all hosts stay live. */
async function wait(ms: number): Promise<void> {
  rig.time += ms;
  for (const [name, agent] of agents) {
    await agent.bookmark();
    await rig.settle(name);
  }
}

/** They read as few networks at a time as a page has. */
const pagesOf = (planner: Pick<Planner, 'plan'>): PlanPages =>
  new PlanPages(planner, new PlanStore(rig.database), rig.runtime.hosts, () => rig.time, 1);

const plan = (policy: StoredPolicy) => rig.runtime.planner.plan(policy);
const page = async (policy: StoredPolicy, request: object = {}) =>
  policyPlan.parse(await pages.page(policy, policyPlanRequest.parse(request)));

/** All pages, one after the other. */
async function items(policy: StoredPolicy, request: object, limit: number): Promise<PolicyPlanItemView[]> {
  const all: PolicyPlanItemView[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items: some, nextCursor } = await page(policy, { ...request, limit, ...(cursor && { cursor }) });
    expect(some.length).toBeLessThanOrEqual(limit);
    all.push(...some);
    cursor = nextCursor;
  }
  return all;
}

const keyOf = ({ host, network: { name, id } }: PolicyPlanItemView): string => `${host} ${name} ${id}`;

describe('a plan', () => {
  it('names what would go on each live host, in order, and counts the rest by reason', async () => {
    await attach('web-2', [network('idle'), network('old')]);
    await attach('web-1', [
      network('busy', { endpoints: [anEndpoint('a')] }),
      network('rest', { endpoints: [anEndpoint('b', { state: 'exited' })] }),
      network('idle', { id: idOf('idle of web-1') }),
    ]);
    await wait(3 * HOUR);
    const { removals, summary, hosts, at } = await plan(policyOf({}));
    expect(at).toBe(rig.time);
    expect(removals.map(({ hostName, networkName }) => [hostName, networkName])).toEqual([
      ['web-1', 'idle'],
      ['web-2', 'idle'],
      ['web-2', 'old'],
    ]);
    expect(summary).toMatchObject({
      hosts: 2,
      networks: 9,
      remove: 3,
      keep: 6,
      reasons: { predefined: 4, 'in-use': 1, 'stopped-containers': 1, unused: 3 },
      restorability: { exactly: 3 },
      leftOutTotal: 0,
    });
    expect(hosts).toEqual([
      { host: 'web-1', networks: 3, remove: 1 },
      { host: 'web-2', networks: 2, remove: 2 },
    ]);
  });

  it('looks only at hosts that its selector fits, and only at live ones', async () => {
    await attach('prod-1', [network('idle')], { env: 'prod' });
    await attach('test-1', [network('idle', { id: idOf('1') })], { env: 'test' });
    await attach('test-2', [network('idle', { id: idOf('2') })], { env: 'test' });
    agents.delete('test-2');
    await wait(3 * HOUR);
    const { removals, summary } = await plan(policyOf({ hosts: 'env!=prod' }));
    expect(removals.map(({ hostName }) => hostName)).toEqual(['test-1']);
    expect(summary).toMatchObject({
      hosts: 1,
      leftOut: [{ name: 'test-2', freshness: 'offline', asOf: '2026-11-24T09:30:00.000Z' }],
      leftOutTotal: 1,
    });
  });

  it('names a hundred of the hosts that are left out, and counts them all', async () => {
    for (let nth = 100; nth < 205; nth += 1) await attach(`old-${nth}`);
    agents.clear();
    await wait(3 * HOUR);
    const { summary } = await plan(policyOf({}));
    expect(summary).toMatchObject({ hosts: 0, leftOutTotal: 105 });
    expect(summary.leftOut.map(({ name }) => name)).toEqual(Array.from({ length: 100 }, (_, at) => `old-${100 + at}`));
  });

  it('says that it is over the caps, and by how much', async () => {
    await attach('web-1', [network('one'), network('two'), network('three')]);
    await wait(3 * HOUR);
    const { overCaps } = (await plan(policyOf({ caps: { networks: 2 } }))).summary;
    expect(overCaps[0]).toContain('3 networks would go, at most 2 may in one run');
  });

  it('counts simulated hosts', async () => {
    const { engine } = new ScriptedAgent('any').facts;
    await rig.attach(new ScriptedAgent('demo-1', { engine: { ...engine, simulated: true } }));
    await attach('web-1');
    expect((await plan(policyOf({}))).summary).toMatchObject({ hosts: 2, simulatedHosts: 1 });
  });

  it('of no host is empty', async () => {
    const empty = await plan(policyOf({ hosts: 'env=none' }));
    expect(empty).toMatchObject({ removals: [], hosts: [], summary: { hosts: 0, networks: 0, overCaps: [] } });
  });
});

describe('the hash of a plan', () => {
  beforeEach(async () => {
    await attach('web-1', [network('idle'), network('busy', { endpoints: [anEndpoint('a')] })]);
    await attach('web-2', [network('other')]);
    await wait(3 * HOUR);
  });

  const hash = async (policy = policyOf({})) => (await plan(policy)).hash;

  it('stays while the same records would go, whatever the time and the rest of the fleet', async () => {
    const before = await hash();
    await wait(HOUR);
    await agents.get('web-1')!.put(network('new', { endpoints: [anEndpoint('b')] }));
    await rig.settle('web-1');
    expect(await hash()).toBe(before);
    expect((await page(policyOf({}))).hash).toBe(before);
  });

  it('is another one where a record that would go has changed', async () => {
    const before = await hash();
    await agents.get('web-1')!.put(network('idle', { labels: { team: 'web' } }));
    await rig.settle('web-1');
    expect(await hash()).not.toBe(before);
  });

  it('is another one where one more or one less would go, or for another version', async () => {
    const before = await hash();
    expect(await hash({ ...policyOf({}), version: 2 })).not.toBe(before);
    await agents.get('web-2')!.drop(idOf('other'));
    await rig.settle('web-2');
    expect(await hash()).not.toBe(before);
  });
});

describe('the pages of a plan', () => {
  beforeEach(async () => {
    for (const host of ['web-1', 'web-2', 'web-3']) {
      const some = Array.from({ length: 7 }, (_, nth) => {
        const endpoints = nth % 3 === 0 ? [anEndpoint(`c${nth}`)] : [];
        return network(`net-${nth % 5}`, { id: idOf(`${nth} of ${host}`), endpoints });
      });
      await attach(host, some);
    }
    await wait(3 * HOUR);
  });

  it.each([1, 2, 5, 500])('of %i are the whole plan, each network once and in order', async (limit) => {
    const policy = policyOf({});
    const { summary } = await page(policy);
    const all = await items(policy, {}, limit);
    expect(all).toHaveLength(summary.networks);
    expect(all.map(keyOf)).toEqual([...new Set(all.map(keyOf))].sort());
    const remove = await items(policy, { action: 'remove' }, limit);
    expect(remove).toEqual(all.filter(({ action }) => action === 'remove'));
    expect(remove).toHaveLength(summary.remove);
    expect(await items(policy, { action: 'keep' }, limit)).toEqual(all.filter(({ action }) => action === 'keep'));
  });

  it('may be of some hosts, while the counts are of all', async () => {
    const { summary, items: some } = await page(policyOf({}), { hosts: ['web-2', 'web-9'], limit: 500 });
    expect(new Set(some.map(({ host }) => host))).toEqual(new Set(['web-2']));
    expect(some).toHaveLength(9);
    expect(summary.networks).toBe(27);
    const remove = await items(policyOf({}), { hosts: ['web-3'], action: 'remove' }, 2);
    expect(remove.map(({ host }) => host)).toEqual(['web-3', 'web-3', 'web-3', 'web-3']);
  });

  it('name who is on a network that is kept', async () => {
    const { items: kept } = await page(policyOf({}), { action: 'keep', hosts: ['web-1'] });
    expect(kept.find(({ network: { name } }) => name === 'net-0')).toMatchObject({
      reason: 'in-use',
      explanation: 'used by c0',
      restorability: null,
    });
  });

  it('belong to the plan that the first was of', async () => {
    const policy = policyOf({});
    const first = await page(policy, { limit: 2, action: 'remove' });
    await agents.get('web-3')!.put(network('net-9', { id: idOf('late'), labels: { x: 'y' } }));
    await rig.settle('web-3');
    await wait(1000);
    const second = await page(policy, { limit: 2, action: 'remove', cursor: first.nextCursor });
    expect(second).toMatchObject({ hash: first.hash, at: first.at, summary: first.summary });
  });

  it('are of a new plan once that is forgotten', async () => {
    const policy = policyOf({ unusedFor: '4h' });
    const first = await page(policy, { limit: 2 });
    await wait(2 * HOUR);
    const second = await page(policy, { limit: 2, cursor: first.nextCursor });
    expect(second.hash).not.toBe(first.hash);
    expect(second.summary.remove).toBeGreaterThan(first.summary.remove);
  });

  it('are of one plan where several ask for it at once, and of a new one afterwards', async () => {
    let plans = 0;
    const planner = { plan: (policy: StoredPolicy) => ((plans += 1), plan(policy)) };
    const counted = pagesOf(planner);
    const ask = () => counted.page(policyOf({}), policyPlanRequest.parse({}));
    const [one, other] = await Promise.all([ask(), ask()]);
    expect([one.hash, plans]).toEqual([other.hash, 1]);
    await ask();
    expect(plans).toBe(2);
  });

  it('are not taken for those of another question', async () => {
    const { nextCursor: cursor } = await page(policyOf({}), { limit: 1 });
    const other = page(policyOf({}), { limit: 1, action: 'keep', cursor });
    await expect(other).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});

describe('a plan that is looked at again', () => {
  const recheck = async (change: () => Promise<unknown>) => {
    await attach('web-1', [network('idle'), network('old')], { env: 'test' });
    await attach('web-2', [network('other')], { env: 'test' });
    await wait(3 * HOUR);
    const policy = policyOf({ hosts: 'env=test' });
    const { removals } = await plan(policy);
    expect(removals).toHaveLength(3);
    await change();
    for (const name of agents.keys()) await rig.settle(name);
    const stale = await rig.runtime.planner.recheck(policy, removals);
    return stale.map(({ removal, why }) => `${removal.networkName}: ${why}`);
  };

  it('holds while nothing has changed', async () => {
    expect(await recheck(() => wait(HOUR))).toEqual([]);
  });

  it('does not hold for a network that is gone, used or another one by now', async () => {
    const stale = await recheck(async () => {
      await agents.get('web-1')!.drop(idOf('idle'));
      await agents.get('web-1')!.put(network('old', { endpoints: [anEndpoint('a', { state: 'created' })] }));
      await agents.get('web-2')!.put(network('other', { labels: { team: 'web' } }));
    });
    expect(stale).toEqual([
      'idle: it is gone',
      'old: used by stopped container a (created)',
      'other: its record has changed',
    ]);
  });

  it('is read at once, not host by host', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await attach(name, [network(name)]);
    await wait(3 * HOUR);
    const { removals } = await plan(policyOf({}));
    expect(removals).toHaveLength(5);
    let reads = 0;
    const store = new PlanStore({ read: (sql) => ((reads += 1), rig.database.read(sql)) });
    const { hosts, fleet } = rig.runtime;
    const places = { all: () => [], find: (name: string) => hosts.get(name, HostScope.all) };
    const planner = new Planner(store, places, fleet, () => rig.time);
    expect(await planner.recheck(policyOf({}), removals)).toEqual([]);
    // The networks, and who is on them.
    expect(reads).toBe(2);
  });

  it('does not hold for a host that is away, or not meant any more', async () => {
    const stale = await recheck(async () => {
      const labels = { env: 'prod' };
      await rig.runtime.hosts.relabel('web-1', { labels }, HostScope.all, ACTOR, rig.time);
      agents.delete('web-2');
      await wait(HOUR);
    });
    expect(stale).toEqual([
      'idle: host web-1 is not meant any more',
      'old: host web-1 is not meant any more',
      'other: host web-2 is offline',
    ]);
  });
});

describe('a random fleet', () => {
  const STATES: readonly ContainerState[] = ['running', 'exited', 'created', 'dead', 'removing', 'unknown'];
  const SPECS = [
    {},
    { match: [{ drivers: ['bridge'] }], exempt: [{ labels: 'keep' }] },
    { match: [{ names: ['ci-*'] }, { projects: ['g*'] }], exempt: [{ prefix: { min: 0, max: 20 } }] },
    { unusedFor: '4h', minAge: '3d' },
  ];

  /** With whatever a plan looks at. */
  function randomNetwork(random: () => number, host: string, nth: number): Network {
    const pick = <T>(...of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
    const name = pick('ci-1', 'ci-2', 'shop', 'conf-1', 'conf-2', `net-${nth}`);
    const endpoints = Array.from({ length: random() < 0.6 ? 0 : pick(1, 2, 12) }, (_, at) =>
      anEndpoint(`c${nth}-${at}`, {
        containerId: idOf(`${host} ${nth} ${at}`),
        state: pick(...STATES),
        project: pick('', 'shop', 'blog'),
      }),
    );
    return network(name, {
      id: idOf(`${host} ${nth}`),
      driver: pick('bridge', 'bridge', 'macvlan', 'weird/plugin'),
      scope: pick('local', 'local', 'local', 'swarm'),
      createdAt: pick('2026-11-01T00:00:00Z', '2026-11-24T12:00:00Z', '0001-01-01T00:00:00Z'),
      ingress: random() < 0.05,
      configOnly: name.startsWith('conf') && endpoints.length === 0,
      configFrom: random() < 0.1 ? pick('conf-1', 'conf-2') : '',
      subnets: [{ cidr: pick('10.0.0.0/24', '10.0.0.0/16'), ipRange: null, gateway: null, auxAddresses: {} }],
      labels: {
        ...(random() < 0.4 && { 'com.docker.compose.project': pick('shop', 'blog', 'gone') }),
        ...(random() < 0.2 && { 'fairlead/protect': pick('true', 'false') }),
        ...(random() < 0.2 && { keep: 'yes' }),
        ...(random() < 0.05 && { [LABELS_LEFT_OUT]: '3' }),
      },
      endpoints,
    });
  }

  /** What the domain says of each host by itself. */
  async function judgedAlone(policy: StoredPolicy, at: number) {
    const store = new NetworksStore(rig.database);
    const all = [];
    for (const [host, { facts }] of agents) {
      const seen = [...(await store.full(host)).values()];
      const judged = oraclePlan(toCleanupPolicy(policy.spec), seen, facts.engine.swarm.nodeId !== '', at);
      all.push(...judged.map(({ network: { id, name }, ...verdict }) => ({ host, name, id, ...verdict })));
    }
    return all;
  }

  it.each([1, 2, 3])('is planned as each host by itself would be (seed %i)', async (seed) => {
    const random = seeded(seed);
    for (const host of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const count = 30 + Math.floor(random() * 50);
      await attach(
        host,
        Array.from({ length: count }, (_, nth) => randomNetwork(random, host, nth)),
        {},
        host < 'c' ? `node-of-${host}` : '',
      );
      await wait(HOUR);
    }
    await wait(2 * HOUR);
    const met = new Set<string>();
    for (const policy of SPECS.map(policyOf)) {
      const { at, removals, summary } = await plan(policy);
      const expected = await judgedAlone(policy, at);
      const shown = await items(policy, {}, 17);
      expect(shown.map(({ host, network: { name, id }, ...item }) => ({ host, name, id, ...verdictOf(item) }))).toEqual(
        expected,
      );
      expect(summary.reasons).toEqual(countOf(expected.map(({ reason }) => reason)));
      const gone = expected.filter(({ action }) => action === 'remove');
      expect(removals).toMatchObject(gone.map(({ id, explanation }) => ({ networkId: id, explanation })));
      Object.keys(summary.reasons).forEach((reason) => met.add(reason));
    }
    expect([...met].sort()).toEqual([...CLEANUP_REASONS].sort());
  });
});

const verdictOf = ({
  action,
  reason,
  explanation,
  restorability,
  losses,
}: Omit<PolicyPlanItemView, 'host' | 'network'>) => ({
  action,
  reason,
  explanation,
  restorability,
  losses,
});

function countOf(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
