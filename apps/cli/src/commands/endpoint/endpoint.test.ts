import { fleetEndpoint, type FleetEndpointView } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { fairlead } from '../../../test/run.js';

const anEndpoint = (overrides: Partial<FleetEndpointView> = {}): FleetEndpointView => ({
  ...(fleetEndpoint.meta()?.['example'] as FleetEndpointView),
  ...overrides,
});
const page = (...items: FleetEndpointView[]) => ({
  items,
  total: items.length,
  nextCursor: null,
  unavailableHosts: [],
  unavailableTotal: 0,
});

describe('endpoint ls', () => {
  it('says which container is on which network of which host', async () => {
    const { out, err } = await fairlead('endpoint ls', {
      listEndpoints: () => page(anEndpoint(), anEndpoint({ containerName: 'x\u001b[2J', state: 'exited', ipv4: '' })),
    });
    expect(out.split('\n')).toEqual([
      'HOST    NETWORK   CONTAINER    STATE     IPV4         PROJECT   SERVICE',
      'web-1   my-net    one          running   172.18.0.2',
      'web-1   my-net    x\\u001b[2J   exited',
      '',
    ]);
    expect(err).toBe('');
  });

  it.each([
    ['endpoint ls 10.20.3.7', 'address=10.20.3.7'],
    ['endpoint ls fd00::7', 'address=fd00%3A%3A7'],
    ['endpoint ls 02:42:AC:12:00:02', 'mac=02%3A42%3AAC%3A12%3A00%3A02'],
    ['endpoint ls shop-db-1', 'container=shop-db-1'],
    ['endpoint ls --filter project=shop --on env=prod', 'on=env%3Dprod&project=shop'],
    ['endpoint ls --filter state=exited --filter state=dead --host web-1', 'host=web-1&state=exited&state=dead'],
  ])('%s asks for %s', async (line, query) => {
    const { controller } = await fairlead(line, { listEndpoints: () => page() });
    expect(controller.asked.map((asked) => asked.query.toString())).toEqual([`${query}&limit=500`]);
  });

  it('reads all pages, prints IPv6 where there is some, and names hosts that could not be asked', async () => {
    const asOf = '2026-11-24T09:27:55.000Z';
    const { out, err } = await fairlead('endpoint ls', {
      listEndpoints: ({ query }) => ({
        ...page(anEndpoint({ ipv6: query.has('cursor') ? 'fd00::2' : '' })),
        nextCursor: query.has('cursor') ? null : 'more',
        unavailableHosts: [{ name: 'web-9', freshness: 'offline', asOf }],
        unavailableTotal: 1,
      }),
    });
    expect(out).toContain('IPV6');
    expect(out).toContain('fd00::2');
    expect(err).toContain('web-9 (offline 2m 5s ago)');
  });

  it.each(['--filter state=asleep', '--filter colour=red', '--filter mac=a --filter mac=b', '--limit 0'])(
    'refuses %s',
    async (flags) => expect((await fairlead(`endpoint ls ${flags}`, {})).exitCode).toBe(2),
  );
});
