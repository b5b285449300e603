import { FairleadError } from '@fairlead/domain';
import { connect, type Socket } from 'node:net';
import { formatLinkAddress, parseLinkAddress } from './address.js';

/** Time for a TCP connection. */
const CONNECT_LIMIT_MS = 10_000;

/**
 * A connection to the controller, before TLS.
 * @throws FairleadError `controller_unavailable` where nobody answers, `invalid_argument` for no address
 */
export function connectTo(address: string): Promise<Socket> {
  const parsed = parseLinkAddress(address);
  const where = formatLinkAddress(parsed);
  return new Promise((resolve, reject) => {
    const socket = parsed.kind === 'unix' ? connect(parsed.path) : connect({ host: parsed.host, port: parsed.port });
    const fail = (why: string): void => {
      socket.destroy();
      reject(
        new FairleadError('controller_unavailable', `no controller answers at ${where} (${why})`, {
          hint: 'Look whether the controller runs, and whether its link port can be reached from here.',
        }),
      );
    };
    socket.setNoDelay(true);
    socket.setTimeout(CONNECT_LIMIT_MS, () => fail(`no answer within ${CONNECT_LIMIT_MS} ms`));
    const failed = (error: NodeJS.ErrnoException): void => fail(REASONS[error.code ?? ''] ?? error.message);
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: nobody listens there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ENOENT: 'there is no such socket',
};
