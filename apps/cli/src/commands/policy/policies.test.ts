import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aPolicy, aSpec } from '../../../test/views.js';

const nightly = aPolicy({
  spec: aSpec({ hosts: 'env!=prod', schedule: { when: '0 2 * * *', zone: 'Europe/Berlin' } }),
});
const ci = aPolicy({ name: 'ci', paused: true, schedule: '', next: [], spec: aSpec(), warnings: ['It rests.'] });

describe('policy ls', () => {
  it('shows what each does and when it runs next, and what is odd', async () => {
    const { out, err } = await fairlead('policy ls', { listPolicies: () => ({ items: [ci, nightly] }) });
    expect(out).toBe(
      [
        'POLICY    VERSION   MODE              HOSTS       UNUSED FOR   SCHEDULE                  NEXT',
        'ci        1         report (paused)   all         14d',
        'nightly   1         report            env!=prod   14d          at 02:00 every day, UTC   in 16h 30m',
        '',
      ].join('\n'),
    );
    expect(err).toBe('warning: ci: It rests.\n');
  });

  it('gives names, and data as it came', async () => {
    const answers = { listPolicies: () => ({ items: [ci, nightly] }) };
    expect((await fairlead('policy ls -q', answers)).out).toBe('ci\nnightly\n');
    expect(JSON.parse((await fairlead('policy ls -o json', answers)).out)).toEqual([ci, nightly]);
  });

  it('shows with --next the coming times, soonest first, by the clock of the zone and in UTC', async () => {
    const next = ['2026-11-25T01:00:00.000Z', '2026-11-26T01:00:00.000Z'];
    const hourly = aPolicy({
      name: 'hourly',
      spec: aSpec({ schedule: { when: 'every 6h' } }),
      next: ['2026-11-25T03:30:00.000Z'],
    });
    const { out, err, controller } = await fairlead('policy ls --next 2', {
      listPolicies: () => ({ items: [ci, hourly, { ...nightly, next }] }),
    });
    expect(controller.asked[0]?.query.get('next')).toBe('2');
    expect(out).toBe(
      [
        'POLICY    TIME                                        UTC                        FROM NOW',
        'nightly   Wed 2026-11-25 02:00 +01:00 Europe/Berlin   2026-11-25T01:00:00.000Z   in 15h 30m',
        'hourly    Wed 2026-11-25 03:30 +00:00 UTC             2026-11-25T03:30:00.000Z   in 18h',
        'nightly   Thu 2026-11-26 02:00 +01:00 Europe/Berlin   2026-11-26T01:00:00.000Z   in 1d 15h',
        '',
      ].join('\n'),
    );
    expect(err).toBe('ci has no schedule\n');
  });
});

describe('policy inspect', () => {
  it('shows one as it came, several as a list', async () => {
    const answers = { getPolicy: () => nightly };
    expect(JSON.parse((await fairlead('policy inspect nightly', answers)).out)).toEqual(nightly);
    expect(JSON.parse((await fairlead('policy inspect nightly nightly', answers)).out)).toEqual([nightly, nightly]);
  });

  it('shows with --next the coming times', async () => {
    const { out, controller } = await fairlead('policy inspect --next 5 nightly', { getPolicy: () => nightly });
    expect(controller.asked[0]?.query.get('next')).toBe('5');
    expect(out).toContain('Wed 2026-11-25 03:00 +01:00 Europe/Berlin   2026-11-25T02:00:00.000Z');
  });

  it('says where there is none', async () => {
    const getPolicy = () => {
      throw new FairleadError('policy_not_found', "There is no policy 'x'");
    };
    expect(await fairlead('policy inspect x', { getPolicy })).toMatchObject({ exitCode: 3 });
    expect(await fairlead('policy inspect x --next 2', { getPolicy })).toMatchObject({ exitCode: 3 });
  });
});

describe('policy rm', () => {
  it('asks on a terminal, and says which one is gone', async () => {
    const answers = { removePolicy: () => undefined };
    const { questions, out } = await fairlead('policy rm nightly', answers, { reply: 'y' });
    expect(questions).toEqual(['Remove the policy nightly? [y/N] ']);
    expect(out).toBe('nightly\n');
    const no = await fairlead('policy rm nightly', answers, { reply: 'n' });
    expect(no.controller.asked).toEqual([]);
  });

  it('is refused while a run is not finished', async () => {
    const removePolicy = () => {
      throw new FairleadError('run_active', "A run of policy 'nightly' is not finished");
    };
    expect((await fairlead('policy rm -f nightly', { removePolicy })).exitCode).toBe(4);
  });
});

describe('policy pause and resume', () => {
  it.each([
    ['pause', true, 'nightly, version 1: only reports, at 02:00 every day, UTC, paused\n'],
    ['resume', false, 'nightly, version 1: only reports, at 02:00 every day, UTC\n'],
  ])('%s', async (verb, paused, said) => {
    const ran = await fairlead(`policy ${verb} nightly`, { updatePolicy: () => ({ ...nightly, paused }) });
    expect(ran.controller.asked[0]?.body).toEqual({ paused });
    expect(ran).toMatchObject({ out: said, exitCode: 0 });
  });

  it('does what can be done of several', async () => {
    const ran = await fairlead('policy pause x nightly', {
      updatePolicy: ({ params }) => {
        if (params['policy'] === 'x') throw new FairleadError('policy_not_found', "There is no policy 'x'");
        return { ...nightly, paused: true };
      },
    });
    expect(ran.exitCode).toBe(3);
    expect(ran.err).toContain("x: error: There is no policy 'x'");
    expect(ran.out).toContain('paused');
  });
});

describe('policy versions', () => {
  it('shows who changed what', async () => {
    const createdAt = '2026-11-24T09:30:00.000Z';
    const first = { version: 1, spec: aSpec(), createdAt, createdBy: 'local' };
    const second = {
      ...first,
      version: 2,
      spec: aSpec({ matchAll: true, unusedFor: '7d', caps: { networks: 5 } }),
      createdBy: 'ann',
    };
    const { out } = await fairlead('policy versions nightly', {
      listPolicyVersions: () => ({ items: [second, first] }),
    });
    expect(out).toBe(
      [
        'VERSION   SINCE                      BY      CHANGED',
        `2         ${createdAt}   ann     unusedFor 14d -> 7d, caps`,
        `1         ${createdAt}   local`,
        '',
      ].join('\n'),
    );
  });
});
