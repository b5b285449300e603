import { FairleadError } from '@fairlead/domain';
import type { Socket } from 'node:net';
import { parseListenAddress } from './address.js';
import { type Caller, LOCAL_CALLER } from './caller.js';
import type { GrpcDoor } from './grpc-door.js';
import { Listener } from './listener.js';
import type { TlsIdentity } from './peer.js';
import { TlsDoor, type TlsDoorOptions } from './tls-door.js';

/** Time for last words when a server closes. */
const LAST_WORDS_MS = 500;

/**
 * The sockets of one gRPC server: Unix sockets as they are, everything else behind TLS.
 *
 * Invariants: no byte of a TCP connection reaches gRPC but through the TlsDoor; after `close` there is no socket left,
 * whether its other end took part or not.
 */
export class LinkPorts {
  private readonly listeners: Listener[] = [];
  private readonly dialled = new Set<Socket>();
  private readonly tls: TlsDoor | undefined;

  constructor(
    private readonly door: GrpcDoor,
    tls: Omit<TlsDoorOptions, 'onSecure' | 'identity'> & { readonly identity: TlsIdentity | undefined },
  ) {
    const { identity } = tls;
    const onSecure = (socket: Socket, caller: Caller): void => this.door.admit(socket, caller);
    if (identity !== undefined) this.tls = new TlsDoor({ ...tls, identity, onSecure });
  }

  /**
   * May be called several times. Returns the address as bound.
   * @throws FairleadError `invalid_argument` for no address to listen on, and for TCP without an identity;
   * `already_exists` for one in use
   */
  async listen(address: string): Promise<string> {
    const admit =
      parseListenAddress(address).kind === 'unix'
        ? (socket: Socket): void => this.door.admit(socket, LOCAL_CALLER)
        : this.overTls(address);
    const listener = await Listener.open(address, admit);
    this.listeners.push(listener);
    return listener.address;
  }

  /** Serves a socket that we dialled ourselves. Resolves when it has closed. */
  async accept(socket: Socket): Promise<void> {
    const admit = this.overTls('a dialled socket', true);
    this.dialled.add(socket);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    if (!socket.destroyed) {
      admit(socket);
      await closed;
    }
    this.dialled.delete(socket);
  }

  /** @throws FairleadError `invalid_argument` where there is none to be replaced */
  setIdentity(identity: TlsIdentity): void {
    if (this.tls === undefined) throw noIdentity('this server');
    this.tls.setIdentity(identity);
  }

  /** Takes no more connections, lets open calls end for half a second, then breaks off what is left. */
  async close(): Promise<void> {
    const listeners = this.listeners.splice(0);
    for (const listener of listeners) listener.stopAccepting();
    this.tls?.close();
    // Each connection ends after its last call. From Node 24 on the callback comes at once, with calls still open
    // (seen with grpc-js 1.14.7 on Node 24.21 and 26.10), so the connections themselves are waited for.
    this.door.grpc.tryShutdown(() => undefined);
    await atMost(LAST_WORDS_MS, Promise.all(listeners.map(({ closed }) => closed)));
    this.door.grpc.forceShutdown();
    for (const socket of this.dialled) socket.destroy();
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  private overTls(address: string, dialled = false): (socket: Socket) => void {
    const { tls } = this;
    if (tls === undefined) throw noIdentity(address);
    return (socket) => tls.accept(socket, dialled);
  }
}

const noIdentity = (what: string): FairleadError =>
  new FairleadError('invalid_argument', `Without a certificate nothing is served over TCP (${what})`, {
    hint: 'Use a Unix socket (unix:/path), or give this server an identity.',
  });

/** Resolves when `work` has, or after `ms`. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
