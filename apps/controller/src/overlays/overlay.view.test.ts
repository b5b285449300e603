import { describe, expect, it } from '@jest/globals';
import { type Freshness } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import { type StoredHost } from '../hosts/hosts.store.js';
import { mergeOverlay, type Sighting } from './overlay.view.js';

const sighting = (name: string, freshness: Freshness, asOf: number, clusterId = '', simulated = false): Sighting => {
  const { endpoints: _endpoints, ...attributes } = aNetwork({ scope: 'swarm', labels: { by: name } });
  const counts = { predefined: false, endpointCount: 3, activeEndpointCount: 2, firstSeenAt: 1, unusedSinceAt: null };
  const swarm = { nodeId: name, clusterId, manager: clusterId !== '' };
  return {
    network: { hostName: name, attributes, ...counts },
    host: { name, engine: { simulated, swarm } } as StoredHost,
    status: { connected: true, freshness, asOf, health: { state: 'up', reason: '' } },
  };
};

describe('a network of a swarm', () => {
  it.each<[string, Sighting[]]>([
    [
      'live before one that is not, though that is a manager',
      [sighting('m', 'stale', 9, 'c'), sighting('best', 'live', 1)],
    ],
    ['stale before one that is offline', [sighting('off', 'offline', 9, 'c'), sighting('best', 'stale', 1)]],
    ['a manager among those that are as fresh', [sighting('w', 'live', 9), sighting('best', 'live', 1, 'c')]],
    ['the latest among those that are alike', [sighting('old', 'live', 1), sighting('best', 'live', 2)]],
  ])('is as the host says that is %s', (_, sightings) => {
    expect(mergeOverlay(sightings).view.labels).toEqual({ by: 'best' });
    expect(mergeOverlay([...sightings].reverse()).view.labels).toEqual({ by: 'best' });
  });

  it('has the cluster id of a manager, whatever else of it is believed', () => {
    const worker = sighting('w', 'live', 9);
    expect(mergeOverlay([worker, sighting('m', 'offline', 1, 'cluster')]).view.swarm).toBe('cluster');
    expect(mergeOverlay([worker]).view.swarm).toBe('');
  });

  it('is simulated where one of its hosts is, and has the containers of all', () => {
    const { view } = mergeOverlay([sighting('a', 'live', 1), sighting('b', 'live', 1, '', true)]);
    expect(view).toMatchObject({ simulated: true, containers: { total: 6, running: 4 } });
  });
});
