import { Server, ServerCredentials } from '@grpc/grpc-js';
import { serverOptions } from './grpc-options.js';
import { Listener } from './listener.js';

/** Time for last words when a server closes. */
const LAST_WORDS_MS = 500;

/**
 * A gRPC server on sockets of this machine.
 *
 * Invariants: every connection comes through a Listener, and so from a Unix socket (mode 0600) or loopback TCP; after
 * `close` there is no socket left, whether its other end took part or not.
 */
export class LocalServer {
  readonly grpc: Server;
  private readonly listeners: Listener[] = [];

  constructor(maxMessageBytes: number, maxStreams: number) {
    this.grpc = new Server(serverOptions(maxMessageBytes, maxStreams));
  }

  /**
   * May be called several times. Returns the address as bound.
   * @throws FairleadError `invalid_argument` for an address beyond this machine, `already_exists` for one in use
   */
  async listen(address: string): Promise<string> {
    const injector = this.grpc.createConnectionInjector(ServerCredentials.createInsecure());
    const listener = await Listener.open(address, (socket) => injector.injectConnection(socket));
    this.listeners.push(listener);
    return listener.address;
  }

  /** Takes no more connections, lets open calls end for half a second, then breaks off what is left. */
  async close(): Promise<void> {
    const listeners = this.listeners.splice(0);
    for (const listener of listeners) listener.stopAccepting();
    // Each connection ends after its last call. From Node 24 on the callback comes at once, with calls still open
    // (seen with grpc-js 1.14.7 on Node 24.21 and 26.10), so the connections themselves are waited for.
    this.grpc.tryShutdown(() => undefined);
    await atMost(LAST_WORDS_MS, Promise.all(listeners.map(({ closed }) => closed)));
    this.grpc.forceShutdown();
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}

/** Resolves when `work` has, or after `ms`. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
