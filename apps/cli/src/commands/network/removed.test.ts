import { removedNetworkDetail, type RemovedNetworkDetailView, type RemovedNetworkView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aHost } from '../../../test/views.js';

const detail = removedNetworkDetail.meta()?.['example'] as RemovedNetworkDetailView;
const { record: _record, ...example } = detail;
const gone = (overrides: Partial<RemovedNetworkView> = {}): RemovedNetworkView => ({ ...example, ...overrides });
const answers = (...items: RemovedNetworkView[]) => ({
  listRemovedNetworks: () => ({
    items,
    total: items.length,
    nextCursor: null,
    keptSince: '2025-11-24T00:00:00.000Z',
    unavailableHosts: [],
    unavailableTotal: 0,
  }),
  getHost: () => aHost({ name: 'web-1' }),
});

describe('network ls --removed', () => {
  it('names policy and run of what a policy has removed, by which it is restored', async () => {
    const by = { actor: 'schedule', operationId: 'op-1', run: { id: 'run-1', policy: 'nightly', version: 3 } };
    const { out } = await fairlead('network ls --removed', answers(gone({ by })));
    expect(out).toContain('schedule (policy nightly v3, run run-1)');
  });

  it('lists the networks that are gone, with who removed them', async () => {
    const by = { actor: 'deploy', operationId: 'op-1', run: null };
    const { out, err } = await fairlead(
      'network ls --removed --filter since=7d',
      answers(gone({ by, simulated: true }), gone({ host: 'web-2', lastSeenAt: '2026-11-24T09:12:00.000Z' })),
    );
    expect(out.split('\n').map((line) => line.split(/ {3,}/))).toEqual([
      ['REMOVED', 'HOST', 'NETWORK ID', 'NAME', 'DRIVER', 'BY', 'ID OF REMOVAL'],
      [
        '2026-11-24T09:30:00.000Z',
        'web-1 (simulated)',
        '798b0f9e2c1c',
        'my-net',
        'bridge',
        'deploy (operation op-1)',
        example.id,
      ],
      [
        'between 2026-11-24T09:12:00.000Z and 2026-11-24T09:30:00.000Z',
        'web-2',
        '798b0f9e2c1c',
        'my-net',
        'bridge',
        'outside',
        example.id,
      ],
      [''],
    ]);
    expect(err).toBe('');
  });

  it('says which ones were made again since', async () => {
    const restored = { at: '2026-11-24T09:40:00.000Z', operation: 'op-2', networkId: 'f'.repeat(64) };
    const { out } = await fairlead('network ls --removed', answers(gone({ restored }), gone()));
    expect(out.split('\n').map((line) => line.split(/ {3,}/).slice(5))).toEqual([
      ['BY', 'RESTORED', 'ID OF REMOVAL'],
      ['outside', restored.at, example.id],
      ['outside', example.id],
      [],
    ]);
  });

  it.each([
    ['--host web-1 --filter name=shop --filter until=1h', 'host=web-1&network=*shop*&until=1h'],
    ['--on env=prod --filter id=798b0f9e2c1c --filter since=2d', 'on=env=prod&network=798b0f9e2c1c&since=2d'],
  ])('%s asks for %s', async (flags, query) => {
    const { controller } = await fairlead(`network ls --removed ${flags}`, answers());
    const asked = controller.of('listRemovedNetworks')[0]!.query;
    asked.delete('limit');
    const expected = query.split('&').map((pair) => pair.split(/=(.*)/s).slice(0, 2));
    expect([...asked].sort()).toEqual(expected.sort());
  });

  it('says since when they are kept, where more was asked for', async () => {
    const { err } = await fairlead('network ls --removed', answers());
    expect(err).toBe('What is gone is kept since 2025-11-24T00:00:00.000Z; what happened before is not in it\n');
  });

  it.each([
    '--watch',
    '--overlays',
    '--search x',
    '--sort name',
    '-o csv',
    '--filter driver=bridge',
    '--filter name=a --filter name=b',
    '--filter name=a --filter id=798b0f9e2c1c',
  ])('refuses %s', async (flags) => expect((await fairlead(`network ls --removed ${flags}`, {})).exitCode).toBe(2));
});

describe('an id among the filters of network ls --removed', () => {
  it.each(['798b0f9e', '798b0f9e2c1', 'x*', '798b0f9e2c1*', 'a'.repeat(65), ''])(
    'is refused where it could find nothing, or something else: %j',
    async (id) => {
      const { exitCode, err, controller } = await fairlead(`network ls --removed --filter id=${id}`, answers());
      expect(exitCode).toBe(2);
      expect(err).toContain(`id is 12 to 64 digits of a network's id, not '${id}'`);
      expect(controller.asked).toEqual([]);
    },
  );

  it.each(['q7k2m1d0c9b8', 'a'.repeat(64)])('is taken as far as it is known: %s', async (id) => {
    const { controller } = await fairlead(`network ls --removed --filter id=${id}`, answers());
    expect(controller.of('listRemovedNetworks')[0]!.query.get('network')).toBe(id);
  });
});

describe('network inspect --removed', () => {
  const shows = (...items: RemovedNetworkView[]) => ({
    ...answers(...items),
    getRemovedNetwork: ({ params: { id } }: { params: Readonly<Record<string, string>> }) => ({ ...detail, id: id! }),
  });

  it('shows the record of a removal', async () => {
    const { out, controller } = await fairlead(`network inspect --removed ${example.id}`, shows());
    expect(JSON.parse(out)).toEqual(detail);
    expect(controller.asked.map(({ id }) => id)).toEqual(['getRemovedNetwork']);
  });

  it('shows the last one of a network that was removed several times', async () => {
    const [last, before] = [gone({ id: '019ab2c4-0000-7f80-9a1b-2c3d4e5f6071' }), gone()];
    const { out, controller } = await fairlead('network inspect --removed web-1/my-net', shows(last, before));
    expect(JSON.parse(out)).toMatchObject({ id: last.id });
    expect(Object.fromEntries(controller.asked[0]!.query)).toMatchObject({ host: 'web-1', network: 'my-net' });
  });

  it.each([
    ['--host web-1', 'host=web-1&network=a/b'],
    ['--on env=prod', 'on=env=prod&network=a/b'],
    ['--all-hosts', 'network=a/b'],
  ])('takes a name as it stands where hosts are chosen: %s', async (flags, query) => {
    const { controller } = await fairlead(`network inspect --removed ${flags} a/b`, shows(gone({ name: 'a/b' })));
    const asked = controller.of('listRemovedNetworks')[0]!.query;
    asked.delete('limit');
    expect(decodeURIComponent(asked.toString())).toBe(query);
  });

  it('asks which one where several hosts had it', async () => {
    const { err, exitCode } = await fairlead(
      'network inspect --removed my-net',
      shows(gone(), gone({ host: 'web-2' })),
    );
    expect(exitCode).toBe(2);
    expect(err).toContain("'my-net' fits removed networks of several names: web-1/my-net, web-2/my-net");
  });

  it('says where there is none', async () => {
    expect((await fairlead('network inspect --removed my-net', shows())).exitCode).toBe(3);
    const missing = () => {
      throw new FairleadError('network_not_found', 'There is no record');
    };
    const { exitCode } = await fairlead(`network inspect --removed ${example.id}`, { getRemovedNetwork: missing });
    expect(exitCode).toBe(3);
  });

  it('does not ask an engine for what it no longer has', async () =>
    expect((await fairlead('network inspect --removed --live my-net', {})).exitCode).toBe(2));
});
