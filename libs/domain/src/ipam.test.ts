import { describe, expect, it } from '@jest/globals';
import {
  type AddressRange,
  assembleSubnets,
  canonicalAddress,
  enclosingRanges,
  parseAddress,
  parseCidr,
  rangeContains,
  rangeKeys,
  rangesOverlap,
} from './ipam.js';

const flags = { subnets: [], ipRanges: [], gateways: [], auxAddresses: {} };

describe('address ranges', () => {
  it('cuts off host bits, as engines before 26 accept them', () =>
    expect(parseCidr('10.210.0.9/16')).toEqual(parseCidr('10.210.0.0/16')));

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0/16', 'fd00::/129', 'x/8', '', '010.0.0.0/8x'])('refuses %p', (text) =>
    expect(() => parseCidr(text)).toThrow(expect.objectContaining({ code: 'invalid_argument' })),
  );

  it.each([
    ['10.0.0.0/8', '10.255.255.255/32', true],
    ['10.0.0.0/8', '11.0.0.0/8', false],
    ['0.0.0.0/0', '192.168.0.0/16', true],
    ['::/0', '10.0.0.0/8', false],
    ['fd00::/64', 'fd00:0:0:0:1::/80', true],
    ['fd00::/64', 'fd00:0:0:1::/64', false],
  ])('%s and %s overlap: %p', (a, b, expected) => {
    expect(rangesOverlap(parseCidr(a), parseCidr(b))).toBe(expected);
    expect(rangesOverlap(parseCidr(b), parseCidr(a))).toBe(expected);
  });

  it('contains what lies wholly inside', () => {
    expect(rangeContains(parseCidr('10.0.0.0/8'), parseCidr('10.3.0.0/16'))).toBe(true);
    expect(rangeContains(parseCidr('10.3.0.0/16'), parseCidr('10.0.0.0/8'))).toBe(false);
  });

  it('orders keys as text in the order of the addresses, and never mixes the families', () => {
    const keys = ['0.0.0.0/8', '9.0.0.0/8', '10.0.0.0/8', '255.0.0.0/8'].map(
      (cidr) => rangeKeys(parseCidr(cidr)).first,
    );
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys.map((key) => key.length))).toEqual(new Set([32]));
    expect(rangeKeys(parseCidr('::a00:0/104')).first).not.toBe(rangeKeys(parseCidr('10.0.0.0/8')).first);
  });

  it('knows addresses from names', () => {
    expect(parseAddress('10.1.2.3')?.family).toBe(4);
    expect(parseAddress('fe80::1')?.family).toBe(6);
    expect(parseAddress('web')).toBeUndefined();
    expect(parseAddress('10.1')).toBeUndefined();
  });

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['FD00:0:0::7', 'fd00::7'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['10.1', undefined],
    ['web', undefined],
  ])('writes %s as engines do: %s', (text, written) => expect(canonicalAddress(text)).toBe(written));
});

describe('assembleSubnets', () => {
  it('puts each part into the subnet that contains it', () =>
    expect(
      assembleSubnets({
        subnets: ['10.1.0.0/16', 'fd00::/64'],
        ipRanges: ['10.1.8.0/24'],
        gateways: ['fd00::1', '10.1.0.254'],
        auxAddresses: { router: '10.1.0.5' },
      }),
    ).toEqual([
      { cidr: '10.1.0.0/16', ipRange: '10.1.8.0/24', gateway: '10.1.0.254', auxAddresses: { router: '10.1.0.5' } },
      { cidr: 'fd00::/64', ipRange: null, gateway: 'fd00::1', auxAddresses: {} },
    ]));

  it.each([
    [{ subnets: ['10.0.0.0/8', '10.1.0.0/16'] }, '10.1.0.0/16 overlaps 10.0.0.0/8'],
    [{ gateways: ['10.0.0.1'] }, 'no subnet contains 10.0.0.1'],
    [{ subnets: ['10.0.0.0/24'], gateways: ['10.0.0.1', '10.0.0.2'] }, 'already has the gateway 10.0.0.1'],
    [{ subnets: ['10.0.0.0/24'], ipRanges: ['10.0.0.0/25', '10.0.0.128/25'] }, 'already has the range'],
    [{ subnets: ['10.0.0.0/24'], ipRanges: ['10.0.0.0/16'] }, 'no subnet contains 10.0.0.0/16'],
    [{ subnets: ['10.0.0.0/24'], auxAddresses: { a: '10.0.1.1' } }, 'no subnet contains 10.0.1.1'],
    [{ subnets: ['10.0.0.0/24'], gateways: ['gw'] }, "'gw' is not an address"],
    [{ subnets: ['bad'] }, "'bad' is not an address range"],
  ])('refuses %j', (given, message) => expect(() => assembleSubnets({ ...flags, ...given })).toThrow(message));

  it('names every fault at once', () => {
    const wrong = { ...flags, subnets: ['bad', '10.0.0.0/24'], gateways: ['10.9.9.9'] };
    expect(() => assembleSubnets(wrong)).toThrow(
      expect.objectContaining({
        faults: [expect.objectContaining({ path: '--subnet' }), expect.objectContaining({ path: '--gateway' })],
      }),
    );
  });
});

describe('the ranges around a range', () => {
  it.each([
    ['10.1.2.3/32', 33, '10.1.2.3/32'],
    ['10.1.2.0/24', 25, '10.1.2.0/24'],
    ['0.0.0.0/0', 1, '0.0.0.0/0'],
    ['255.255.255.255/32', 33, '255.255.255.255/32'],
    ['fd00::1/128', 129, 'fd00::1/128'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128', 129, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
  ])('of %s are %i, from everything down to itself', (cidr, count, narrowest) => {
    const around = enclosingRanges(parseCidr(cidr));
    expect(around).toHaveLength(count);
    expect(around[0]).toEqual(parseCidr(cidr.includes(':') ? '::/0' : '0.0.0.0/0'));
    expect(around.at(-1)).toEqual(parseCidr(narrowest));
  });

  it('of an address are those of its CIDRs, written by hand', () =>
    expect(enclosingRanges(parseAddress('10.20.3.7')!).slice(24, 29)).toEqual(
      ['10.20.3.0/24', '10.20.3.0/25', '10.20.3.0/26', '10.20.3.0/27', '10.20.3.0/28'].map(parseCidr),
    ));

  it('are exactly those that contain it: all ranges of the low 8 bits of both families, one by one', () => {
    for (const [family, bits] of [
      [4, 32],
      [6, 128],
    ] as const) {
      const all: AddressRange[] = [];
      for (let prefix = bits - 8; prefix <= bits; prefix += 1) {
        const size = 1n << BigInt(bits - prefix);
        for (let first = 0n; first < 256n; first += size) all.push({ family, prefix, first, last: first + size - 1n });
      }
      for (const range of all) {
        const containing = all.filter((outer) => rangeContains(outer, range));
        expect(enclosingRanges(range).slice(bits - 8)).toEqual(containing);
      }
    }
  });
});
