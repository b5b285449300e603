import { overCaps } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aPolicyItem, aPolicyPlan } from '../../../test/views.js';

const old = aPolicyItem('ci-1');
const partly = aPolicyItem('ci-2', {
  host: 'demo-1',
  simulated: true,
  restorability: 'with-changes',
  losses: ['its driver x is a plugin, which has to be there', 'its bridge gets another name'],
});
const kept = aPolicyItem('shop', {
  action: 'keep',
  reason: 'stopped-containers',
  explanation: 'used by stopped containers one (exited)',
  unusedSince: null,
  restorability: null,
});
const summary = {
  hosts: 2,
  reasons: { unused: 2, predefined: 3, 'stopped-containers': 1 },
  leftOut: [{ name: 'web-2', freshness: 'offline' as const, asOf: '2026-11-24T09:28:00.000Z' }],
  leftOutTotal: 1,
  overCaps: overCaps(
    { networks: 20, hostPercent: 0, fleetPercent: 50 },
    [{ host: 'web-1', networks: 4, remove: 1 }],
    4,
  ),
};
const removals = aPolicyPlan([old, partly], { ...summary, keep: 4 });
const whole = aPolicyPlan([old, partly, kept], { ...summary, keep: 4 });

describe('policy plan', () => {
  it('shows what would go, why, how far it could come back, what is left out, and the caps that would stop it', async () => {
    const { out, exitCode, controller } = await fairlead('policy plan nightly', { planPolicy: () => removals });
    expect(out).toBe(
      [
        'HOST                 NETWORK   DRIVER   UNUSED    WHY                                                  RESTORABLE',
        'web-1                ci-1      bridge   for 31d   no container, running or stopped, was on it for 31d   exactly',
        'demo-1 (simulated)   ci-2      bridge   for 31d   no container, running or stopped, was on it for 31d   not exactly: its driver x is a plugin, which has to be there; its bridge gets another name',
        'nightly, version 1: 2 to remove, 4 kept (3 built in, 1 used by stopped containers), on 2 hosts',
        'Left out, as nobody knows what is on them now: web-2 (offline 2m ago)',
        'Over its caps, so that a run would remove nothing:',
        '  host web-1: 1 of its 4 networks would go, at most 0 (0 %) may; narrow the policy or raise caps.hostPercent',
        'To raise them: fairlead policy edit nightly --max-host-percent N',
        '',
      ]
        .join('\n')
        .replace(`WHY${' '.repeat(50)}RESTORABLE`, `WHY${' '.repeat(51)}RESTORABLE`),
    );
    expect(exitCode).toBe(0);
    expect(controller.asked.map(({ body }) => body)).toEqual([{ action: 'remove', hosts: [], limit: 200 }]);
  });

  it('shows with --all what is kept too, of the hosts asked for', async () => {
    const line = 'policy plan nightly --all --host web-1 --host demo-1';
    const { out, controller } = await fairlead(line, { planPolicy: () => whole });
    expect(out).toMatch(/^HOST .* ACTION +WHY/);
    expect(out).toMatch(/shop +bridge +keep +used by stopped containers one \(exited\)\n/);
    expect(controller.asked[0]?.body).toEqual({ hosts: ['web-1', 'demo-1'], limit: 200 });
  });

  it('shows as many as asked for, and says that there are more', async () => {
    const { out, controller } = await fairlead('policy plan nightly --limit 1', {
      planPolicy: () => ({ ...removals, items: [old], nextCursor: 'next' }),
    });
    expect(out).toContain('... and more than these 1 (--limit)\n');
    expect(controller.asked).toHaveLength(1);
  });

  it('gives the whole plan as JSON, from as many pages as it takes', async () => {
    const { out, controller } = await fairlead('policy plan nightly -o json', {
      planPolicy: ({ body }) =>
        (body as { cursor?: string }).cursor === 'next'
          ? { ...whole, items: [kept] }
          : { ...whole, items: [old, partly], nextCursor: 'next' },
    });
    const { nextCursor: _none, ...expected } = whole;
    expect(JSON.parse(out)).toEqual(expected);
    expect(controller.asked.map(({ body }) => body)).toEqual([
      { hosts: [], limit: 500 },
      { hosts: [], limit: 500, cursor: 'next' },
    ]);
  });

  it('lists with -q what would be removed', async () => {
    for (const flag of ['-q', '-o name', '-q --all']) {
      const { out, controller } = await fairlead(`policy plan nightly ${flag}`, { planPolicy: () => removals });
      expect(out).toBe('web-1/ci-1\ndemo-1/ci-2\n');
      expect(controller.asked[0]?.body).toMatchObject({ action: 'remove' });
    }
  });

  it('does not put two plans together', async () => {
    const { exitCode, err } = await fairlead('policy plan nightly -o json', {
      planPolicy: ({ body }) =>
        (body as { cursor?: string }).cursor === undefined
          ? { ...whole, nextCursor: 'next' }
          : { ...whole, hash: 'another' },
    });
    expect(exitCode).toBe(4);
    expect(err).toContain('became another one');
  });
});
