import ipaddr from 'ipaddr.js';
import { FairleadError } from './errors.js';
import { type AddressRange, parseCidr, rangeContains } from './ipam.js';

/** Where an agent listens, as an operator wrote it. */
export interface DialAddress {
  /** A name, or an address in its one canonical form (an IPv4-mapped one as IPv4). */
  readonly host: string;
  readonly port: number;
  /** False for a name, which has to be resolved. */
  readonly literal: boolean;
}

/**
 * What no controller dials, whatever ranges it was given: behind link-local addresses machines of a cloud find their own
 * credentials, and the others are no single machine.
 */
const NEVER: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', 'no address of a machine'],
  ['169.254.0.0/16', 'a link-local address, where clouds keep credentials'],
  ['100.100.100.200/32', 'a metadata service, where clouds keep credentials'],
  ['192.0.0.192/32', 'a metadata service, where clouds keep credentials'],
  ['224.0.0.0/4', 'a multicast address'],
  ['240.0.0.0/4', 'a reserved or broadcast address'],
  ['::/128', 'no address of a machine'],
  ['fe80::/10', 'a link-local address'],
  ['fd00:ec2::/32', 'a metadata service, where clouds keep credentials'],
  ['ff00::/8', 'a multicast address'],
];
const FORBIDDEN = NEVER.map(([cidr, what]) => ({ range: parseCidr(cidr), what }));

/** IPv6 addresses that lead to an IPv4 one: mapped, compatible, NAT64, 6to4; and where the four bytes are. */
const EMBEDDING: readonly (readonly [cidr: string, offset: number])[] = [
  ['::ffff:0:0/96', 12],
  ['::/96', 12],
  ['64:ff9b::/96', 12],
  ['64:ff9b:1::/48', 12],
  ['2002::/16', 2],
];
const EMBEDDINGS = EMBEDDING.map(([cidr, offset]) => ({ range: parseCidr(cidr), offset }));

const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/;
/** Resolvers take `0x7f.1`, `2130706433` and `0177.0.0.1` for IPv4 addresses. */
const LIKE_A_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/**
 * Reads `10.20.0.7:7802`, `[fd00::7]:7802` or `web-3.internal:7802`. IPv4 only with four decimal numbers, IPv6 without a
 * zone.
 * @throws FairleadError `invalid_argument`
 */
export function parseDialAddress(text: string): DialAddress {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === '' || port < 1 || port > 65_535) refuse(text, 'it is not HOST:PORT');
  if (bracketed !== undefined) {
    if (!ipaddr.IPv6.isValid(bracketed) || bracketed.includes('%')) refuse(text, 'the brackets hold no IPv6 address');
    return { host: canonical(bracketed), port, literal: true };
  }
  const host = (plain ?? '').toLowerCase();
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return { host, port, literal: true };
  if (LIKE_A_NUMBER.test(host)) refuse(text, 'IPv4 addresses are written as four decimal numbers');
  if (!NAME.test(host)) refuse(text, `'${host}' is neither an address nor a name`);
  return { host, port, literal: false };
}

function refuse(text: string, why: string): never {
  throw new FairleadError('invalid_argument', `'${text}' is not an address that can be dialled: ${why}`, {
    hint: 'Write 10.20.0.7:7802, [fd00:1::7]:7802 or a name and a port.',
  });
}

/** For people, and readable by `parseDialAddress`. */
export const formatDialAddress = ({ host, port }: Pick<DialAddress, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * What of the addresses may be dialled, in the order given: that is, all of them or none. A name that leads to one
 * address inside the ranges and to one outside is a trap.
 * @param addresses what a resolver gave, or one literal
 * @throws FairleadError `forbidden` naming the address and why; `unsupported` without any range
 */
export function checkDialable(addresses: readonly string[], ranges: readonly AddressRange[]): readonly string[] {
  if (ranges.length === 0) {
    throw new FairleadError('unsupported', 'This controller dials no agents', {
      hint: 'Start it with --dial-range CIDR, the range of the hosts whose agents listen.',
    });
  }
  if (addresses.length === 0) throw new FairleadError('forbidden', 'The name leads to no address');
  return addresses.map((text) => checkOne(text, ranges));
}

function checkOne(text: string, ranges: readonly AddressRange[]): string {
  const forbid = (why: string): never => {
    throw new FairleadError('forbidden', `${text} is not dialled: ${why}`, {
      hint: 'See --dial-range of the controller; some addresses are never dialled.',
    });
  };
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && (!ipaddr.IPv6.isValid(text) || text.includes('%'))) {
    forbid('it is no plain address');
  }
  const address = canonical(text);
  const single = toRange(address);
  for (const candidate of [single, ...embedded(address)]) {
    const found = FORBIDDEN.find(({ range }) => rangeContains(range, candidate));
    if (found) forbid(`it is ${found.what}`);
  }
  if (!ranges.some((range) => rangeContains(range, single))) forbid('it is in none of the ranges of --dial-range');
  return address;
}

/** Mapped IPv4 addresses become IPv4 ones; the kernel does not tell them apart either. */
const canonical = (text: string): string => ipaddr.process(text).toString();

const toRange = (address: string): AddressRange => parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);

function embedded(address: string): AddressRange[] {
  const range = toRange(address);
  if (range.family === 4 || address === '::1') return [];
  const bytes = ipaddr.parse(address).toByteArray();
  return EMBEDDINGS.filter(({ range: outer }) => rangeContains(outer, range)).map(({ offset }) =>
    toRange(bytes.slice(offset, offset + 4).join('.')),
  );
}
