import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** IPv4 as such, where a socket for both families gives it as IPv6; without a zone. */
export function plainAddress(address: string): string {
  const [, mapped] = MAPPED.exec(address) ?? [];
  return mapped ?? address.replace(/%.*$/, '');
}

/** What limits count as one source: an IPv4 address, or the /64 that anybody with IPv6 has for himself. */
export function sourceOf(address: string): string {
  const plain = plainAddress(address);
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
