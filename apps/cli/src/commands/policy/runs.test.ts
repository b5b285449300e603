import type { RunView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aRun, aRunItem } from '../../../test/views.js';

const ID = '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072';
const progress = { total: 2, done: 2, removed: 1, kept: 1, failed: 0, undone: 0, skipped: 0 };
const run = aRun({ id: ID, mode: 'apply', outcome: 'done', reason: '', progress });
const page = (...items: RunView[]) => ({ items, total: items.length, nextCursor: null });
const removed = aRunItem('ci-1', { removal: 'r-1' });
const kept = aRunItem('ci-2', { outcome: 'kept', reason: 'container one uses it', removal: null });
const items = { items: [removed, kept], total: 2, nextCursor: null };

describe('policy runs', () => {
  it('lists runs with what came of them', async () => {
    const missed = aRun({
      id: 'run-2',
      outcome: 'missed',
      reason: 'the controller was away',
      scheduledUntil: '2026-11-24T06:00:00.000Z',
      instants: 5,
      progress: { ...progress, total: 0 },
    });
    const { out } = await fairlead('policy runs', {
      listRuns: () => page({ ...run, trigger: 'person', actor: 'ann' }, missed, aRun({ id: 'run-3' })),
    });
    expect(out.split('\n').map((line) => line.split(/ {3,}/))).toEqual([
      ['RUN', 'POLICY', 'MODE', 'FOR', 'CREATED', 'OUTCOME', 'NETWORKS', 'WHY'],
      [ID, 'nightly v1', 'apply', 'ann', '7h 30m ago', 'done', '1 removed, 1 kept of 2'],
      [
        'run-2',
        'nightly v1',
        'report',
        '2026-11-24T02:00:00.000Z to 2026-11-24T06:00:00.000Z (5 times)',
        '7h 30m ago',
        'missed',
        'the controller was away',
      ],
      [
        'run-3',
        'nightly v1',
        'report',
        '2026-11-24T02:00:00.000Z',
        '7h 30m ago',
        'reported',
        '2 would go',
        'the policy only reports: 2 networks would have been removed',
      ],
      [''],
    ]);
  });

  it('asks for what was asked for', async () => {
    const line = 'policy runs nightly --state running --outcome done --outcome failed -n 3 -q';
    const { out, controller } = await fairlead(line, { listRuns: () => page(run) });
    expect([...controller.asked[0]!.query]).toEqual([
      ['policy', 'nightly'],
      ['state', 'running'],
      ['outcome', 'done'],
      ['outcome', 'failed'],
      ['limit', '3'],
    ]);
    expect(out).toBe(`${ID}\n`);
  });

  it.each([
    '--outcome removed',
    '--state over',
    '--host web-1',
    `nightly --run ${ID}`,
    `--run ${ID} --outcome done`,
    `--run ${ID} --state running`,
  ])('refuses %s', async (flags) => {
    const { exitCode, controller } = await fairlead(`policy runs ${flags}`, {});
    expect(exitCode).toBe(2);
    expect(controller.asked).toEqual([]);
  });
});

describe('a policy that there is not', () => {
  const listRuns = () => {
    throw new FairleadError('policy_not_found', "There is no policy 'nope'");
  };

  it.each(['runs nope', 'approve nope -f', 'cancel nope'])('is said by policy %s', async (words) => {
    const { exitCode, err } = await fairlead(`policy ${words}`, { listRuns });
    expect(exitCode).toBe(3);
    expect(err).toContain("There is no policy 'nope'");
  });

  it('is not meant where one has no runs yet', async () => {
    const { exitCode, err } = await fairlead('policy runs nightly', { listRuns: () => page() });
    expect(exitCode).toBe(0);
    expect(err).toBe('');
  });
});

describe('policy runs --run', () => {
  const answers = { getRun: () => run, listRunItems: () => items };

  it('shows every network with its outcome, its reason and the id by which it is restored', async () => {
    const approved = { ...run, approvedBy: 'ann', approvedAt: '2026-11-24T02:01:00.000Z' };
    const { out } = await fairlead(`policy runs --run ${ID}`, { ...answers, getRun: () => approved });
    expect(out).toBe(
      [
        'HOST    NETWORK   OUTCOME   WHY                                                   ENDED                      ID OF REMOVAL',
        'web-1   ci-1      removed   no container, running or stopped, was on it for 31d   2026-11-24T02:00:13.000Z   r-1',
        'web-1   ci-2      kept      container one uses it                                 2026-11-24T02:00:13.000Z',
        `nightly ${ID}: done, 1 removed, 1 kept of 2`,
        '  nightly, version 1, mode apply, for 2026-11-24T02:00:00.000Z, approved by ann at 2026-11-24T02:01:00.000Z',
        '  finished 2026-11-24T02:00:12.000Z',
        '',
      ].join('\n'),
    );
  });

  it('gives data, ids of removals, and only what was asked for', async () => {
    expect(JSON.parse((await fairlead(`policy runs --run ${ID} -o json`, answers)).out)).toEqual({
      ...run,
      items: items.items,
    });
    expect((await fairlead(`policy runs --run ${ID} -q`, answers)).out).toBe('r-1\n');
    const ran = await fairlead(`policy runs --run ${ID} --outcome kept --host web-1 -n 1`, {
      ...answers,
      listRunItems: () => ({ ...items, items: [kept] }),
    });
    expect(ran.out).toContain('... and 1 more (--limit)\n');
    expect(ran.controller.of('listRunItems')[0]?.query.toString()).toBe('outcome=kept&host=web-1&limit=1');
  });

  it('says where there is none', async () => {
    const getRun = () => {
      throw new FairleadError('run_not_found', 'There is no such run');
    };
    expect((await fairlead(`policy runs --run ${ID}`, { ...answers, getRun })).exitCode).toBe(3);
  });
});

describe('policy approve', () => {
  const waiting = {
    ...run,
    state: 'awaiting-approval' as const,
    outcome: null,
    expiresAt: '2026-11-24T10:00:00.000Z',
    planHash: 'h1',
  };
  const answers = {
    getRun: () => waiting,
    listRuns: () => page(waiting),
    listRunItems: () => ({ items: [removed, aRunItem('ci-2')], total: 2, nextCursor: null }),
    approveRun: () => ({ ...run, progress: { ...progress, removed: 2, kept: 0 } }),
  };

  it('shows the plan that it is for, asks, and says yes to that one', async () => {
    const { err, questions, out, exitCode, controller } = await fairlead(`policy approve ${ID}`, answers, {
      reply: 'yes',
    });
    expect(err).toContain('no container, running or stopped, was on it for 31d   exactly');
    expect(err).toContain('2 to remove; an approval is taken until 2026-11-24T10:00:00.000Z, in 30m');
    expect(questions).toEqual(['Remove 2 networks? [y/N] ']);
    expect(controller.of('approveRun')[0]).toMatchObject({ params: { run: ID }, body: { planHash: 'h1' } });
    expect(out).toBe(`nightly ${ID}: done, 2 removed of 2\n`);
    expect(exitCode).toBe(0);
  });

  it('counts many networks by host before it asks', async () => {
    const many = Array.from({ length: 21 }, (_, i) => aRunItem(`ci-${i}`));
    const { err } = await fairlead(
      `policy approve ${ID}`,
      { ...answers, listRunItems: () => ({ items: many, total: 21, nextCursor: null }) },
      { reply: 'n' },
    );
    expect(err).toMatch(/^HOST +NETWORKS +RESTORABLE\nweb-1 +21 +exactly\nnightly, version 1/);
    expect(err).toContain(`To see each of them: fairlead policy runs --run ${ID}\n`);
  });

  it('finds the run of a policy that waits', async () => {
    const { controller } = await fairlead('policy approve nightly --force', answers);
    expect(controller.of('listRuns')[0]?.query.toString()).toBe('policy=nightly&state=awaiting-approval');
    expect(controller.of('approveRun')[0]?.params).toEqual({ run: ID });
  });

  it.each([
    ['no run waits', { listRuns: () => page() }, 'nightly -f', 3],
    ['several wait', { listRuns: () => page(waiting, waiting) }, 'nightly -f', 2],
    ['it does not wait', { getRun: () => run }, `${ID} -f`, 4],
    ['nobody can be asked', {}, ID, 2],
  ])('is refused where %s', async (_, others, words, code) => {
    const { exitCode, controller } = await fairlead(`policy approve ${words}`, { ...answers, ...others });
    expect(exitCode).toBe(code);
    expect(controller.of('approveRun')).toEqual([]);
  });

  it('of a plan that no longer holds is refused by the controller', async () => {
    const approveRun = () => {
      throw new FairleadError('plan_stale', 'web-1/ci-1 is in use by now');
    };
    const { exitCode, err, controller } = await fairlead(`policy approve ${ID} --plan-hash h0`, {
      ...answers,
      approveRun,
    });
    expect(exitCode).toBe(4);
    expect(err).toContain('web-1/ci-1 is in use by now');
    expect(controller.of('approveRun')[0]?.body).toEqual({ planHash: 'h0' });
  });

  it('is not said twice where the answer is lost: the run may have begun', async () => {
    const approveRun = () => {
      throw new TypeError('fetch failed');
    };
    const { exitCode, err, controller } = await fairlead(`policy approve ${ID} -f`, { ...answers, approveRun });
    expect(exitCode).toBe(75);
    expect(err).toContain(`See 'fairlead policy runs --run ${ID}' before you try again.`);
    expect(controller.of('approveRun')).toHaveLength(1);
  });
});

describe('policy cancel', () => {
  const cancelled = { ...run, outcome: 'cancelled' as const, reason: 'ann cancelled it' };

  it('stops a run, by its id or its policy', async () => {
    const running = { ...run, state: 'running' as const, outcome: null };
    const answers = { listRuns: () => page(running), getRun: () => running, cancelRun: () => cancelled };
    const { out, exitCode } = await fairlead(`policy cancel ${ID}`, answers);
    expect(out).toBe(`nightly ${ID}: cancelled, 1 removed, 1 kept of 2, ann cancelled it\n`);
    expect(exitCode).toBe(0);
    const { controller } = await fairlead('policy cancel nightly', answers);
    expect(controller.of('listRuns')[0]?.query.getAll('state')).not.toContain('finished');
    expect(controller.of('cancelRun')[0]?.params).toEqual({ run: ID });
  });

  it('says where one was finished already', async () => {
    const { out, err, exitCode, controller } = await fairlead(`policy cancel ${ID}`, { getRun: () => run });
    expect(err).toBe(`Run ${ID} was finished already: nothing was cancelled.\n`);
    expect(out).toBe(`nightly ${ID}: done, 1 removed, 1 kept of 2\n`);
    expect(exitCode).toBe(0);
    expect(controller.of('cancelRun')).toEqual([]);
  });

  it('says where there is none to stop', async () => {
    const { exitCode, err } = await fairlead('policy cancel nightly', { listRuns: () => page() });
    expect(exitCode).toBe(3);
    expect(err).toBe("error: No run of 'nightly' is under way\nSee 'fairlead policy runs nightly'.\n");
  });
});
