import { isIP } from 'node:net';
import { FairleadError } from '@fairlead/domain';

/** Where and how REST is reached. */
export interface Exposure {
  /** The address to listen on. */
  readonly host: string;
  /** PEM texts; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** As people and browsers call it, such as `https://fairlead.example`; null: by the address it listens on. */
  readonly publicUrl: URL | null;
}

export const LOOPBACK: Exposure = { host: '127.0.0.1', tls: null, publicUrl: null };

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** All addresses of this machine. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Whether whoever calls it sees TLS, be it ours or that of a proxy before us. */
export const isSecure = ({ tls, publicUrl }: Exposure): boolean => tls !== null || publicUrl?.protocol === 'https:';

/** @throws FairleadError `invalid_argument`: tokens would cross a network for everybody to read */
export function assertNotInTheOpen({ host, tls }: Exposure): void {
  if (tls !== null || isLoopback(host)) return;
  throw new FairleadError('invalid_argument', `REST on ${host} without TLS would show every token to the network`, {
    hint:
      'Give --tls-cert FILE and --tls-key FILE; or leave --host at 127.0.0.1 and put a proxy with TLS before it, ' +
      'naming its address with --public-url https://….',
  });
}

/** `::ffff:10.0.0.1` is an IPv4 address in the clothes of IPv6. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/** Where programs of this machine reach it. */
export function localUrl({ host, tls }: Exposure, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${tls === null ? 'http' : 'https'}://${inUrl(reached)}:${port}`;
}

/** An address as it stands in a URL. */
export const inUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
