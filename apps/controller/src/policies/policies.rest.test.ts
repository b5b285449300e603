import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, policy as policyView, type PolicyView, policyVersionList } from '@fairlead/api';
import { type INestApplication } from '@nestjs/common';
import { createServer, listen } from '../http/server.js';
import { createLogger } from '../log.js';
import { Rig } from '../testing/rig.js';
import { ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let app: INestApplication;
let base: string;
let client: Awaited<ReturnType<typeof clientOf>>;

beforeAll(async () => {
  rig = await Rig.start();
  app = await createServer(rig.runtime, () => rig.time, createLogger('silent'));
  base = `http://127.0.0.1:${await listen(app, 0)}`;
  await rig.attach(new ScriptedAgent('web-1', { labels: { env: 'prod' } }));
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

/** A policy of a name of its own. */
let made = 0;
const create = (spec: object = {}, name = `policy-${(made += 1)}`): Promise<PolicyView> =>
  client.createPolicy({ body: { name, spec: { matchAll: true, ...spec } } });
const update = (name: string, body: object): Promise<PolicyView> =>
  client.updatePolicy({ params: { policy: name }, body: { ...body } });
const show = (policy: string, next?: number): Promise<PolicyView> =>
  client.getPolicy({ params: { policy }, query: next === undefined ? {} : { next } });

const auditOf = async (policyId: string) => {
  const entries = await rig.database.prisma.auditEntry.findMany({ orderBy: { seq: 'asc' } });
  return entries.filter(({ target }) => (target as { policyId?: string }).policyId === policyId);
};

describe('a policy', () => {
  it('is created in version 1 with its defaults, and found by name and by id', async () => {
    const policy = policyView.parse(await create({ hosts: 'env=prod' }, 'nightly'));
    expect(policy).toMatchObject({
      name: 'nightly',
      version: 1,
      paused: false,
      createdAt: '2026-11-24T09:30:00.000Z',
      createdBy: expect.stringMatching(/^token-/),
      schedule: '',
      next: [],
      warnings: [],
    });
    expect(policy.spec).toMatchObject({ hosts: 'env=prod', unusedFor: '14d', mode: 'report', caps: { networks: 20 } });
    expect(await show('nightly')).toEqual(policy);
    expect(await show(policy.id)).toEqual(policy);
  });

  it('has a name that no other has', async () => {
    await create({}, 'taken');
    await expect(create({}, 'taken')).rejects.toMatchObject({
      code: 'already_exists',
      message: "There is a policy 'taken' already",
    });
    const { items } = await client.listPolicies({ query: {} });
    expect(items.filter(({ name }) => name === 'taken')).toHaveLength(1);
  });

  it('is listed in order of name', async () => {
    await create({}, 'zz-last');
    await create({}, 'aa-first');
    const names = (await client.listPolicies({ query: {} })).items.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['aa-first', 'zz-last']));
  });

  it('gets a new version where it says something else, and keeps the old ones', async () => {
    const { id, name, spec } = await create();
    rig.time += 1000;
    const changed = await update(name, { spec: { ...spec, mode: 'apply', unusedFor: '7d' } });
    expect(changed).toMatchObject({ version: 2, spec: { mode: 'apply', unusedFor: '7d' } });
    const { items } = policyVersionList.parse(await client.listPolicyVersions({ params: { policy: id } }));
    expect(items.map(({ version, spec: { unusedFor } }) => [version, unusedFor])).toEqual([
      [2, '7d'],
      [1, '14d'],
    ]);
    expect(Date.parse(items[0]!.createdAt) - Date.parse(items[1]!.createdAt)).toBe(1000);
  });

  it('stays at its version where it says the same or only rests', async () => {
    const { id, name, spec } = await create();
    expect(await update(name, { spec })).toMatchObject({ version: 1 });
    expect(await update(name, { paused: true })).toMatchObject({ version: 1, paused: true });
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['policy.create', 'policy.pause']);
  });

  it('is not changed by who has seen another version', async () => {
    const { name, spec } = await create();
    await update(name, { spec: { ...spec, unusedFor: '7d' }, version: 1 });
    await expect(update(name, { spec: { ...spec, unusedFor: '9d' }, version: 1 })).rejects.toMatchObject({
      code: 'plan_stale',
      message: `Policy '${name}' is at version 2 by now; version 1 was to be changed`,
    });
    expect(await show(name)).toMatchObject({ version: 2, spec: { unusedFor: '7d' } });
  });

  it('takes one of two changes to the same version', async () => {
    const { name, spec } = await create();
    const results = await Promise.allSettled(
      ['7d', '9d'].map((unusedFor) => update(name, { spec: { ...spec, unusedFor }, version: 1 })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await show(name)).toMatchObject({ version: 2 });
  });

  it('is gone once it is removed, and its name is free', async () => {
    const { id } = await create({}, 'brief');
    await client.removePolicy({ params: { policy: 'brief' } });
    await expect(show('brief')).rejects.toMatchObject({ code: 'policy_not_found' });
    expect((await create({}, 'brief')).id).not.toBe(id);
    const actions = (await auditOf(id)).map(({ action, outcome }) => [action, outcome]);
    expect(actions).toEqual([
      ['policy.create', 'done'],
      ['policy.remove', 'done'],
    ]);
  });

  it('leaves a row of the audit for each change, with what it says from then on', async () => {
    const { id, name, spec } = await create();
    await update(name, { spec: { ...spec, unusedFor: '7d' }, paused: true });
    await update(name, { paused: false });
    const rows = await auditOf(id);
    expect(rows.map(({ action }) => action)).toEqual([
      'policy.create',
      'policy.update',
      'policy.pause',
      'policy.resume',
    ]);
    expect(rows[1]).toMatchObject({ target: { policy: name }, detail: { version: 2, spec: { unusedFor: '7d' } } });
  });

  it('that does not exist is answered with those that do', async () => {
    await create({}, 'here');
    await expect(show('nowhere')).rejects.toMatchObject({
      code: 'policy_not_found',
      message: "There is no policy 'nowhere'",
      hint: expect.stringMatching(/here.* See 'fairlead policy ls'\.$/),
    });
  });
});

describe('the schedule of a policy', () => {
  const nightly = { when: '0 2 * * *', zone: 'Europe/Berlin' };

  it('is told in words, with its coming instants', async () => {
    const { name } = await create({ schedule: nightly });
    expect(await show(name, 2)).toMatchObject({
      schedule: expect.stringContaining('Europe/Berlin'),
      next: ['2026-11-25T01:00:00.000Z', '2026-11-26T01:00:00.000Z'],
    });
    expect((await show(name, 0)).next).toEqual([]);
  });

  it('rests with the policy, and does not make up for it afterwards', async () => {
    const { id, name } = await create({ schedule: nightly });
    expect((await update(name, { paused: true })).next).toEqual([]);
    rig.time += 3 * 86_400_000;
    expect((await update(name, { paused: false })).next).toHaveLength(1);
    const { scheduledThrough } = await rig.database.prisma.policy.findUniqueOrThrow({ where: { id } });
    expect(Number(scheduledThrough)).toBe(rig.time);
  });

  it('counts an interval from when it was set, whatever else is changed later', async () => {
    const { name, spec } = await create({ schedule: { when: 'every 6h' } });
    const first = (await show(name)).next;
    rig.time += 60_000;
    expect((await update(name, { spec: { ...spec, unusedFor: '1d' } })).next).toEqual(first);
    const sooner = await update(name, { spec: { ...spec, schedule: { ...spec.schedule!, when: 'every 1h' } } });
    expect(sooner.next).toEqual([new Date(rig.time + 3_600_000).toISOString()]);
  });
});

describe('a policy with something odd', () => {
  it.each([
    [{ hosts: 'env=nowhere' }, "No host fits 'env=nowhere' now: a run has nothing to look at."],
    [
      { canary: 'canary=yes' },
      "No host of this policy fits the canary selector 'canary=yes' now: a run begins with the first host by name.",
    ],
    [
      { schedule: { when: '0 2 * * *', window: { from: '03:00', to: '05:00' } } },
      'Its window (03:00 to 05:00) is closed whenever its schedule comes: nothing is removed by itself.',
    ],
    [{ caps: { networks: 0 } }, 'caps.networks is 0: no run removes anything.'],
    [
      { caps: { hostPercent: 0, fleetPercent: 0 } },
      'caps.hostPercent and caps.fleetPercent are 0: no run removes anything.',
    ],
  ])('is taken, and told of: %j', async (spec, warning) => {
    expect((await create(spec)).warnings).toEqual([warning]);
  });

  it('is told that it runs only by hand where it applies and has no schedule', async () => {
    const { name, spec } = await create();
    expect((await update(name, { spec: { ...spec, mode: 'apply' } })).warnings).toEqual([
      'It is in the mode apply and has no schedule: it runs only when somebody runs it.',
    ]);
  });

  it('is not warned of a window that opens later in the week', async () => {
    const schedule = { when: '0 2 * * *', window: { from: '01:00', to: '05:00', days: [6] } };
    expect((await create({ schedule })).warnings).toEqual([]);
  });
});

describe('a policy that cannot be', () => {
  const all = { matchAll: true };
  const refused = async (body: object): Promise<{ status: number; detail: string; faults: { path: string }[] }> => {
    const headers = { authorization: `Bearer ${await rig.token()}`, 'content-type': 'application/json' };
    const response = await fetch(`${base}/api/v1/policies`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { status: number; detail: string; faults: { path: string }[] };
  };

  it.each([
    [
      {},
      '/spec/matchAll: no rule says which networks are meant: add one to match, or set matchAll to mean every unused network',
    ],
    [
      { match: [{ names: ['*'] }] },
      '/spec/match: a rule of match leaves out next to no network: narrow it, or set matchAll to say that so many are meant',
    ],
    [
      { ...all, mode: 'apply' },
      "/spec/mode: a new policy begins in the mode report: look at 'fairlead policy plan bad', then 'fairlead policy edit bad --mode apply'",
    ],
    [
      { ...all, notify: [{ channel: 'ops' }] },
      "/spec/notify/0/channel: the controller has no channel 'ops': it knows none (--notifications)",
    ],
    [{ ...all, schedule: { when: '0 2 * * *', jitter: '2d' } }, '/spec/schedule/jitter: is more than a day'],
    [{ ...all, schedule: { when: 'every 6h', zone: 'Europe/Berlim' } }, '/spec/schedule/zone: '],
    [{ ...all, schedule: { when: '0 0 30 2 *' } }, '/spec/schedule/when: '],
    [{ ...all, schedule: { when: '0 2 * * *', window: { from: '02:00', to: '02:00' } } }, '/spec/schedule/window/to: '],
  ])('%j is refused with the place and the reason', async (spec, message) => {
    const { status, detail } = await refused({ name: 'bad', spec });
    expect(status).toBe(400);
    expect(detail).toContain(`The policy is not valid: ${message}`);
  });

  it.each([
    [{ ...all, unusedFor: 'long' }, '/spec/unusedFor: '],
    [{ ...all, hosts: 'env=prod=x' }, '/spec/hosts: '],
    [{ ...all, canary: 'env=prod=x' }, "/spec/canary: 'env=prod=x' "],
    [{ ...all, approveWithin: '100000000d' }, "/spec/approveWithin: '100000000d' is more than ten years"],
    [{ ...all, schedule: { when: 'every 6h', startWithin: '522w' } }, '/spec/schedule/startWithin: '],
    [{ match: [{ labels: '=' }] }, '/spec/match/0/labels: '],
    [{ match: [{ prefix: { min: 24, max: 8 } }] }, '/spec/match/0/prefix: min is above max'],
    [{ ...all, caps: { hostPercent: 101 } }, '/spec/caps/hostPercent: '],
    [
      { ...all, schedule: { when: '0 2 * * *', window: { from: '2am', to: '05:00' } } },
      '/spec/schedule/window/from: is not a time such as 02:30',
    ],
    [{ ...all, colour: 'red' }, '/spec/colour: there is no such field'],
  ])('%j is refused by its schema', async (spec, message) => {
    const { status, detail } = await refused({ name: 'bad', spec });
    expect(status).toBe(400);
    expect(detail).toContain(`The request is not valid: ${message}`);
  });

  it('is told of all that is wrong with it at once', async () => {
    const spec = { mode: 'apply', schedule: { when: 'never', zone: 'Nowhere' }, notify: [{ channel: 'ops' }] };
    const { faults } = await refused({ name: 'bad', spec });
    expect(faults.map(({ path }) => path)).toEqual([
      '/spec/mode',
      '/spec/matchAll',
      '/spec/schedule/when',
      '/spec/schedule/zone',
      '/spec/notify/0/channel',
    ]);
  });

  it('is told of a schedule that cannot be, and of rules that are too wide, beside what its schema refuses', async () => {
    const window = { from: '01:00', to: '01:00' };
    const schedule = { when: 'every 1s', zone: 'Mars/Base', startWithin: 'soon', window };
    const spec = { match: [{ names: ['*'] }], unusedFor: 'bad', schedule, caps: { networks: 0.5 } };
    const paths = [
      '/spec/unusedFor',
      '/spec/schedule/startWithin',
      '/spec/caps/networks',
      '/spec/match',
      '/spec/schedule/when',
      '/spec/schedule/zone',
      '/spec/schedule/window/to',
    ];
    const { detail, faults } = await refused({ name: 'bad', spec });
    expect(faults.map(({ path }) => path)).toEqual(paths);
    expect(detail).toContain('; /spec/schedule/zone: ');
    const { name } = await create();
    await expect(update(name, { spec })).rejects.toMatchObject({ faults: paths.map((path) => ({ path })) });
  });

  it('is refused as a change too, and the policy stays what it was', async () => {
    const { name, spec } = await create();
    await expect(update(name, { spec: { ...spec, matchAll: false } })).rejects.toMatchObject({
      code: 'invalid_argument',
      faults: [{ path: '/spec/matchAll' }],
    });
    expect(await show(name)).toMatchObject({ version: 1, spec: { matchAll: true } });
  });

  it.each(['Nightly', '-a', 'a b', '', 'x'.repeat(64)])('has no name such as %j', async (name) => {
    expect(await refused({ name, spec: all })).toMatchObject({ status: 400 });
  });
});

describe('who may do what', () => {
  const calls = (as: Awaited<ReturnType<typeof clientOf>>, policy: string) => ({
    list: () => as.listPolicies({ query: {} }),
    show: () => as.getPolicy({ params: { policy }, query: {} }),
    versions: () => as.listPolicyVersions({ params: { policy } }),
    plan: () => as.planPolicy({ params: { policy }, body: {} }),
    create: () => as.createPolicy({ body: { name: `by-${(made += 1)}`, spec: { matchAll: true } } }),
    update: () => as.updatePolicy({ params: { policy }, body: { paused: true } }),
    remove: () => as.removePolicy({ params: { policy } }),
  });
  const allowed = async (wish: Parameters<Rig['token']>[0]): Promise<string[]> => {
    const { name } = await create();
    const results = Object.entries(calls(await clientOf(wish), name)).map(async ([call, ask]) => {
      const code = await ask().then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
      return `${call} ${code}`;
    });
    return Promise.all(results);
  };

  it('a viewer looks, and changes nothing', async () => {
    expect(await allowed({ role: 'viewer' })).toEqual([
      'list ok',
      'show ok',
      'versions ok',
      'plan ok',
      'create forbidden',
      'update forbidden',
      'remove forbidden',
    ]);
  });

  it('who is bounded to some hosts gets none of it: a policy is about the whole fleet', async () => {
    const outcomes = await allowed({ role: 'admin', hosts: 'env=prod' });
    expect(outcomes.every((outcome) => outcome.endsWith(' forbidden'))).toBe(true);
  });
});
