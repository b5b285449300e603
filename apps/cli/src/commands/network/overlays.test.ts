import { overlay, type OverlayView } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';

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

  it('passes on hosts and name', async () => {
    const { controller } = await fairlead('network ls --overlays --on env=prod --filter name=shop_*', {
      listOverlays: () => page(),
    });
    expect(controller.asked[0]!.query.toString()).toBe('on=env%3Dprod&name=shop_*&limit=500');
  });

  it.each(['--search shop', '--filter driver=overlay', '--filter name=a --filter name=b'])(
    'refuses %s',
    async (flags) => expect((await fairlead(`network ls --overlays ${flags}`, {})).exitCode).toBe(2),
  );
});
