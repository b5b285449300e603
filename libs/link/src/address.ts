import { FairleadError } from '@fairlead/domain';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { resolve } from 'node:path';

/** Where a link ends: a Unix socket of this machine, or a port that speaks TLS. */
export type LinkAddress =
  | { readonly kind: 'unix'; readonly path: string }
  /** `host` is an IP address or, for dialling only, a name. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** The kernel keeps a socket's path in 108 bytes, the last of them zero (Linux; macOS has 104). */
const LONGEST_PATH = 107;

const refuse = (message: string, hint: string): never => {
  throw new FairleadError('invalid_argument', message, { hint });
};

/**
 * Reads `unix:/path`, `unix:path`, `unix:///path`, `192.0.2.7:7801`, `controller.example:7801` or `[2001:db8::7]:7801`.
 * @throws FairleadError `invalid_argument` for anything else, with the reason
 */
export function parseLinkAddress(text: string): LinkAddress {
  return text.startsWith('unix:') ? parseUnix(text.slice('unix:'.length)) : parseTcp(text);
}

/**
 * As `parseLinkAddress`, for an address to listen on: no names, because which of a name's addresses would be meant?
 * @throws FairleadError `invalid_argument`
 */
export function parseListenAddress(text: string): LinkAddress {
  const address = parseLinkAddress(text);
  if (address.kind === 'tcp' && isIP(address.host) === 0) {
    refuse(`Cannot listen on the name '${address.host}'`, 'Write the IP address: 0.0.0.0 and [::] mean all of them.');
  }
  return address;
}

function parseUnix(rest: string): LinkAddress {
  const path = rest.startsWith('//') ? rest.slice(2) : rest;
  if (path === '' || path.includes('\0')) refuse(`'unix:${rest}' names no socket`, 'Write unix:/run/fairlead.sock.');
  const full = resolve(path);
  if (Buffer.byteLength(full) > LONGEST_PATH) {
    refuse(`The socket's path is longer than ${LONGEST_PATH} bytes: ${full}`, 'Use a shorter folder.');
  }
  return { kind: 'unix', path: full };
}

/** Letters of any case, digits, hyphens and underscores; at most 63 of them between two dots. */
const NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;

function parseTcp(text: string): LinkAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    refuse(`'${text}' is not an address of the link`, 'Write unix:/run/fairlead.sock or 192.0.2.7:7801.');
  }
  const host = bracketed ?? plain ?? '';
  const valid = bracketed === undefined ? isIPv4(host) || isName(host) : isIPv6(host);
  if (!valid) refuse(`'${host}' is neither an IP address nor a name`, 'IPv6 addresses stand in brackets: [::1]:7801.');
  return { kind: 'tcp', host, port };
}

/** A name whose last part is a number is a mistyped address, or one of the many old ways to write one. */
const isName = (host: string): boolean => NAME.test(host) && !/(^|\.)(\d+|0[xX][\da-fA-F]*)$/.test(host);

/** For people, and readable by `parseLinkAddress`. */
export function formatLinkAddress(address: LinkAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
