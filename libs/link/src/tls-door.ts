import { FairleadError } from '@fairlead/domain';
import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import { Admission } from './admission.js';
import type { SteadyClock } from './call-scope.js';
import { type Caller, callerOf } from './caller.js';
import { leafOf, nameOf } from './certificate.js';
import { Governor } from './governor.js';
import { HandshakeQueue } from './handshake-queue.js';
import { plainAddress, sourceOf } from './ip.js';
import type { LinkLimits } from './limits.js';
import type { TlsIdentity } from './peer.js';

export interface TlsDoorOptions {
  readonly identity: TlsIdentity;
  readonly limits: LinkLimits;
  /** Whether OpenSSL itself refuses whoever shows no certificate under our roots. */
  readonly certificateRequired: boolean;
  /** How many agents are known at a source (see `sourceOf`); default: none. */
  readonly expectedAgents?: ((source: string) => number) | undefined;
  /** How many callers whose handshakes are over are being taken in; default: none. */
  readonly busyWith?: (() => number) | undefined;
  readonly clock: SteadyClock;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A handshake is done, and HTTP/2 agreed on. */
  readonly onSecure: (socket: TLSSocket, caller: Caller) => void;
  /** A connection was closed by us; `address` is its IP address. */
  readonly onRefused: (address: string, reason: string, code: 'overloaded' | 'identity_refused' | 'forbidden') => void;
}

/** How often the bytes of strangers are counted: what they can send between two looks is what they can cost us. */
const STRANGERS_SAMPLE_MS = 100;
const PROVEN_SAMPLE_MS = 1_000;

/** TLS 1.3 only, and no sessions to resume: what a certificate was worth yesterday is not remembered. */
const contextOf = ({ certificateChain, privateKey, roots }: TlsIdentity): SecureContextOptions => ({
  cert: certificateChain,
  key: privateKey,
  // In a list, since no text at all would mean the roots of the web.
  ca: [roots],
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  secureOptions: constants.SSL_OP_NO_TICKET,
});

/**
 * Turns sockets into TLS sockets whose callers are known.
 *
 * Invariants: nothing of a connection is read before its turn has come; whoever is handed to `onSecure` has finished a
 * full handshake of TLS 1.3 with ALPN h2; an identity that is set later holds for the handshakes after it.
 */
export class TlsDoor {
  private readonly server: Server;
  private readonly admission: Admission;
  private readonly handshakes: HandshakeQueue;
  private readonly strangers: Governor;
  private readonly proven: Governor;
  private readonly raw = new Map<string, Socket>();
  private clusterId: string;

  /** @throws FairleadError `invalid_argument` for an identity that is none of ours */
  constructor(private readonly options: TlsDoorOptions) {
    const { identity, limits, clock, certificateRequired } = options;
    this.clusterId = clusterOf(identity);
    this.admission = new Admission(limits, clock, options.expectedAgents);
    this.handshakes = new HandshakeQueue(limits, clock, options.busyWith ?? (() => 0));
    const { bytes, tlsBytes, strangerBytes } = limits;
    const onTooMuch = (socket: Socket, what: string): void => {
      this.admission.flooded(socket);
      this.refuse(socket, what, 'overloaded');
    };
    const strangers = { bytes: strangerBytes, tls: strangerBytes, sampleMs: STRANGERS_SAMPLE_MS };
    this.strangers = new Governor({ ...strangers, clock, onTooMuch });
    this.proven = new Governor({ bytes, tls: tlsBytes, sampleMs: PROVEN_SAMPLE_MS, clock, onTooMuch });
    this.server = createServer({
      ...contextOf(identity),
      requestCert: true,
      rejectUnauthorized: certificateRequired,
      ALPNProtocols: ['h2'],
      handshakeTimeout: limits.handshakeMs,
    });
    this.server.on('secureConnection', (socket) => this.secured(socket));
    this.server.on('tlsClientError', (error, socket) => this.failed(error, socket));
  }

  setIdentity(identity: TlsIdentity): void {
    this.clusterId = clusterOf(identity);
    this.server.setSecureContext(contextOf(identity));
  }

  /** @param dialled by ourselves, so that the limits for strangers do not hold */
  accept(socket: Socket, dialled = false): void {
    socket.on('error', () => {});
    const refusal = dialled ? undefined : this.admission.enter(socket);
    if (refusal !== undefined) {
      this.refuse(socket, refusal, 'overloaded');
      return;
    }
    const key = ends(socket);
    this.raw.set(key, socket);
    socket.once('close', () => this.raw.delete(key));
    this.strangers.watch(socket);
    this.handshakes.add({
      socket,
      known: dialled || (this.options.expectedAgents?.(sourceOf(socket.remoteAddress ?? '')) ?? 0) > 0,
      begin: () => void this.server.emit('connection', socket),
      sendAway: () => this.refuse(socket, 'too many connections wait for their handshake', 'overloaded'),
    });
  }

  close(): void {
    this.handshakes.stop();
  }

  /** Whatever goes wrong here closes the connection: it is not known then who calls. */
  private secured(socket: TLSSocket): void {
    socket.on('error', () => {});
    try {
      this.take(socket);
    } catch (error) {
      this.refuse(socket, `cannot be told apart (${error instanceof Error ? error.message : ''})`, 'identity_refused');
    }
  }

  private take(socket: TLSSocket): void {
    if (socket.alpnProtocol !== 'h2' || socket.isSessionReused()) {
      this.refuse(socket, 'does not speak HTTP/2', 'forbidden');
      return;
    }
    const caller = callerOf(socket, this.clusterId, this.options.now());
    const raw = this.raw.get(ends(socket));
    if (raw === undefined) {
      // Gone in the meantime: without its other end it could not be counted.
      socket.destroy();
      return;
    }
    this.handshakes.over(raw);
    if (caller.peer.kind === 'anonymous') {
      const longest = this.admission.stay(raw);
      if (longest !== undefined) this.refuse(longest, 'made room for another one that is no agent', 'overloaded');
    } else {
      this.strangers.forget(raw);
      this.proven.watch(raw, socket);
    }
    const refusal = caller.peer.kind === 'agent' ? this.admission.prove(raw, caller.peer.id) : undefined;
    if (refusal === undefined) this.options.onSecure(socket, caller);
    else this.refuse(socket, refusal, 'overloaded');
  }

  private failed(error: Error & { code?: string }, socket: TLSSocket): void {
    // Gone by itself: so does every host that joins, once it has seen our root.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return;
    const foreign = error.code === 'ERR_SSL_HTTP_REQUEST' ? 'speaks HTTP without TLS' : undefined;
    this.refuse(
      socket,
      foreign ?? `did not finish the TLS handshake (${error.code ?? error.message})`,
      'identity_refused',
    );
  }

  private refuse(socket: Socket, reason: string, code: 'overloaded' | 'identity_refused' | 'forbidden'): void {
    const address = plainAddress(socket.remoteAddress ?? 'unknown');
    socket.destroy();
    this.options.onRefused(address, reason, code);
  }
}

/** Both ends of a connection: no two open ones have the same. */
const ends = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;

function clusterOf({ certificateChain }: TlsIdentity): string {
  const name = nameOf(leafOf(certificateChain));
  if (name !== undefined) return name.clusterId;
  throw new FairleadError('invalid_argument', 'The certificate does not name exactly one agent or controller', {
    hint: 'A link shows certificates of Fairlead only.',
  });
}
