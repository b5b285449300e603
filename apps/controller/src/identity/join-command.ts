import { networkInterfaces } from 'node:os';
import { FairleadError, formatDialAddress, formatJoinToken, type JoinToken, parseDialAddress } from '@fairlead/domain';

/** What the operator runs on the host. The token travels in a variable, so that no list of processes shows it. */
export function joinCommand(token: JoinToken, flags: Readonly<Record<string, string>>): string {
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, quote(value)]);
  return ['FAIRLEAD_AGENT_JOIN_TOKEN=' + quote(formatJoinToken(token)), 'fairlead', 'agent', ...words].join(' ');
}

/** As one word of a POSIX shell. */
export const quote = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** How hosts reach the link of this controller. */
export interface LinkPlace {
  /** Of its TLS port, once it listens; undefined where it has none. */
  port: number | undefined;
  /** As the operator knows it (`--advertise`), with a port or without. */
  readonly advertised: string | undefined;
}

/**
 * The address of the controller for the printed command: as asked for, else as advertised, else the first address of
 * this machine that others may reach.
 * @throws FairleadError `unsupported` where no host can dial this controller, `invalid_argument` for what is no address
 */
export function controllerAddress(asked: string | undefined, { port, advertised }: LinkPlace): string {
  if (port === undefined) {
    throw new FairleadError('unsupported', 'This controller has no port that hosts can dial', {
      hint: 'Start it with --link-port 7801; or add hosts whose agents listen, with --dial-range and `fairlead host add`.',
    });
  }
  const given = asked ?? advertised;
  if (given !== undefined) return withPort(given, port);
  const first = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return formatDialAddress({ host: first?.address ?? '127.0.0.1', port });
}

/** @throws FairleadError `invalid_argument` for what no agent could dial */
const withPort = (address: string, port: number): string => {
  const hasPort = /^\[[^\]]+\]:\d+$|^[^:]+:\d+$/.test(address);
  const whole = hasPort ? address : formatDialAddress({ host: address.replace(/^\[|\]$/g, ''), port });
  return formatDialAddress(parseDialAddress(whole));
};
