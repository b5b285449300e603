import ipaddr from 'ipaddr.js';
import { FairleadError } from './errors.js';
import type { Subnet } from './network.js';

/** An address range with both ends, as numbers that order IPv4 and IPv6 each within its family. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

const toNumber = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/**
 * Reads `10.0.0.0/24`, `10.0.0.7/24` (host bits are cut off) or `fd00::/64`.
 * @throws FairleadError `invalid_argument`
 */
export function parseCidr(text: string): AddressRange {
  if (!ipaddr.isValidCIDR(text) || (!text.includes(':') && text.split('.').length !== 4)) {
    throw new FairleadError('invalid_argument', `'${text}' is not an address range`, {
      hint: 'Write an address and a prefix length, such as 10.20.0.0/24 or fd00:1::/64.',
    });
  }
  const [address, prefix] = ipaddr.parseCIDR(text);
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const size = 1n << BigInt(bits - prefix);
  const value = toNumber(address.toByteArray());
  const first = value - (value % size);
  return { family: bits === 32 ? 4 : 6, prefix, first, last: first + size - 1n };
}

/** The single address as a range, or undefined where the text is no address. */
export function parseAddress(text: string): AddressRange | undefined {
  if (!ipaddr.isValid(text) || (!text.includes(':') && text.split('.').length !== 4)) return undefined;
  const address = ipaddr.parse(text);
  const value = toNumber(address.toByteArray());
  const family = address.kind() === 'ipv4' ? 4 : 6;
  return { family, prefix: family === 4 ? 32 : 128, first: value, last: value };
}

/** An address as engines write it: IPv6 in the form of RFC 5952. Undefined where the text is no address. */
export const canonicalAddress = (text: string): string | undefined =>
  parseAddress(text) && ipaddr.parse(text).toString();

export const rangesOverlap = (a: AddressRange, b: AddressRange): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last;

export const rangeContains = (outer: AddressRange, inner: AddressRange): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

/**
 * All ranges that a CIDR can name and that contain this one, itself among them, widest first: as many as its prefix is
 * long, and one. So whoever keeps ranges by both ends finds those around an address by equality.
 */
export function enclosingRanges({ family, prefix, first }: AddressRange): AddressRange[] {
  const bits = family === 4 ? 32 : 128;
  return Array.from({ length: prefix + 1 }, (_, length) => {
    const size = 1n << BigInt(bits - length);
    const start = first - (first % size);
    return { family, prefix: length, first: start, last: start + size - 1n };
  });
}

/** Where IPv4 lies in the one ordering of all addresses: ::ffff:0:0/96, as in an IPv4-mapped IPv6 address. */
const MAPPED = 0xffffn << 32n;

/** Both ends as 32 hexadecimal digits, which a database compares as text; IPv4 and IPv6 never meet. */
export function rangeKeys({ family, first, last }: AddressRange): { readonly first: string; readonly last: string } {
  const key = (value: bigint): string => (family === 4 ? MAPPED | value : value).toString(16).padStart(32, '0');
  return { first: key(first), last: key(last) };
}

/** The address flags of `docker network create`, each as often as the user gave it. */
export interface SubnetFlags {
  readonly subnets: readonly string[];
  readonly ipRanges: readonly string[];
  readonly gateways: readonly string[];
  readonly auxAddresses: Readonly<Record<string, string>>;
}

/**
 * Puts the flags together into IPAM pools, each range, gateway and reserved address into the subnet that contains it,
 * by the rules of the docker CLI.
 * @throws FairleadError `invalid_argument` with all faults: overlapping subnets, a part that fits no subnet, two ranges
 * or gateways for one subnet.
 */
export function assembleSubnets(flags: SubnetFlags): Subnet[] {
  const faults: { path: string; message: string }[] = [];
  const fault = (path: string, message: string): void => void faults.push({ path, message });
  const pools = flags.subnets.map((cidr) => ({
    cidr,
    range: tryRead(
      () => parseCidr(cidr),
      (message) => fault('--subnet', message),
    ),
    ipRange: null as string | null,
    gateway: null as string | null,
    auxAddresses: noAddresses(),
  }));
  reportOverlaps(pools, fault);
  const poolOf = (path: string, text: string, range: AddressRange | undefined) => {
    if (range === undefined) return fault(path, `'${text}' is not an address`);
    const pool = pools.find((candidate) => candidate.range !== undefined && rangeContains(candidate.range, range));
    if (pool === undefined) fault(path, `no subnet contains ${text}`);
    return pool;
  };
  for (const text of flags.ipRanges) {
    const range = tryRead(
      () => parseCidr(text),
      (message) => fault('--ip-range', message),
    );
    const pool = range && poolOf('--ip-range', text, range);
    if (pool?.ipRange) fault('--ip-range', `subnet ${pool.cidr} already has the range ${pool.ipRange}`);
    else if (pool) pool.ipRange = text;
  }
  for (const text of flags.gateways) {
    const pool = poolOf('--gateway', text, parseAddress(text));
    if (pool?.gateway) fault('--gateway', `subnet ${pool.cidr} already has the gateway ${pool.gateway}`);
    else if (pool) pool.gateway = text;
  }
  for (const [name, text] of Object.entries(flags.auxAddresses)) {
    const pool = poolOf('--aux-address', text, parseAddress(text));
    if (pool) pool.auxAddresses[name] = text;
  }
  if (faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new FairleadError('invalid_argument', `The address flags do not fit together: ${list}`, { faults });
  }
  return pools.map(({ cidr, ipRange, gateway, auxAddresses }) => ({ cidr, ipRange, gateway, auxAddresses }));
}

const noAddresses = (): Record<string, string> => ({});

type Fault = (path: string, message: string) => void;

function tryRead<T>(read: () => T, failed: (message: string) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function reportOverlaps(pools: readonly { cidr: string; range: AddressRange | undefined }[], fault: Fault): void {
  pools.forEach((pool, index) => {
    const clash = pools
      .slice(0, index)
      .find((other) => other.range && pool.range && rangesOverlap(other.range, pool.range));
    if (clash) fault('--subnet', `${pool.cidr} overlaps ${clash.cidr}`);
  });
}
