import { FairleadError } from '@fairlead/domain';
import type { TLSSocket } from 'node:tls';
import { explainDistrust, nameOf, notAfterOf, serialOf, verdictOf } from './certificate.js';
import { plainAddress } from './ip.js';
import { LOCAL, type Peer } from './peer.js';

/** Who calls, and why a certificate that was shown proves nothing. */
export interface Caller {
  readonly peer: Peer;
  readonly fault?: FairleadError;
  /** The fault is that the certificate has expired, by our clock. */
  readonly expired?: boolean;
}

export const LOCAL_CALLER: Caller = { peer: LOCAL };

/**
 * Who is at the other end of a TLS socket whose handshake is done. Only what Node's TLS has verified (chain, dates,
 * use) counts, and of that only a certificate with exactly one name, of this cluster.
 */
export function callerOf(socket: TLSSocket, clusterId: string, now: number): Caller {
  const peer: Peer = { kind: 'anonymous', address: plainAddress(socket.remoteAddress ?? 'unknown') };
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { peer };
  if (!socket.authorized) {
    const { reason, dated } = explainDistrust("the agent's certificate", certificate, verdictOf(socket), now);
    return { peer, fault: refused(reason, dated !== undefined), expired: dated === 'expired' };
  }
  const name = nameOf(certificate);
  if (name === undefined)
    return { peer, fault: refused('the certificate does not name exactly one agent or controller') };
  if (name.clusterId !== clusterId)
    return { peer, fault: refused(`the certificate is of another cluster (${name.clusterId})`) };
  const facts = { serial: serialOf(certificate), notAfter: notAfterOf(certificate) };
  return { peer: { kind: name.role, address: peer.address, clusterId, id: name.id, ...facts } };
}

const refused = (reason: string, dated = false): FairleadError =>
  new FairleadError('identity_refused', `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`, {
    hint: dated
      ? 'Compare the clocks of this host and of the controller; an agent renews an expired certificate by itself.'
      : 'Join the host again with a join token of this controller.',
  });
