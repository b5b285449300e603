import { describe, expect, it } from '@jest/globals';
import { capOf, type HostCount, overCaps } from './caps.js';

const free = { networks: 100_000, hostPercent: 100, fleetPercent: 100 };
const host = (name: string, networks: number, remove: number): HostCount => ({ host: name, networks, remove });

describe('a percentage of networks', () => {
  it.each([
    [10, 1, 1],
    [10, 2, 1],
    [10, 3, 1],
    [10, 9, 1],
    [10, 10, 1],
    [10, 11, 1],
    [10, 19, 1],
    [10, 20, 2],
    [0, 1, 0],
    [0, 1000, 0],
    [100, 1, 1],
    [100, 11, 11],
    [0.1, 10, 1],
    [33.4, 3, 1],
    [66.7, 3, 2],
    [99.9, 1000, 999],
  ])('%d %% of %d allows %d', (percent, count, allowed) => expect(capOf(percent, count)).toBe(allowed));

  it('allows what it comes to exactly, also where floating point does not', () => {
    expect((100_000 * 0.009) / 100).toBeLessThan(9);
    expect(capOf(0.009, 100_000)).toBe(9);
  });
});

describe('the caps of a run', () => {
  it('hold nothing back that is within them', () => expect(overCaps(free, [host('web-1', 11, 11)], 11)).toEqual([]));

  it('hold back one network more than a run may remove', () => {
    const hosts = [host('web-1', 50, 12), host('web-2', 50, 9)];
    expect(overCaps({ ...free, networks: 21 }, hosts, 100)).toEqual([]);
    expect(overCaps({ ...free, networks: 20 }, hosts, 100)).toEqual([
      '21 networks would go, at most 20 may in one run; narrow the policy or raise caps.networks',
    ]);
    expect(overCaps({ ...free, networks: 0 }, [host('web-1', 1, 1)], 1)).toEqual([
      '1 network would go, at most 0 may in one run; narrow the policy or raise caps.networks',
    ]);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [9, 1],
    [10, 1],
    [11, 1],
    [20, 2],
  ])('let one host of %d networks lose %d at 10 %%, not one more', (networks, allowed) => {
    const caps = { ...free, hostPercent: 10 };
    expect(overCaps(caps, [host('web-1', networks, allowed)], 1000)).toEqual([]);
    expect(overCaps(caps, [host('web-1', networks, allowed + 1)], 1000)).toHaveLength(1);
  });

  it('tell the figures of a host and how to go on', () =>
    expect(overCaps({ ...free, hostPercent: 10 }, [host('web-1', 12, 4), host('web-2', 12, 1)], 24)).toEqual([
      'host web-1: 4 of its 12 networks would go, at most 1 (10 %) may; narrow the policy or raise caps.hostPercent',
    ]));

  it.each([
    [1, 1],
    [9, 1],
    [10, 1],
    [39, 1],
    [40, 2],
    [100, 5],
  ])('let a fleet of %d networks lose %d at 5 %%, not one more', (fleet, allowed) => {
    const caps = { ...free, fleetPercent: 5 };
    expect(overCaps(caps, [host('web-1', 1000, allowed)], fleet)).toEqual([]);
    expect(overCaps(caps, [host('web-1', 1000, allowed + 1)], fleet)).toEqual([
      `fleet: ${allowed + 1} of its ${fleet} ${fleet === 1 ? 'network' : 'networks'} would go, ` +
        `at most ${allowed} (5 %) may; narrow the policy or raise caps.fleetPercent`,
    ]);
  });

  it('of 0 % let nothing go, and nothing is within them', () => {
    const nothing = { networks: 0, hostPercent: 0, fleetPercent: 0 };
    expect(overCaps(nothing, [host('web-1', 10, 0)], 10)).toEqual([]);
    expect(overCaps(nothing, [host('web-1', 10, 1)], 10)).toHaveLength(3);
    expect(overCaps(nothing, [], 0)).toEqual([]);
  });

  it('tell of all that is over in ten sentences, however many hosts there are', () => {
    const hosts = Array.from({ length: 300 }, (_, index) => host(`h${index}`, 10, 2));
    const sentences = overCaps({ networks: 20, hostPercent: 10, fleetPercent: 5 }, hosts, 3000);
    expect(sentences).toHaveLength(10);
    expect(sentences[2]).toContain('host h0: 2 of its 10 networks');
    expect(sentences[9]).toBe('and 293 more hosts');
  });

  it('leave no host untold where seven are over', () => {
    const over = (count: number) => Array.from({ length: count }, (_, index) => host(`h${index}`, 10, 2));
    expect(overCaps({ ...free, hostPercent: 10 }, over(7), 1000)).toHaveLength(7);
    expect(overCaps({ ...free, hostPercent: 10 }, over(8), 1000).at(-1)).toBe('and 1 more host');
  });
});
