import { FairleadError } from '@fairlead/domain';
import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js';
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { type CertificateName, explainDistrust, nameOf, verdictOf } from './certificate.js';
import type { TlsIdentity } from './peer.js';

/** Whom we expect at the other end. */
export interface Expectation {
  readonly role: 'agent' | 'controller';
  /** PEM: the roots that may have signed its certificate. */
  readonly roots: string;
  /** Undefined: whichever the roots have signed for. */
  readonly clusterId?: string | undefined;
  /** Of an agent. */
  readonly agentId?: string | undefined;
  /** What we show of ourselves. */
  readonly own?: TlsIdentity | undefined;
  /** For messages. */
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface SecuredSocket {
  readonly socket: TLSSocket;
  readonly certificate: X509Certificate;
  readonly name: CertificateName;
}

const wrongPeers = new WeakSet<FairleadError>();
const cutOffs = new WeakSet<FairleadError>();

/** Whether the other end was seen and is not who was meant, or the clocks differ: dialling again changes nothing. */
export const isWrongPeer = (error: unknown): boolean => error instanceof FairleadError && wrongPeers.has(error);

/** Whether the other end has closed the connection before anything was said, as it does where too many come at once. */
export const wasCutOff = (error: FairleadError): boolean => cutOffs.has(error);

function markWrong(error: FairleadError): FairleadError {
  wrongPeers.add(error);
  return error;
}

/** Time for the other end's part of a handshake, which it may let wait for its turn. */
const HANDSHAKE_LIMIT_MS = 30_000;
const NO_HTTP2 = 'it does not speak HTTP/2';
/** What OpenSSL calls an answer that is none of TLS 1.3; a connection that was cut off is called otherwise. */
const NOT_TLS = new RegExp(`^(ERR_SSL_|EPROTO$|${NO_HTTP2}$)`);

/** To read a key and certificates takes OpenSSL longer than the rest of a dial: what it made of an identity stays with it. */
const contexts = new WeakMap<TlsIdentity, SecureContext>();

function keptContext(own: TlsIdentity): SecureContext {
  const context = contexts.get(own) ?? newContext(own.roots, own);
  contexts.set(own, context);
  return context;
}

const newContext = (roots: string | undefined, own: TlsIdentity | undefined): SecureContext =>
  createSecureContext({
    // In a list, since no text at all would mean the roots of the web.
    ca: [roots ?? ''],
    cert: own?.certificateChain,
    key: own?.privateKey,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
  });

/**
 * TLS over a socket, with nothing verified: for callers who then look at the certificates and send nothing.
 * @throws FairleadError where there is no TLS at the other end; the socket is gone then
 */
export function startTls(
  socket: Socket,
  { role, roots, own, address }: Pick<Expectation, 'role' | 'address' | 'own'> & { readonly roots?: string },
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      secureContext: own !== undefined && own.roots === roots ? keptContext(own) : newContext(roots, own),
      ALPNProtocols: ['h2'],
      // OpenSSL's verdict is read by `secureClient`, which can then say what is wrong with the certificate.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const end = (error: FairleadError): void => {
      clearTimeout(timer);
      secured.destroy();
      reject(error);
    };
    const fail = (why: string): void => {
      const error = notOurs(role, address, why);
      end(NOT_TLS.test(why) ? markWrong(error) : error);
    };
    const timer = setTimeout(() => fail(`no TLS handshake within ${HANDSHAKE_LIMIT_MS} ms`), HANDSHAKE_LIMIT_MS);
    const closed = (): void => end(cutOff(role, address));
    secured.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? closed() : fail(error.code ?? error.message),
    );
    secured.once('close', closed);
    secured.once('secureConnect', () => {
      clearTimeout(timer);
      secured.off('close', closed);
      if (secured.alpnProtocol === 'h2') resolve(secured);
      else fail(NO_HTTP2);
    });
  });
}

/**
 * TLS over a socket, to the one who is expected and nobody else. There are no host names in our certificates: who
 * somebody is follows from the roots and the one name in the certificate.
 * @throws FairleadError `controller_unavailable` or `host_unavailable` with the reason; nothing was sent, and the socket
 * is gone
 */
export async function secureClient(socket: Socket, expected: Expectation): Promise<SecuredSocket> {
  const secured = await startTls(socket, expected);
  try {
    const certificate = secured.getPeerX509Certificate();
    if (certificate === undefined) throw refused(expected, 'shows no certificate');
    if (!secured.authorized) throw distrusted(expected, certificate, verdictOf(secured));
    const name = nameOf(certificate);
    if (name === undefined) throw refused(expected, 'shows a certificate that is none of ours');
    checkName(name, expected);
    return { socket: secured, certificate, name };
  } catch (error) {
    secured.destroy();
    throw error;
  }
}

function checkName(name: CertificateName, expected: Expectation): void {
  const { role, clusterId, agentId } = expected;
  if (name.role !== role)
    throw refused(expected, `shows the certificate of ${aRole(name.role)}, not of ${aRole(role)}`);
  if (clusterId !== undefined && name.clusterId !== clusterId) {
    throw refused(expected, `belongs to another cluster (${name.clusterId}, not ${clusterId})`);
  }
  if (agentId !== undefined && name.id !== agentId) throw refused(expected, `is agent ${name.id}, not ${agentId}`);
}

const aRole = (role: 'agent' | 'controller'): string => (role === 'agent' ? 'an agent' : 'a controller');

const codeFor = (role: 'agent' | 'controller') => (role === 'agent' ? 'host_unavailable' : 'controller_unavailable');

const refused = ({ role, address }: Expectation, what: string): FairleadError =>
  markWrong(
    new FairleadError(codeFor(role), `whoever answers at ${address} ${what}; nothing was sent`, {
      hint: `Look whether ${address} is the address of the ${role}.`,
    }),
  );

function distrusted({ role, address, now }: Expectation, certificate: X509Certificate, code: string): FairleadError {
  const { reason, dated } = explainDistrust(`the certificate of the ${role} at ${address}`, certificate, code, now());
  const moved = role === 'controller' ? ' If it is, its root has changed while this host was away: join anew.' : '';
  const hint =
    dated === undefined
      ? `Look whether ${address} is the address of the ${role}.${moved}`
      : 'Compare the clocks of both machines.';
  return markWrong(new FairleadError(codeFor(role), `${reason}; nothing was sent`, { hint }));
}

const notOurs = (role: 'agent' | 'controller', address: string, why: string): FairleadError =>
  new FairleadError(codeFor(role), `something that is not our ${role} answered at ${address} (${why})`, {
    hint: `Look whether address and port are those of the ${role}'s link.`,
  });

function cutOff(role: 'agent' | 'controller', address: string): FairleadError {
  const message = `the connection to ${address} was closed before its TLS handshake was done`;
  const error = new FairleadError(codeFor(role), message, {
    hint: `The ${role} takes no more connections from here for now, or something else listens there. Try again in a while.`,
  });
  cutOffs.add(error);
  return error;
}

/**
 * Credentials of a gRPC client whose TLS is `secureClient`.
 *
 * Invariants: gRPC gets a socket only after the other end was verified; `refusal` is why the last one was not.
 */
export class LinkCredentials extends ChannelCredentials {
  refusal: FairleadError | undefined;
  /** What was verified of the last connection. */
  verified: SecuredSocket | undefined;
  /** Whether there was a TCP connection. */
  connected = false;

  constructor(private readonly expected: Expectation) {
    super();
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override compose(): ChannelCredentials {
    throw new Error('The link has no credentials of single calls');
  }

  override _createSecureConnector(): ReturnType<ChannelCredentials['_createSecureConnector']> {
    // A client that is closed while its connection waits for another attempt still makes that attempt, and goes on with one
    // under way (grpc-js 1.14.7): it would be one more connection of this agent, which nobody uses, until the other end has
    // had enough of it.
    let isClosed = false;
    let securing: Socket | undefined;
    return {
      connect: async (socket) => {
        securing = socket;
        if (!isClosed) return { socket: await this.secure(socket), secure: true };
        socket.destroy();
        throw new Error('The client is closed');
      },
      waitForReady: () => (isClosed ? Promise.reject(new Error('The client is closed')) : Promise.resolve()),
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => {
        isClosed = true;
        // Its handshake may wait for its turn for as long as half a minute, and would outlive the client.
        if (this.verified === undefined) securing?.destroy();
      },
    };
  }

  private async secure(socket: Socket): Promise<TLSSocket> {
    this.connected = true;
    try {
      this.verified = await secureClient(socket, this.expected);
      this.refusal = undefined;
      return this.verified.socket;
    } catch (error) {
      if (error instanceof FairleadError) this.refusal = error;
      throw error;
    }
  }
}
