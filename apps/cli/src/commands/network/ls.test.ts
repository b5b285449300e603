import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aNetwork } from '../../../test/views.js';
import { toGlob, toNetworkQuery } from './query.js';

const page = (...items: ReturnType<typeof aNetwork>[]) => ({
  items,
  total: items.length,
  nextCursor: null,
  unavailableHosts: [],
  unavailableTotal: 0,
});

describe('network ls', () => {
  it('prints a row for each network of the fleet as docker does, with the host first', async () => {
    const { out, exitCode, err } = await fairlead('network ls', {
      listNetworks: () =>
        page(aNetwork(), aNetwork({ host: 'web-22', name: 'other', containers: { total: 3, running: 1 } })),
    });
    expect(out).toBe(
      [
        'HOST     NETWORK ID     NAME     DRIVER   SCOPE   SUBNETS         CONTAINERS',
        'web-1    798b0f9e2c1c   my-net   bridge   local   172.18.0.0/16   0',
        'web-22   798b0f9e2c1c   other    bridge   local   172.18.0.0/16   3 (2 stopped)',
        '',
      ].join('\n'),
    );
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  });

  it('says how old rows are once some are not live, and names the hosts that could not be asked', async () => {
    const gone = { freshness: 'offline', asOf: '2026-11-24T09:27:55.000Z' } as const;
    const { out, err, exitCode } = await fairlead('network ls', {
      listNetworks: () => ({
        ...page(aNetwork(), aNetwork({ host: 'web-2', ...gone })),
        unavailableHosts: [{ name: 'web-2', ...gone }],
        unavailableTotal: 1,
      }),
    });
    expect(out).toContain('FRESHNESS');
    expect(out).toMatch(/web-1 .* live\n/);
    expect(out).toMatch(/web-2 .* offline 2m 5s\n/);
    expect(err).toContain('web-2 (offline 2m 5s ago)');
    expect(exitCode).toBe(0);
  });

  it('names the first of many hosts that could not be asked, and says how to see all', async () => {
    const asOf = '2026-11-24T09:27:55.000Z';
    const silent = Array.from({ length: 100 }, (_, n) => ({ name: `web-${n}`, freshness: 'offline' as const, asOf }));
    const { err } = await fairlead('network ls', {
      listNetworks: () => ({ ...page(aNetwork()), unavailableHosts: silent, unavailableTotal: 322 }),
    });
    expect(err).toContain('web-9 (offline 2m 5s ago) ... and 312 more\n');
    expect(err).not.toContain('web-10 ');
    expect(err).toContain('fairlead host ls --filter freshness=offline');
  });

  it('shows for how long networks have been unused where that is the question', async () => {
    const rows = [aNetwork({ unusedSince: '2026-11-21T05:30:00.000Z' }), aNetwork({ name: 'used', unusedSince: null })];
    const { out, controller } = await fairlead('network ls --filter unused-for=2d --sort unused', {
      listNetworks: () => page(...rows),
    });
    expect(out).toMatch(/CONTAINERS {3}UNUSED FOR\n/);
    expect(out).toMatch(/my-net .* 3d 4h\n/);
    expect(controller.asked[0]!.query.get('unusedFor')).toBe('2d');
    const { out: plain } = await fairlead('network ls', { listNetworks: () => page(...rows) });
    expect(plain).not.toContain('UNUSED');
  });

  it('passes new filters on, and stops at the limit', async () => {
    const line = 'network ls -q --limit 1 --filter overlaps=10.0.0.0/8 --filter simulated=true --search shop';
    const { out, controller } = await fairlead(line, {
      listNetworks: () => ({ ...page(aNetwork()), nextCursor: 'more' }),
    });
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(controller.asked.map(({ query }) => query.toString())).toEqual([
      'overlaps=10.0.0.0%2F8&simulated=true&q=shop&sort=host&limit=1',
    ]);
  });

  it.each(['--limit 0', '--limit x', '--filter simulated=perhaps'])('refuses %s', async (flag) => {
    expect((await fairlead(`network ls ${flag}`, {})).exitCode).toBe(2);
  });

  it('marks simulated hosts', async () => {
    const { out } = await fairlead('network ls', { listNetworks: () => page(aNetwork({ simulated: true })) });
    expect(out).toContain('web-1 (simulated)');
  });

  it('reads all pages', async () => {
    const { out, controller } = await fairlead('network ls -q --no-trunc', {
      listNetworks: ({ query }) =>
        query.get('cursor') === 'more'
          ? page(aNetwork({ id: 'b' }))
          : { ...page(aNetwork({ id: 'a' })), nextCursor: 'more' },
    });
    expect(out).toBe('a\nb\n');
    expect(controller.asked).toHaveLength(2);
  });

  it('gives exactly what REST gives as JSON', async () => {
    const rows = [aNetwork({ labels: { note: 'a\u001b[2Jb\u202e' } })];
    const { out } = await fairlead('network ls -o json', { listNetworks: () => page(...rows) });
    expect(JSON.parse(out)).toEqual(rows);
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });

  it('never lets a name steer the terminal', async () => {
    const { out } = await fairlead('network ls', { listNetworks: () => page(aNetwork({ name: 'a\u001b[2J\nb' })) });
    expect(out).toContain('a\\u001b[2J\\u000ab');
    expect(out.split('\n')).toHaveLength(3);
  });

  it('passes host choice, filters, search and order on', async () => {
    const line = ['network', 'ls', '--on', 'env=prod', '--filter', 'driver=overlay', '--filter', 'label=a=b'];
    const { controller } = await fairlead([...line, '--filter', 'dangling=true', '--search', 'x', '--sort=-created'], {
      listNetworks: () => page(),
    });
    expect(Object.fromEntries(controller.asked[0]?.query ?? [])).toEqual({
      on: 'env=prod',
      driver: 'overlay',
      label: 'a=b',
      inUse: 'false',
      q: 'x',
      sort: '-created',
      limit: '500',
    });
  });

  it.each([
    ['--filter colour=red', 'one of these keys: driver, id, label'],
    ['--filter dangling=maybe', 'dangling is true or false'],
    ['--filter type=mine', 'type is custom, builtin'],
    ['--host a --all-hosts', 'cannot be used with'],
    ['-o xml', 'Allowed choices are table, json, yaml, name'],
  ])('refuses %s before it asks anything', async (flags, message) => {
    const { exitCode, err, controller } = await fairlead(`network ls ${flags}`, {});
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(controller.asked).toEqual([]);
  });
});

describe('filters', () => {
  it.each([
    ['web', '*web*'],
    ['^web', 'web*'],
    ['^web$', 'web'],
    ['web-?', 'web-?'],
  ])('takes the name %s as docker does', (text, glob) => {
    expect(toGlob(text)).toBe(glob);
  });

  it('adds up what may be repeated', () => {
    const query = toNetworkQuery(['scope=local', 'scope=swarm', 'type=custom', 'id=79', 'freshness=live'], {
      host: ['a'],
    });
    expect(query).toMatchObject({
      host: ['a'],
      scope: ['local', 'swarm'],
      predefined: false,
      id: '79',
      freshness: ['live'],
    });
  });
});
