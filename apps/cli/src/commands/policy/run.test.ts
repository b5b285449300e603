import type { RunItemView, RunView } from '@fairlead/api';
import { FairleadError, overCaps } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fairlead, NOW } from '../../../test/run.js';
import { aPolicyItem, aPolicyPlan, aRun, aRunItem } from '../../../test/views.js';

const ID = '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072';
const progress = (said: Partial<RunView['progress']>): RunView['progress'] => ({
  ...{ total: 0, done: 0, removed: 0, kept: 0, failed: 0, undone: 0, skipped: 0 },
  ...said,
});
const began = aRun({ id: ID, mode: 'apply', state: 'planning', outcome: null, reason: '', progress: progress({}) });
const under = (said: Partial<RunView['progress']>, reason = ''): RunView => ({
  ...began,
  state: 'running',
  reason,
  progress: progress(said),
});
const ended = (outcome: RunView['outcome'], said: Partial<RunView['progress']>, reason = ''): RunView => ({
  ...began,
  state: 'finished',
  outcome,
  reason,
  progress: progress(said),
});
const done = ended('done', { total: 2, done: 2, removed: 2 });
const plan = aPolicyPlan([aPolicyItem('ci-1'), aPolicyItem('ci-2')]);
/** For the share of the fleet and of its host. */
const overItsCaps = overCaps(
  { networks: 20, hostPercent: 10, fleetPercent: 5 },
  [{ host: 'web-1', networks: 10, remove: 2 }],
  10,
);
const page = (...items: RunItemView[]) => ({ items, total: items.length, nextCursor: null });
const answers = { planPolicy: () => plan, startRun: () => began, getRun: () => done };

describe('policy run', () => {
  it('shows the plan, asks, and removes what was shown', async () => {
    const { out, err, questions, exitCode, controller } = await fairlead('policy run nightly', answers, { reply: 'y' });
    expect(err).toContain('nightly, version 1: 2 to remove, 0 kept, on 1 host\n');
    expect(questions).toEqual(['Remove 2 networks on web-1? [y/N] ']);
    expect(controller.of('startRun')[0]?.body).toEqual({ mode: 'apply', planHash: plan.hash });
    expect(out).toBe(`nightly ${ID}: done, 2 removed of 2\n`);
    expect(err).toContain(`To get back what it removed: fairlead network restore --run ${ID}\n`);
    expect(exitCode).toBe(0);
  });

  it('counts many networks by host before it asks', async () => {
    const items = Array.from({ length: 25 }, (_, i) =>
      aPolicyItem(`ci-${i}`, {
        host: i < 15 ? 'web-1' : 'web-2',
        simulated: i < 15,
        ...(i === 20 && { restorability: 'with-changes', losses: ['its driver x is a plugin'] }),
      }),
    );
    const big = aPolicyPlan(items, { hosts: 2, remove: 26 });
    const { err, questions } = await fairlead(
      'policy run nightly',
      { ...answers, planPolicy: () => big },
      { reply: 'n' },
    );
    expect(err.split('\n')).toEqual([
      'HOST                NETWORKS   RESTORABLE',
      'web-1 (simulated)   15         exactly',
      'web-2               10         9 exactly, 1 not',
      '... and 1 network more',
      expect.stringContaining('nightly, version 1: 26 to remove'),
      'To see each of them: fairlead policy plan nightly',
      'Nothing was done.',
      '',
    ]);
    expect(questions).toEqual(['Remove 26 networks on 2 hosts? [y/N] ']);
  });

  it('starts nothing where the answer is no, or where there is nothing to remove', async () => {
    const no = await fairlead('policy run nightly', answers, { reply: 'n' });
    expect(no.controller.of('startRun')).toEqual([]);
    expect(no.exitCode).toBe(4);
    const none = await fairlead('policy run nightly -f', { ...answers, planPolicy: () => aPolicyPlan([]) });
    expect(none.controller.of('startRun')).toEqual([]);
    expect(none.err).toContain('0 to remove');
    expect(none.exitCode).toBe(0);
  });

  it('asks nothing with --force or with the hash of a plan', async () => {
    const forced = await fairlead('policy run nightly --force', answers);
    expect(forced.controller.of('startRun')[0]?.body).toEqual({ mode: 'apply', planHash: plan.hash });
    const bound = await fairlead('policy run nightly --plan-hash h1', answers);
    expect(bound.controller.of('startRun')[0]?.body).toEqual({ mode: 'apply', planHash: 'h1' });
    expect(bound.controller.of('planPolicy')).toEqual([]);
  });

  it('refuses to go on without a terminal, and flags that say two things', async () => {
    for (const flags of ['', ' --report --force', ' --report --plan-hash h1']) {
      const ran = await fairlead(`policy run nightly${flags}`, answers);
      expect(ran.exitCode).toBe(2);
      expect(ran.controller.asked).toEqual([]);
    }
  });

  it('only reports with --report', async () => {
    const reported = ended('reported', { total: 2 }, 'the policy only reports: 2 networks would have been removed');
    const ran = await fairlead('policy run nightly --report', { ...answers, getRun: () => reported });
    expect(ran.controller.of('startRun')[0]?.body).toEqual({ mode: 'report' });
    expect(ran.out).toBe(`nightly ${ID}: reported, the policy only reports: 2 networks would have been removed\n`);
    expect(ran.exitCode).toBe(0);
  });

  it('begins nothing that is over the caps', async () => {
    const over = aPolicyPlan(plan.items, { overCaps: [...overItsCaps] });
    const { exitCode, err, controller } = await fairlead('policy run nightly -f', {
      ...answers,
      planPolicy: () => over,
    });
    expect(exitCode).toBe(4);
    expect(err).toContain(`Nothing was removed: ${overItsCaps[0]} (and 1 more)\n`);
    expect(err).toContain('fairlead policy edit nightly --max-host-percent N --max-fleet-percent N\n');
    expect(controller.of('startRun')).toEqual([]);
  });

  it('names the flags of the caps that the controller finds too low', async () => {
    const startRun = () => {
      throw new FairleadError('caps_exceeded', `Nothing was removed: ${overItsCaps[0]}`, { hint: 'See the plan.' });
    };
    const { exitCode, err } = await fairlead('policy run nightly --plan-hash h1', { ...answers, startRun });
    expect(exitCode).toBe(4);
    const raise = 'fairlead policy edit nightly --max-fleet-percent N';
    expect(err).toBe(`error: Nothing was removed: ${overItsCaps[0]}\nSee the plan. To raise its caps: ${raise}\n`);
  });

  it.each(['plan_stale', 'caps_exceeded', 'frozen', 'run_active'] as const)('ends with 4 for %s', async (code) => {
    const startRun = () => {
      throw new FairleadError(code, 'no');
    };
    expect((await fairlead('policy run nightly -f', { ...answers, startRun })).exitCode).toBe(4);
  });

  it('does not start it twice where the answer is lost', async () => {
    const startRun = () => {
      throw new TypeError('fetch failed');
    };
    const { exitCode, err, controller } = await fairlead('policy run nightly -f', { ...answers, startRun });
    expect(exitCode).toBe(75);
    expect(err).toContain('fairlead policy runs nightly');
    expect(controller.of('startRun')).toHaveLength(1);
  });
});

describe('what came of a run', () => {
  const one = (outcome: RunItemView['outcome'], said: Partial<RunItemView> = {}) =>
    page(aRunItem('ci-2', { outcome, removal: null, ...said }));
  const finish = (run: RunView, items = page()) =>
    fairlead('policy run nightly -f', { ...answers, getRun: () => run, listRunItems: () => items });

  it.each([
    [
      0,
      ended('done', { total: 2, removed: 1, kept: 1 }),
      one('kept', { reason: 'container one uses it' }),
      'kept, container one uses it',
    ],
    [
      1,
      ended('done', { total: 2, removed: 1, failed: 1 }),
      one('failed', { reason: 'the engine failed', engineMessage: 'boom' }),
      'failed, the engine failed, engine says: boom',
    ],
    [
      1,
      ended('done', { total: 2, removed: 1, undone: 1 }),
      one('undone', { reason: 'container new was made on it', restored: 'f'.repeat(64) }),
      'undone, container new was made on it, made again as ffffffffffff',
    ],
    [
      1,
      ended('stopped', { total: 2, removed: 1, skipped: 1 }, 'its window closed'),
      one('skipped', { reason: 'its window closed' }),
      'skipped, its window closed',
    ],
    [
      75,
      ended('stopped', { total: 2, removed: 1, failed: 1 }),
      one('failed', { reason: 'it is not known what became of it', code: 'outcome_unknown' }),
      'failed, it is not known what became of it',
    ],
  ])('is told of each network that was not removed, and ends with %i', async (code, run, items, said) => {
    const { out, exitCode, controller } = await finish(run, items);
    expect(exitCode).toBe(code);
    expect(out.split('\n')[0]).toBe(`web-1/ci-2: ${said}`);
    expect(controller.of('listRunItems')[0]?.query.getAll('outcome')).toEqual(['kept', 'failed', 'undone', 'skipped']);
  });

  it.each([
    ['capped', 4],
    ['expired', 4],
    ['missed', 4],
    ['skipped', 4],
    ['cancelled', 1],
    ['failed', 1],
    ['stopped', 1],
    ['reported', 0],
    ['done', 0],
  ] as const)('%s ends with %i', async (outcome, code) =>
    expect((await finish(ended(outcome, {}))).exitCode).toBe(code),
  );

  it('where it was over a cap is said with the flag that raises it', async () => {
    const { err } = await finish(ended('capped', { total: 2 }, `nothing was removed: ${overItsCaps[1]}`));
    expect(err).toContain('To raise its caps: fairlead policy edit nightly --max-host-percent N\n');
  });

  it('where it waits for approval is said, with the command for it', async () => {
    const { exitCode, err } = await finish({ ...began, state: 'awaiting-approval' });
    expect(exitCode).toBe(4);
    expect(err).toContain(`fairlead policy approve ${ID}\n`);
  });

  it('as JSON is the run', async () => {
    expect(JSON.parse((await fairlead('policy run nightly -f -o json', answers)).out)).toEqual(done);
    expect((await fairlead('policy run nightly -f -o name', answers)).out).toBe(`${ID}\n`);
  });
});

describe('following a run', () => {
  const inTurn = (...views: (RunView | Error)[]) => {
    let next = 0;
    return () => {
      const view = views[Math.min(next++, views.length - 1)]!;
      if (view instanceof Error) throw view;
      return view;
    };
  };

  it('tells in plain lines what changes: its state at once, its progress every ten seconds', async () => {
    let now = NOW;
    const { err, out } = await fairlead(
      'policy run nightly --plan-hash h1',
      {
        ...answers,
        getRun: inTurn(
          under({ total: 3 }),
          under({ total: 3, done: 1, removed: 1 }),
          under({ total: 3, done: 2, removed: 2 }),
          { ...under({ total: 3, done: 2, removed: 2 }, 'ann froze it'), state: 'held' },
          ended('done', { total: 3, done: 3, removed: 3 }),
        ),
      },
      { now: () => now, sleep: () => Promise.resolve(void (now += 6_000)) },
    );
    expect(err.split('\n').slice(0, 3)).toEqual([
      'nightly: running, 0 removed of 3',
      'nightly: running, 2 removed of 3',
      'nightly: held, 2 removed of 3, ann froze it',
    ]);
    expect(out).toBe(`nightly ${ID}: done, 3 removed of 3\n`);
  });

  it('says at once why it does not begin', async () => {
    const waiting = { ...began, state: 'waiting' as const, reason: 'it waits for the window (01:00 to 05:00)' };
    const { err } = await fairlead('policy run nightly -f', { ...answers, startRun: () => waiting });
    expect(err).toContain('nightly: waiting, it waits for the window (01:00 to 05:00)\n');
  });

  it('outlasts a controller that starts again, and gives up on one that does not', async () => {
    const away = new TypeError('fetch failed');
    const back = await fairlead('policy run nightly -f', {
      ...answers,
      getRun: inTurn(away, away, under({ total: 2 }), away, done),
    });
    expect(back.exitCode).toBe(0);
    const gone = await fairlead('policy run nightly -f', { ...answers, getRun: inTurn(away) });
    expect(gone.exitCode).toBe(75);
    expect(gone.err).toContain(`fairlead policy runs --run ${ID}`);
  });

  it('asks on where a controller that came back does not know the token yet', async () => {
    const unknown = new FairleadError('unauthenticated', 'who are you');
    const getRun = inTurn(new TypeError('fetch failed'), unknown, unknown, done);
    expect((await fairlead('policy run nightly -f', { ...answers, getRun })).exitCode).toBe(0);
  });

  it.each(['unauthenticated', 'forbidden', 'run_not_found', 'internal'] as const)(
    'does not take %s for a run that removed nothing: it goes on',
    async (code) => {
      const getRun = inTurn(under({ total: 2 }), new FairleadError(code, 'no more of this', { hint: 'Ask ann.' }));
      const { exitCode, err } = await fairlead('policy run nightly --plan-hash h1', { ...answers, getRun });
      expect(exitCode).toBe(75);
      expect(err).toContain('What became of the run cannot be asked any more');
      expect(err).toContain(`fairlead policy runs --run ${ID}`);
    },
  );

  it('does not take a refusal to show its networks for one of the run', async () => {
    const listRunItems = (): never => {
      throw new FairleadError('forbidden', 'not these');
    };
    const getRun = () => ended('done', { total: 2, removed: 1, kept: 1 });
    const { exitCode, err } = await fairlead('policy run nightly -f', { ...answers, getRun, listRunItems });
    expect(exitCode).toBe(75);
    expect(err).toContain(`not these\nSee 'fairlead policy runs --run ${ID}' before you try again.\n`);
  });

  it('does not wait for a controller that is away after Ctrl-C', async () => {
    const stop = new AbortController();
    const { exitCode, err, controller } = await fairlead(
      'policy run nightly -f',
      { ...answers, getRun: inTurn(new TypeError('fetch failed')) },
      { interrupted: () => stop.signal, sleep: (ms) => Promise.resolve(ms >= 1000 ? stop.abort() : undefined) },
    );
    expect(exitCode).toBe(75);
    expect(err).toContain(`fairlead policy runs --run ${ID}`);
    expect(controller.of('getRun')).toHaveLength(2);
  });

  it('leaves it going at Ctrl-C, and says how to cancel it', async () => {
    const stop = new AbortController();
    const { exitCode, err, out } = await fairlead(
      'policy run nightly -f',
      { ...answers, getRun: () => under({ total: 2, done: 1, removed: 1 }) },
      {
        interrupted: () => stop.signal,
        sleep: (ms) => Promise.resolve(ms > 200 ? stop.abort() : undefined),
      },
    );
    expect(exitCode).toBe(75);
    expect(out).toBe(`nightly ${ID}: running, 1 removed of 2\n`);
    expect(err).toContain(`To cancel it: fairlead policy cancel ${ID}\n`);
  });

  it('does not wait with --detach', async () => {
    const { exitCode, out, controller } = await fairlead('policy run nightly -f --detach', answers);
    expect(exitCode).toBe(0);
    expect(out).toBe(`nightly ${ID}: planning\n`);
    expect(controller.of('getRun')).toEqual([]);
  });
});
