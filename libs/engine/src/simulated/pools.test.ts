import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POOLS, formatAddress, gatewayOf, macOf, nextAddress, nextDefaultPool } from './pools.js';

const subnet = (cidr: string, overrides = {}) => ({
  cidr,
  ipRange: null,
  gateway: null,
  auxAddresses: {},
  ...overrides,
});

describe('default pools', () => {
  it('are those of Docker, in its order', () => {
    expect(DEFAULT_POOLS).toHaveLength(31);
    expect([DEFAULT_POOLS[0], DEFAULT_POOLS[14], DEFAULT_POOLS[15], DEFAULT_POOLS[30]]).toEqual([
      '172.17.0.0/16',
      '172.31.0.0/16',
      '192.168.0.0/20',
      '192.168.240.0/20',
    ]);
  });

  it('leave out what overlaps a range in use, also a larger or smaller one', () => {
    expect(nextDefaultPool(['172.17.0.0/16', '172.18.5.0/24', 'fd00::/64'])?.cidr).toBe('172.19.0.0/16');
    expect(nextDefaultPool(['172.16.0.0/12'])).toMatchObject({ cidr: '192.168.0.0/20', gateway: '192.168.0.1' });
    expect(nextDefaultPool(['172.16.0.0/12', '192.168.0.0/16'])).toBeUndefined();
  });
});

describe('nextAddress', () => {
  it('leaves out the edges, the gateway, the reserved and the taken', () => {
    const reserved = subnet('10.0.0.0/29', { gateway: '10.0.0.2', auxAddresses: { router: '10.0.0.3' } });
    expect(nextAddress(reserved, new Set(['10.0.0.1']))).toBe('10.0.0.4');
    expect(nextAddress(reserved, new Set(['10.0.0.1', '10.0.0.4', '10.0.0.5', '10.0.0.6']))).toBeUndefined();
  });

  it('stays in the range that was set', () => {
    expect(nextAddress(subnet('10.0.0.0/24', { ipRange: '10.0.0.128/25' }), new Set())).toBe('10.0.0.128');
    expect(nextAddress(subnet('10.0.0.0/24', { ipRange: '10.0.0.254/31' }), new Set(['10.0.0.254']))).toBeUndefined();
  });

  it('gives IPv6 addresses in their short form', () => {
    expect(nextAddress(subnet('fd00::/64'), new Set(['fd00::2']))).toBe('fd00::3');
    expect(gatewayOf(subnet('fd00:0:0:1::/64'))).toBe('fd00:0:0:1::1');
  });
});

it('writes addresses and the MAC that a bridge makes of them', () => {
  expect(formatAddress(4, 0xac120002n)).toBe('172.18.0.2');
  expect(formatAddress(6, 1n)).toBe('::1');
  expect(macOf('172.18.0.10')).toBe('02:42:ac:12:00:0a');
});
