import { isIP } from 'node:net';
import { FairleadError } from '@fairlead/domain';

/** Where an engine listens: a Unix socket, or a host with what may stand before every path. */
export type EngineAddress =
  | { readonly socketPath: string }
  | {
      readonly protocol: 'http' | 'https';
      readonly host: string;
      readonly port: number;
      /** Without a slash at its end; empty for most. */
      readonly basePath: string;
    };

/**
 * Reads `unix:///run/docker.sock`, `tcp://127.0.0.1:2375`, `http://localhost:2375/base` or `https://engine:2376`.
 * An engine's API is root on its host, so plain text is taken on loopback only.
 * @throws FairleadError `invalid_argument` with a hint, for anything else and for `ssh://`
 */
export function parseEngineUrl(text: string): EngineAddress {
  if (text.startsWith('unix://')) return socketAddress(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw notAnAddress(text);
  switch (url.protocol) {
    case 'https:':
      return networkAddress(url, 'https', 2376);
    case 'http:':
    case 'tcp:':
      if (!isLoopback(hostOf(url))) throw notLoopback(text);
      return networkAddress(url, 'http', 2375);
    case 'ssh:':
      throw new FairleadError('invalid_argument', `The engine '${text}' is behind ssh, which Fairlead does not use`, {
        hint: 'Run `fairlead agent` on that host, beside the engine, or choose a local engine with --engine.',
      });
    default:
      throw notAnAddress(text);
  }
}

function socketAddress(text: string): EngineAddress {
  const socketPath = text.slice('unix://'.length);
  if (socketPath.startsWith('/') && !socketPath.includes('\0')) return { socketPath };
  throw new FairleadError('invalid_argument', `'${text}' does not name a socket by its full path`, {
    hint: 'Write three slashes: unix:///var/run/docker.sock.',
  });
}

function networkAddress(url: URL, protocol: 'http' | 'https', defaultPort: number): EngineAddress {
  return {
    protocol,
    host: hostOf(url),
    port: url.port === '' ? defaultPort : Number(url.port),
    basePath: url.pathname.replace(/\/+$/, ''),
  };
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

const notLoopback = (text: string): FairleadError =>
  new FairleadError('invalid_argument', `The engine '${text}' would be spoken to in plain text over the network`, {
    hint: 'Run `fairlead agent` on that host and give it the local socket, or use https://.',
  });

const notAnAddress = (text: string): FairleadError =>
  new FairleadError('invalid_argument', `'${text}' is not the address of an engine`, {
    hint: 'Write unix:///var/run/docker.sock, tcp://127.0.0.1:2375 or https://HOST:2376.',
  });
