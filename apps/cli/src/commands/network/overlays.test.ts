import { overlay, overlayDetail, type OverlayDetailView, type OverlayView } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';
import { aDetail, aNetwork } from '../../../test/views.js';

const anOverlay = (overrides: Partial<OverlayView> = {}): OverlayView => ({
  ...(overlay.meta()?.['example'] as OverlayView),
  ...overrides,
});
const page = (...items: OverlayView[]) => ({
  items,
  total: items.length,
  nextCursor: null,
  unavailableHosts: [],
  unavailableTotal: 0,
});

describe('network ls --overlays', () => {
  it('shows each network of a swarm once, with the hosts that know it', async () => {
    const [first] = anOverlay().hosts;
    const hosts = ['node-1', 'node-2'].map((name) => ({ ...first!, name }));
    const { out } = await fairlead('network ls --overlays', {
      listOverlays: () => page(anOverlay({ hosts, containers: { total: 5, running: 4 } })),
    });
    expect(out.split('\n').map((line) => line.split(/ {3,}/))).toEqual([
      ['NETWORK ID', 'NAME', 'DRIVER', 'SUBNETS', 'HOSTS', 'CONTAINERS'],
      ['q7k2m1d0c9b8', 'shop_backend', 'overlay', '10.0.1.0/24', 'node-1, node-2', '5'],
      [''],
    ]);
  });

  it.each([
    ['--on env=prod --filter name=shop_*', 'on=env%3Dprod&name=shop_*&limit=500'],
    ['--filter name=shop', 'name=*shop*&limit=500'],
  ])('passes on hosts and name, which means what it means without --overlays: %s', async (flags, query) => {
    const { controller } = await fairlead(`network ls --overlays ${flags}`, { listOverlays: () => page() });
    expect(controller.asked[0]!.query.toString()).toBe(query);
  });

  it.each([
    '--search shop',
    '--sort host',
    '--sort created',
    '--filter driver=overlay',
    '--filter name=a --filter name=b',
  ])('refuses %s', async (flags) => expect((await fairlead(`network ls --overlays ${flags}`, {})).exitCode).toBe(2));
});

describe('network inspect of a swarm’s network', () => {
  const { id } = anOverlay();
  const detail = overlayDetail.meta()?.['example'] as OverlayDetailView;
  const shown = (host: string, overrides = {}) =>
    aNetwork({ id, name: 'shop_backend', scope: 'swarm', driver: 'overlay', host, ...overrides });
  const found = (...items: ReturnType<typeof aNetwork>[]) => ({ ...page(), items, total: items.length });
  const answers = {
    listNetworks: () => found(shown('node-1'), shown('node-2')),
    getOverlay: () => detail,
  };

  it.each(['shop_backend', id])('shows it once, put together from all hosts: %s', async (reference) => {
    const { out, err, exitCode, controller } = await fairlead(`network inspect ${reference}`, answers);
    expect(JSON.parse(out)).toEqual(detail);
    expect([err, exitCode]).toEqual(['', 0]);
    expect(controller.of('getOverlay').map(({ params }) => params)).toEqual([{ network: id }]);
    expect((await fairlead(`network inspect ${reference} -o name`, answers)).out).toBe('shop_backend\n');
  });

  it('finds it by the beginning of its id, as the list shows it', async () => {
    const { out, controller } = await fairlead('network inspect q7k2m1d0c9b8', {
      ...answers,
      listNetworks: ({ query }) => (query.has('id') ? answers.listNetworks() : found()),
    });
    expect(JSON.parse(out)).toEqual(detail);
    expect(controller.of('getOverlay').map(({ params }) => params)).toEqual([{ network: id }]);
  });

  it('lets the controller decide where more have the name than one page holds', async () => {
    const { controller } = await fairlead('network inspect shop_backend', {
      ...answers,
      listNetworks: () => ({ ...answers.listNetworks(), nextCursor: 'more' }),
    });
    expect(controller.of('getOverlay').map(({ params }) => params)).toEqual([{ network: 'shop_backend' }]);
  });

  it('says which hosts of the swarm could not be asked', async () => {
    const silent = { name: 'node-3', freshness: 'offline', asOf: '2026-11-24T09:27:55.000Z' } as const;
    const { out, err } = await fairlead('network inspect shop_backend', {
      ...answers,
      getOverlay: () => ({ ...detail, unavailableHosts: [silent], unavailableTotal: 1 }),
    });
    expect(JSON.parse(out)).toMatchObject({ unavailableHosts: [silent] });
    expect(err).toContain('node-3 (offline 2m 5s ago)');
  });

  it('shows what the one host says that has it, or that is named', async () => {
    const getNetwork = () => aDetail({ id });
    const one = await fairlead('network inspect shop_backend', {
      listNetworks: () => found(shown('node-1')),
      getNetwork,
    });
    expect(JSON.parse(one.out)).toEqual(aDetail({ id }));
    const named = await fairlead('network inspect node-2/shop_backend', { getNetwork });
    expect(JSON.parse(named.out)).toEqual(aDetail({ id }));
    const chosen = await fairlead('network inspect shop_backend --host node-1 --host node-2', { getNetwork });
    expect(JSON.parse(chosen.out)).toHaveLength(2);
  });

  it.each<[string, string, ReturnType<typeof aNetwork>[]]>([
    ['networks of two swarms', '', [shown('node-1'), shown('node-9', { id: 'b'.repeat(25) })]],
    ['a local network beside it', '', [shown('node-1'), shown('node-2'), shown('web-1', { scope: 'local' })]],
    ['engines, of which each knows its own containers only', ' --live', [shown('node-1'), shown('node-2')]],
  ])('does not choose between %s', async (_, flags, items) => {
    const { exitCode, err } = await fairlead(`network inspect shop_backend${flags}`, {
      listNetworks: () => found(...items),
    });
    expect(exitCode).toBe(2);
    expect(err).toContain(`'shop_backend' fits ${items.length} networks`);
  });
});
