import {
  type AddressRange,
  parseAddress,
  parseCidr,
  rangeContains,
  rangesOverlap,
  type Subnet,
} from '@fairlead/domain';

/**
 * The pools that engines take networks from by default, in their order: the default bridge has the first, and 30 are
 * left (Docker 20.10, 26.1 and 28.5).
 */
export const DEFAULT_POOLS: readonly string[] = [
  ...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`),
  ...Array.from({ length: 16 }, (_, index) => `192.168.${index * 16}.0/20`),
];

export const noOverlap = (cidr: string, taken: readonly string[]): boolean =>
  taken.every((other) => !rangesOverlap(parseCidr(cidr), parseCidr(other)));

/** The first default pool that overlaps no range in use. */
export function nextDefaultPool(taken: readonly string[]): Subnet | undefined {
  const cidr = DEFAULT_POOLS.find((pool) => noOverlap(pool, taken));
  if (cidr === undefined) return undefined;
  return { cidr, ipRange: null, gateway: gatewayOf({ cidr, gateway: null }), auxAddresses: {} };
}

/** The gateway that was asked for, or the first address. */
export function gatewayOf({ cidr, gateway }: Pick<Subnet, 'cidr' | 'gateway'>): string {
  const range = parseCidr(cidr);
  return gateway ?? formatAddress(range.family, range.first + 1n);
}

/** The lowest address of a subnet that nobody has, within its `ipRange`; undefined when it is full. */
export function nextAddress(subnet: Subnet, taken: ReadonlySet<string>): string | undefined {
  const whole = parseCidr(subnet.cidr);
  const range = subnet.ipRange === null ? whole : parseCidr(subnet.ipRange);
  const reserved = new Set([gatewayOf(subnet), ...Object.values(subnet.auxAddresses)]);
  for (let value = range.first; value <= range.last; value += 1n) {
    const address = formatAddress(range.family, value);
    if (!isEdge(whole, value) && !reserved.has(address) && !taken.has(address)) return address;
  }
  return undefined;
}

export function subnetContains(subnet: Subnet, address: string): boolean {
  const range = parseAddress(address);
  return range !== undefined && rangeContains(parseCidr(subnet.cidr), range);
}

/** Network and broadcast address; IPv6 has no broadcast, but its first address is the routers'. */
const isEdge = ({ family, first, last }: AddressRange, value: bigint): boolean =>
  value === first || (family === 4 && value === last);

export function formatAddress(family: 4 | 6, value: bigint): string {
  const size = family === 4 ? 8 : 16;
  const count = family === 4 ? 4 : 8;
  const parts = Array.from({ length: count }, (_, index) => {
    const part = (value >> BigInt(size * (count - 1 - index))) & ((1n << BigInt(size)) - 1n);
    return part.toString(family === 4 ? 10 : 16);
  });
  // URLs write IPv6 in its one canonical form, with the longest run of zeros left out.
  return family === 4 ? parts.join('.') : new URL(`http://[${parts.join(':')}]`).hostname.slice(1, -1);
}

/** As bridges make it: the address itself in the last four bytes. */
export function macOf(ipv4: string): string {
  const bytes = ipv4.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}
