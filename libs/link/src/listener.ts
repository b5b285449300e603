import { FairleadError } from '@fairlead/domain';
import { lstatSync, unlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import type { LinkAddress } from './address.js';
import { formatLinkAddress, parseListenAddress } from './address.js';

/**
 * One listening socket of this machine. What it takes from TCP is paused until somebody reads it.
 *
 * Invariants: a Unix socket has mode 0600 from the moment it exists; `close` ends every connection it has accepted
 * and resolves when the socket is gone.
 */
export class Listener {
  /** Resolves when it takes no more connections and none is left. */
  readonly closed: Promise<void>;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** The address as bound: the port is the real one where 0 was asked for. */
    readonly address: string,
  ) {
    this.closed = new Promise((resolve) => server.once('close', resolve));
  }

  /**
   * @throws FairleadError `invalid_argument` for what is no address to listen on, `already_exists` where somebody
   * listens already, `internal` for what the system says else
   */
  static async open(text: string, accept: (socket: Socket) => void): Promise<Listener> {
    const wanted = parseListenAddress(text);
    if (wanted.kind === 'unix') await removeStaleSocket(wanted.path);
    const server = createServer({ noDelay: true, pauseOnConnect: wanted.kind === 'tcp' });
    await bind(server, wanted);
    const listener = new Listener(server, boundAddress(server, wanted));
    server.on('connection', (socket) => {
      listener.sockets.add(socket);
      socket.once('close', () => listener.sockets.delete(socket));
      accept(socket);
    });
    return listener;
  }

  /** Frees the address; connections live on. */
  stopAccepting(): void {
    if (this.server.listening) this.server.close();
  }

  async close(): Promise<void> {
    this.stopAccepting();
    for (const socket of this.sockets) socket.destroy();
    await this.closed;
  }
}

function boundAddress(server: Server, wanted: LinkAddress): string {
  const bound = server.address();
  if (wanted.kind === 'unix' || bound === null || typeof bound === 'string') return formatLinkAddress(wanted);
  return formatLinkAddress({ ...wanted, port: bound.port });
}

function bind(server: Server, address: LinkAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindingFailed(address, error)));
    server.once('listening', () => {
      server.removeAllListeners('error');
      resolve();
    });
    if (address.kind === 'tcp') server.listen({ host: address.host, port: address.port });
    else listenPrivately(server, address.path);
  });
}

/** `listen` makes the socket file before it returns, so that no other mode than 0600 is ever seen. */
function listenPrivately(server: Server, path: string): void {
  const mask = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(mask);
  }
}

function bindingFailed(address: LinkAddress, error: NodeJS.ErrnoException): FairleadError {
  const where = formatLinkAddress(address);
  if (error.code === 'EADDRINUSE') return inUse(where);
  return new FairleadError('internal', `Cannot listen on ${where}: ${error.message}`, { cause: error });
}

const inUse = (where: string): FairleadError =>
  new FairleadError('already_exists', `Another process listens on ${where}`, {
    hint: 'Stop it, or choose another address.',
  });

/** Removes the socket file of a process that is gone. A live one is refused, and so is a file of any other kind. */
async function removeStaleSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) {
    throw new FairleadError('already_exists', `${path} exists and is not a socket`, { hint: 'Choose another path.' });
  }
  if (await answers(path)) throw inUse(`unix:${path}`);
  unlinkSync(path);
}

/** Only a refused connection proves that nobody listens; a full backlog (EAGAIN) or a missing right do not. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
