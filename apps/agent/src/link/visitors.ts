import { createServer, type Server, type Socket } from 'node:net';
import { FairleadError } from '@fairlead/domain';
import { formatLinkAddress, parseListenAddress } from '@fairlead/link';

/** Connections that wait for their turn; one more is closed at once. */
const MAX_WAITING = 4;
/** One that waited longer has been given up by whoever dialled, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Takes connections at an address where there is no identity to serve with, for who is to give one.
 *
 * Invariants: a connection is handed out once; at most four wait, and none for longer than 30 s; after `close` none is
 * left that was not handed out.
 */
export class Visitors {
  private readonly waiting: Socket[] = [];
  private wake: (() => void) | undefined;
  private isClosed = false;

  private constructor(
    private readonly server: Server,
    /** As bound. */
    readonly address: string,
  ) {
    server.on('connection', (socket) => this.take(socket));
  }

  /** @throws FairleadError `already_exists` for an address that is in use, `invalid_argument` for one that cannot be had */
  static async listen(text: string): Promise<Visitors> {
    const address = parseListenAddress(text);
    if (address.kind !== 'tcp') throw new FairleadError('invalid_argument', `'${text}' is not an address of TCP`);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(text, cause)));
      server.listen(address.port, address.host, resolve);
    });
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
    return new Visitors(server, formatLinkAddress({ ...address, port }));
  }

  /** The next connection, whoever opened it. For one caller at a time. @throws FairleadError `host_unavailable` once closed */
  next = async (): Promise<Socket> => {
    for (;;) {
      const socket = this.waiting.shift();
      if (socket !== undefined) return socket.setTimeout(0);
      if (this.isClosed)
        throw new FairleadError('host_unavailable', `Nobody is waited for at ${this.address} any more`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  };

  async close(): Promise<void> {
    this.isClosed = true;
    this.wake?.();
    for (const socket of this.waiting.splice(0)) socket.destroy();
    // Those that were handed out are their holder's; to wait for their end here could be to wait for ourselves.
    this.server.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  private take(socket: Socket): void {
    const leave = (): void => {
      const place = this.waiting.indexOf(socket);
      if (place >= 0) this.waiting.splice(place, 1);
    };
    socket.on('error', () => socket.destroy()).once('close', leave);
    if (this.isClosed || this.waiting.length >= MAX_WAITING) return void socket.destroy();
    socket.setTimeout(LONGEST_WAIT_MS, () => this.waiting.includes(socket) && socket.destroy());
    this.waiting.push(socket);
    this.wake?.();
  }
}

function cannotListen(address: string, cause: NodeJS.ErrnoException): FairleadError {
  const code = cause.code === 'EADDRINUSE' ? 'already_exists' : 'invalid_argument';
  return new FairleadError(code, `The agent cannot listen at ${address}: ${cause.message}`, {
    hint: 'Choose another address with --listen, or stop what uses this one.',
    cause,
  });
}
