import { FairleadError } from '@fairlead/domain';
import { isIPv4 } from 'node:net';
import { resolve } from 'node:path';

/** Where the link may run in this version: on this machine only. */
export type LinkAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** The kernel keeps a socket's path in 108 bytes, the last of them zero (Linux; macOS has 104). */
const LONGEST_PATH = 107;

const refuse = (message: string, hint: string): never => {
  throw new FairleadError('invalid_argument', message, { hint });
};

/**
 * Reads `unix:/path`, `unix:path`, `unix:///path`, `127.0.0.1:7801`, `localhost:7801` or `[::1]:7801`.
 * `localhost` means 127.0.0.1 here, whatever a hosts file says of it.
 * @throws FairleadError `invalid_argument` for anything else, with the reason
 */
export function parseLinkAddress(text: string): LinkAddress {
  return text.startsWith('unix:') ? parseUnix(text.slice('unix:'.length)) : parseTcp(text);
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

function parseTcp(text: string): LinkAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    refuse(`'${text}' is not an address of the link`, 'Write unix:/run/fairlead.sock or 127.0.0.1:7801.');
  }
  const host = bracketed ?? (plain === 'localhost' ? '127.0.0.1' : (plain ?? ''));
  if (!isLoopback(host)) {
    refuse(
      `in this version the link runs over a Unix socket or loopback TCP only, not over '${text}'`,
      'Without TLS and authentication nothing may listen or be dialled beyond this machine. ' +
        'Use unix:/path, 127.0.0.1:PORT or [::1]:PORT.',
    );
  }
  return { kind: 'tcp', host, port };
}

const isLoopback = (host: string): boolean => host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** For people, and readable by `parseLinkAddress`. */
export function formatLinkAddress(address: LinkAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
