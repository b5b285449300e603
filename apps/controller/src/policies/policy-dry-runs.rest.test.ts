import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, type PolicyDryRunView, policyDryRun, type PolicyView } from '@fairlead/api';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { aRun } from '../runs/new-runs.js';
import { RunsStore } from '../runs/runs.store.js';
import { ACTOR, Rig } from '../testing/rig.js';
import { idOf, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { PoliciesStore } from './policies.store.js';

const DAY = 86_400_000;

let rig: Rig;
let app: INestApplication;
let base: string;
let client: Awaited<ReturnType<typeof clientOf>>;

beforeAll(async () => {
  rig = await Rig.start();
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
  for (const name of ['web-1', 'web-2']) {
    const agent = new ScriptedAgent(name, { labels: { env: 'prod' } });
    for (const each of ['ci-1', 'ci-2', 'shop']) agent.set(network(each, { id: idOf(`${each} of ${name}`) }));
    await rig.attach(agent);
    await rig.settle(name);
  }
});

beforeEach(async () => {
  client = await clientOf();
});

afterAll(async () => {
  await rig.runtime.stop(0);
  await app.close();
  await rig.stop();
});

const clientOf = async (wish: Parameters<Rig['token']>[0] = {}) => {
  const headers = { authorization: `Bearer ${await rig.token(wish)}` };
  return createClient({ baseUrl: base, headers });
};

const eager = { match: [{ names: ['ci-*'] }], unusedFor: '0s', minAge: '0s' };
const nightly = { when: '0 2 * * *', zone: 'Europe/Berlin' };

const ofNew = async (body: object, next?: number): Promise<PolicyDryRunView> =>
  policyDryRun.parse(
    await client.dryRunNewPolicy({ body: { name: 'tried', spec: eager, ...body }, ...(next && { query: { next } }) }),
  );
const ofChange = async (policy: string, body: object): Promise<PolicyDryRunView> =>
  policyDryRun.parse(await client.dryRunPolicy({ params: { policy }, body: { spec: eager, ...body } }));

/** A policy of a name of its own. */
let made = 0;
const create = (spec: object = {}, name = `policy-${(made += 1)}`): Promise<PolicyView> =>
  client.createPolicy({ body: { name, spec: { ...eager, ...spec } } });
const planOf = (policy: string) => client.planPolicy({ params: { policy }, body: {} });

/** All that is stored of policies and their runs, and how much was audited of them. */
async function stored() {
  const { prisma } = rig.database;
  const audited = await prisma.auditEntry.count({ where: { action: { startsWith: 'policy.' } } });
  const policies = await prisma.policy.findMany({ orderBy: { id: 'asc' } });
  return { policies, versions: await prisma.policyVersion.count(), runs: await prisma.run.count(), audited };
}

const codeOf = (ask: Promise<unknown>): Promise<string> =>
  ask.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  );

describe('a dry run of a policy that does not exist', () => {
  it('is the plan that the policy has once it is created, with its coming instants and warnings', async () => {
    const spec = { ...eager, canary: 'canary=yes', schedule: nightly };
    const { next, warnings, ...tried } = await ofNew({ name: 'once', spec }, 5);
    const { spec: _spec, ...policy } = await client.createPolicy({ body: { name: 'once', spec } });
    const plan = await planOf('once');
    expect(plan.summary).toMatchObject({ remove: 4, keep: 6 });
    expect(tried).toEqual({ ...plan, hash: tried.hash, policy: { id: '', name: 'once', version: 1 } });
    expect(warnings).toEqual(policy.warnings);
    expect(warnings).toHaveLength(1);
    const coming = await client.getPolicy({ params: { policy: 'once' }, query: { next: 5 } });
    expect([next, next.length]).toEqual([coming.next, 5]);
  });

  it('stores nothing, and leaves the name free', async () => {
    const before = await stored();
    await ofNew({ name: 'free', spec: { ...eager, schedule: nightly } });
    expect(await stored()).toEqual(before);
    expect(await create({}, 'free')).toMatchObject({ name: 'free', version: 1 });
  });

  it.each([
    [{}, ['/spec/matchAll']],
    [{ ...eager, mode: 'apply' }, ['/spec/mode']],
    [
      { schedule: { when: 'never', zone: 'Nowhere' }, notify: [{ channel: 'ops' }] },
      ['/spec/matchAll', '/spec/schedule/when', '/spec/schedule/zone', '/spec/notify/0/channel'],
    ],
    [
      { ...eager, unusedFor: 'long', schedule: { when: 'every 6h', zone: 'Nowhere' } },
      ['/spec/unusedFor', '/spec/schedule/zone'],
    ],
  ])('of %j is refused as its creation is', async (spec, paths) => {
    const body = { name: 'bad', spec } as Parameters<typeof client.createPolicy>[0]['body'];
    const [tried, created] = await Promise.all(
      [client.dryRunNewPolicy({ body }), client.createPolicy({ body })].map((ask) =>
        ask.catch(({ code, message, faults }: Record<string, unknown>) => ({ code, message, faults })),
      ),
    );
    expect(tried).toEqual(created);
    expect(tried).toMatchObject({ code: 'invalid_argument', faults: paths.map((path) => ({ path })) });
  });

  it('is refused where its name is another one’s', async () => {
    const { name, id } = await create();
    await expect(ofNew({ name })).rejects.toMatchObject({ code: 'already_exists' });
    // Nobody is called so, though it finds that policy.
    expect(await ofNew({ name: id })).toMatchObject({ policy: { name: id } });
  });

  it('may be called as the path that it is asked for by', async () => {
    await create({}, 'dry-run');
    expect((await ofChange('dry-run', {})).policy.name).toBe('dry-run');
    expect(await client.getPolicy({ params: { policy: 'dry-run' } })).toMatchObject({ name: 'dry-run' });
  });
});

describe('a dry run of a change', () => {
  it('is the plan, by its hash too, that the policy has once it is changed, with its coming instants and warnings', async () => {
    const { id, name, spec } = await create({ schedule: { when: 'every 6h' } });
    const changed = {
      ...spec,
      match: [{ names: ['ci-1'] }],
      mode: 'apply' as const,
      caps: { ...spec.caps, networks: 0 },
    };
    const { next, warnings, ...tried } = await ofChange(name, { spec: changed, version: 1 });
    const policy = await client.updatePolicy({ params: { policy: id }, body: { spec: changed, version: 1 } });
    expect(tried).toEqual(await planOf(name));
    expect(tried).toMatchObject({ policy: { id, name, version: 2 }, summary: { remove: 2 } });
    expect([next, warnings]).toEqual([policy.next, policy.warnings]);
    expect(warnings).toEqual(['caps.networks is 0: no run removes anything.']);
  });

  it('stores nothing', async () => {
    const { name } = await create({ schedule: nightly });
    const before = await stored();
    await ofChange(name, { spec: { ...eager, unusedFor: '9d' } });
    expect(await stored()).toEqual(before);
  });

  it('that changes nothing is the plan as it is', async () => {
    const { name, spec } = await create();
    expect(await ofChange(name, { spec })).toMatchObject(await planOf(name));
  });

  it('has no instants while the policy is paused', async () => {
    const { name, spec } = await create({ schedule: nightly });
    await client.updatePolicy({ params: { policy: name }, body: { paused: true } });
    expect((await ofChange(name, { spec: { ...spec, unusedFor: '9d' } })).next).toEqual([]);
  });

  it('warns of a run that the change would end', async () => {
    const { id, name, spec } = await create();
    const [policy] = (await new PoliciesStore(rig.database, rig.runtime.audit).all()).filter((each) => each.id === id);
    // Due tomorrow, so that the runs of the rig leave it alone.
    const run = { ...aRun(policy!, rig.time), state: 'waiting', dueAt: rig.time + DAY } as const;
    const runs = new RunsStore(rig.database, rig.runtime.audit);
    await runs.add([run], { verb: 'start', actor: ACTOR, at: rig.time });
    const { warnings } = await ofChange(name, { spec: { ...spec, unusedFor: '9d' } });
    expect(warnings).toEqual([`Run ${run.id} was going to begin by version 1: it ends without removing anything.`]);
    expect((await client.getRun({ params: { run: run.id } })).state).toBe('waiting');
  });

  it('is refused as the change is', async () => {
    const { name } = await create();
    expect(await codeOf(ofChange('nowhere', {}))).toBe('policy_not_found');
    expect(await codeOf(ofChange(name, { version: 7 }))).toBe('plan_stale');
    await expect(ofChange(name, { spec: { matchAll: false } })).rejects.toMatchObject({
      code: 'invalid_argument',
      faults: [{ path: '/spec/matchAll' }],
    });
  });
});

describe('the pages of a dry run', () => {
  it('are of one plan, and not taken for those of another policy that is tried', async () => {
    const plan = { limit: 3, action: 'remove' } as const;
    const first = await ofNew({ plan });
    const other = { ...eager, match: [{ names: ['shop'] }] };
    await ofNew({ spec: other, plan });
    const rest = await ofNew({ plan: { ...plan, cursor: first.nextCursor } });
    expect(rest).toMatchObject({ hash: first.hash, nextCursor: null });
    expect([...first.items, ...rest.items].map(({ host, network: { name } }) => `${host} ${name}`)).toEqual([
      'web-1 ci-1',
      'web-1 ci-2',
      'web-2 ci-1',
      'web-2 ci-2',
    ]);
    const mixed = ofNew({ spec: other, plan: { ...plan, cursor: first.nextCursor } });
    expect(await codeOf(mixed)).toBe('invalid_argument');
  });

  it('of two changes to one version are of one change each', async () => {
    const { name } = await create({ unusedFor: '9d' });
    const tries = ['ci-1', 'shop'].map((each) => ({ ...eager, match: [{ names: [each] }] }));
    const plan = { limit: 1, action: 'remove' } as const;
    const firsts = await Promise.all(tries.map((spec) => ofChange(name, { spec, plan })));
    for (const [index, spec] of tries.entries()) {
      const { items, hash } = await ofChange(name, { spec, plan: { ...plan, cursor: firsts[index]!.nextCursor } });
      expect(items.map(({ network: { name: shown } }) => shown)).toEqual([spec.match[0]!.names[0]]);
      expect(hash).toBe(firsts[index]!.hash);
    }
  });
});

describe('who may try a policy', () => {
  const outcomes = async (wish: Parameters<Rig['token']>[0]): Promise<string[]> => {
    const { name } = await create();
    const as = await clientOf(wish);
    return Promise.all([
      codeOf(as.dryRunNewPolicy({ body: { name: 'tried', spec: eager } })),
      codeOf(as.dryRunPolicy({ params: { policy: name }, body: { spec: eager } })),
    ]);
  };

  it('is whoever may look at plans', async () => {
    expect(await outcomes({ role: 'viewer' })).toEqual(['ok', 'ok']);
  });

  it('is nobody who is bounded to some hosts, and nobody without credentials', async () => {
    expect(await outcomes({ role: 'admin', hosts: 'env=prod' })).toEqual(['forbidden', 'forbidden']);
    const nobody = createClient({ baseUrl: base });
    expect(await codeOf(nobody.dryRunNewPolicy({ body: { name: 'tried', spec: eager } }))).toBe('unauthenticated');
  });
});
