import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { fairlead } from '../../../test/run.js';
import { aHost } from '../../../test/views.js';

const fleet = (...items: ReturnType<typeof aHost>[]) => ({ items, total: items.length, nextCursor: null });

describe('host ls', () => {
  it('reads all pages of the hosts that fit', async () => {
    const { out, controller } = await fairlead('host ls -q --filter freshness=stale --filter freshness=offline', {
      listHosts: ({ query }) =>
        query.has('cursor')
          ? { items: [aHost({ name: 'web-2' })], total: 2, nextCursor: null }
          : { items: [aHost({ name: 'web-1' })], total: 2, nextCursor: 'more' },
    });
    expect(out).toBe('web-1\nweb-2\n');
    expect(controller.asked[0]!.query.getAll('freshness')).toEqual(['stale', 'offline']);
    expect((await fairlead('host ls --filter freshness=old', {})).exitCode).toBe(2);
  });

  it('shows how fresh each host is, what its engine is, and that it is simulated', async () => {
    const engine = { ...aHost().engine, swarm: { nodeId: 'n', clusterId: 'c', manager: true } };
    const { out } = await fairlead('host ls', {
      listHosts: () =>
        fleet(
          aHost({ engine }),
          aHost({ name: 'demo-1', simulated: true, freshness: 'stale', asOf: '2026-11-24T09:29:30Z', labels: {} }),
          aHost({ name: 'web-3', engineHealth: { state: 'down', reason: 'connect ECONNREFUSED' } }),
        ),
    });
    expect(out.split('\n').slice(0, 4)).toEqual([
      'HOST                 FRESHNESS   ENGINE                                       NETWORKS   ENDPOINTS   LABELS',
      'web-1                live        docker 28.5.2, swarm manager                 7          12          env=prod',
      'demo-1 (simulated)   stale 30s   docker 28.5.2                                7          12',
      'web-3                live        docker 28.5.2 (down: connect ECONNREFUSED)   7          12          env=prod',
    ]);
  });

  it('says of a host that is added and has not joined that its engine is not known', async () => {
    const engine = { ...aHost().engine, version: '' };
    const engineHealth = { state: 'down', reason: 'its agent has not connected yet' } as const;
    const { out } = await fairlead('host ls', { listHosts: () => fleet(aHost({ engine, engineHealth })) });
    expect(out).toContain('live        not known (down: its agent has not connected yet)   7');
  });

  it('passes the choice of hosts on', async () => {
    const { out, controller } = await fairlead('host ls --host a --host b -q', { listHosts: () => fleet(aHost()) });
    expect(out).toBe('web-1\n');
    expect(controller.asked[0]?.query.getAll('host')).toEqual(['a', 'b']);
  });
});

describe('host inspect', () => {
  it('prints the REST view', async () => {
    const { out } = await fairlead('host inspect web-1', { getHost: () => aHost() });
    expect(JSON.parse(out)).toEqual(aHost());
  });
});

describe('host label', () => {
  it('sets labels and takes labels back', async () => {
    const { out, controller } = await fairlead('host label web-1 env=prod zone= old-', {
      updateHost: () => aHost({ labels: { zone: '', env: 'prod' } }),
    });
    expect(controller.asked[0]?.body).toEqual({ labels: { env: 'prod', zone: '', old: null } });
    expect(out).toBe('web-1: env=prod, zone\n');
  });

  it.each(['env', '=prod', '-'])('refuses %s', async (label) => {
    expect((await fairlead(['host', 'label', 'web-1', '--', label], {})).exitCode).toBe(2);
  });
});

describe('host rm', () => {
  it('forgets the hosts it can, and says why it cannot forget the others', async () => {
    const { out, err, exitCode } = await fairlead('host rm web-1 web-2', {
      removeHost: ({ params }) => {
        if (params['host'] === 'web-2') throw new FairleadError('forbidden', "Host 'web-2' is connected");
      },
    });
    expect(out).toBe('web-1\n');
    expect(err).toBe("web-2: error: Host 'web-2' is connected\n");
    expect(exitCode).toBe(4);
  });
});
