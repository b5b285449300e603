import { historyEntry, type HistoryEntryView, removedNetwork, type RemovedNetworkView } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';

const anEntry = (overrides: Partial<HistoryEntryView> = {}): HistoryEntryView => ({
  ...(historyEntry.meta()?.['example'] as HistoryEntryView),
  ...overrides,
});
const page = (...items: HistoryEntryView[]) => ({
  items,
  nextCursor: null,
  keptSince: '2026-08-26T00:00:00.000Z',
});

describe('network history', () => {
  it('says what changed, when, and who did it', async () => {
    const operationId = '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071';
    const { out } = await fairlead('network history', {
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
    ['network history --host a --host b --actor deploy --container db', 'host=a&host=b&container=db&actor=deploy'],
  ])('%s asks for %s', async (line, query) => {
    const { controller } = await fairlead(line, { listHistory: () => page() });
    const asked = controller.asked[0]!.query;
    asked.delete('limit');
    expect([...asked].sort()).toEqual([...new URLSearchParams(query)].sort());
  });

  it('reads no more than asked for', async () => {
    const { out, controller } = await fairlead('network history -n 2 -o name', {
      listHistory: () => ({ ...page(anEntry({ seq: 9 })), nextCursor: 'more' }),
    });
    expect(out).toBe('9\n9\n');
    expect(controller.asked.map(({ query }) => query.get('limit'))).toEqual(['2', '1']);
  });

  it('lists the networks that are gone', async () => {
    const gone = removedNetwork.meta()?.['example'] as RemovedNetworkView;
    const { out, controller } = await fairlead('network history --removed web-1/my-net', {
      listRemovedNetworks: () => ({ items: [gone], total: 1, nextCursor: null }),
    });
    expect(out).toContain('2026-11-24T09:30:00.000Z   web-1   798b0f9e2c1c   my-net');
    expect(controller.asked[0]!.query.get('network')).toBe('my-net');
  });

  it.each(['--kind network.gone', '--by nobody', '-n 0'])('refuses %s', async (flags) =>
    expect((await fairlead(`network history ${flags}`, {})).exitCode).toBe(2),
  );
});
