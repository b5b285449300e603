import { describe, expect, it } from '@jest/globals';
import { freshnessOf, heartbeatFor } from './host.js';

const live = { connected: true, engineUp: true, synced: true, lastHeardAt: 0 };

describe('the heartbeat of a fleet', () => {
  it.each([
    [0, 5_000],
    [5_000, 5_000],
    [7_500, 7_500],
    [10_000, 10_000],
  ])('of %i hosts is %i ms', (hosts, ms) => expect(heartbeatFor(hosts)).toBe(ms));
});

describe('freshness', () => {
  it.each([
    [undefined, 9_999, 'live'],
    [undefined, 10_000, 'stale'],
    [undefined, 15_000, 'offline'],
    [5_000, 9_999, 'live'],
    [5_000, 10_000, 'stale'],
    [5_000, 15_000, 'offline'],
    [10_000, 19_999, 'live'],
    [10_000, 20_000, 'stale'],
    [10_000, 30_000, 'offline'],
    [100, 9_999, 'live'],
  ])('with a heartbeat of %p ms, after %i ms of silence, is %s', (heartbeatMs, silence, freshness) => {
    expect(freshnessOf({ ...live, ...(heartbeatMs === undefined ? {} : { heartbeatMs }) }, silence)).toBe(freshness);
  });

  it.each([{ connected: false }, { engineUp: false }, { synced: false }])('is stale with %p', (lack) => {
    expect(freshnessOf({ ...live, ...lack }, 1)).toBe('stale');
  });
});
