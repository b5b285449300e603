import { historyEntry, type HistoryEntryView, type HistoryPageView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aHost } from '../../../test/views.js';

const anEntry = (overrides: Partial<HistoryEntryView> = {}): HistoryEntryView => ({
  ...(historyEntry.meta()?.['example'] as HistoryEntryView),
  ...overrides,
});
const page = (...items: HistoryEntryView[]) => ({
  items,
  nextCursor: null,
  keptSince: '2026-08-26T00:00:00.000Z',
  unavailableHosts: [],
  unavailableTotal: 0,
});

const answers = (shown: HistoryPageView) => ({
  listHistory: () => shown,
  getHost: ({ params: { host } }: { params: Readonly<Record<string, string>> }) => {
    if (host === 'web-9') return aHost({ name: host });
    throw new FairleadError('host_not_found', `There is no host '${host}'`);
  },
});

describe('network history', () => {
  it('says what changed, when, and who did it', async () => {
    const operationId = '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071';
    const { out } = await fairlead('network history', {
      ...answers(page()),
      listHistory: () =>
        page(
          anEntry(),
          anEntry({
            kind: 'endpoint.changed',
            container: { id: 'c', name: 'db\u001b[2J' },
            changes: { state: ['running', 'exited'], ipv4: ['10.0.0.2', ''] },
            by: null,
          }),
          anEntry({ kind: 'network.removed', container: null, by: null, notBefore: '2026-11-24T22:00:00.000Z' }),
        ),
    });
    const lines = out.split('\n').map((line) => line.split(/ {3,}/));
    expect(lines.slice(0, 4)).toEqual([
      ['TIME', 'HOST', 'NETWORK', 'WHAT', 'BY'],
      [
        '2026-11-24T23:41:07.120Z',
        'web-3',
        'shop_default',
        'container shop-db-1 left',
        `deploy (operation ${operationId})`,
      ],
      [
        '2026-11-24T23:41:07.120Z',
        'web-3',
        'shop_default',
        'container db\\u001b[2J changed: state running -> exited, ipv4 10.0.0.2 -> (none)',
        'outside',
      ],
      ['between 2026-11-24T22:00:00.000Z and 2026-11-24T23:41:07.120Z', 'web-3', 'shop_default', 'removed', 'outside'],
    ]);
  });

  it.each([
    ['network history web-3/shop_default --since 12h', 'host=web-3&network=shop_default&since=12h'],
    ['network history shop_* --by outside', 'network=shop_*&by=outside'],
    ['network history --kind network.created --kind network.removed', 'kind=network.created&kind=network.removed'],
    ['network history a/b --host web-3', 'host=web-3&network=a/b'],
    ['network history a/b --on env', 'on=env&network=a/b'],
    ['network history --operation o-1 --until 1h', 'operation=o-1&until=1h'],
    ['network history --host a --host b --actor deploy --container db', 'host=a&host=b&container=db&actor=deploy'],
  ])('%s asks for %s', async (line, query) => {
    const { controller } = await fairlead(line, answers(page()));
    const asked = controller.of('listHistory')[0]!.query;
    asked.delete('limit');
    expect([...asked].sort()).toEqual([...new URLSearchParams(query)].sort());
  });

  it('reads no more than asked for', async () => {
    const { out, controller } = await fairlead('network history -n 2 -o name', {
      ...answers(page()),
      listHistory: () => ({ ...page(anEntry({ seq: 9 })), nextCursor: 'more' }),
    });
    expect(out).toBe('9\n9\n');
    expect(controller.of('listHistory').map(({ query }) => query.get('limit'))).toEqual(['2', '1']);
  });

  it('says since when it is kept, where more was asked for', async () => {
    const told = 'The history is kept since 2026-08-26T00:00:00.000Z';
    for (const line of ['--since 100d', '--since 2026-08-01T00:00:00Z', '']) {
      expect((await fairlead(`network history ${line}`.trim(), answers(page()))).err).toContain(told);
    }
    expect((await fairlead('network history --since 12h', answers(page()))).err).toBe('');
  });

  it('says where there is more than it shows', async () => {
    const { err } = await fairlead('network history -n 1', answers({ ...page(anEntry()), nextCursor: 'more' }));
    expect(err).toBe('There may be more: these are the newest 1 (--limit 1)\n');
  });

  it('goes on where a page has nothing, and there is more', async () => {
    let pages = 0;
    const { out } = await fairlead('network history -o name', {
      ...answers(page()),
      listHistory: () => (++pages < 3 ? { ...page(), nextCursor: 'more' } : page(anEntry({ seq: 7 }))),
    });
    expect(out).toBe('7\n');
  });

  it('says which hosts may have changed since they were heard of', async () => {
    const silent = { name: 'web-3', freshness: 'offline', asOf: '2026-11-24T09:00:00.000Z' } as const;
    const { err } = await fairlead(
      'network history --since 12h',
      answers({ ...page(), unavailableHosts: [silent], unavailableTotal: 1 }),
    );
    expect(err).toBe('warning: not up to date, as these hosts could not be asked: web-3 (offline 30m ago)\n');
  });

  it('says of a host that there is none of this name, but not of a quiet one or of one of which there is history', async () => {
    const line = 'network history --since 12h --host wep-3 --host web-3 --host web-9';
    const { err, controller } = await fairlead(line, answers(page(anEntry())));
    expect(err).toBe('warning: no host is called so now: wep-3\n');
    expect(controller.of('getHost')).toHaveLength(2);
  });

  it('says which engines are simulated, and of which hosts nobody can say it any more', async () => {
    const entries = [anEntry({ simulated: true }), anEntry({ host: 'gone-1', simulated: null })];
    const { out } = await fairlead('network history', answers(page(...entries)));
    expect(out).toContain('web-3 (simulated)   ');
    expect(out).toContain('gone-1 (forgotten)   ');
  });

  it.each(['--kind network.gone', '--by nobody', '-n 0'])('refuses %s', async (flags) =>
    expect((await fairlead(`network history ${flags}`, {})).exitCode).toBe(2),
  );
});
