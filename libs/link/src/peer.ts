/** Who is at the other end of a link, by its certificate and socket alone. */
export type Peer =
  /** A Unix socket, which only this user may open (mode 0600), or the same process. */
  | { readonly kind: 'local' }
  /** TLS without a certificate, or with one that proves nothing. */
  | { readonly kind: 'anonymous'; readonly address: string }
  | {
      readonly kind: 'agent' | 'controller';
      /** IP address without the port; IPv4 is never written as IPv6. */
      readonly address: string;
      readonly clusterId: string;
      /** Id of the agent; empty for a controller. */
      readonly id: string;
      /** Hexadecimal, lower case, as Node's X509Certificate gives it. */
      readonly serial: string;
      /** Milliseconds since the epoch. */
      readonly notAfter: number;
    };

export const LOCAL: Peer = { kind: 'local' };

/** What one end of a TLS link shows and trusts; PEM texts. */
export interface TlsIdentity {
  /** The certificate, then its root. */
  readonly certificateChain: string;
  /** PKCS#8. */
  readonly privateKey: string;
  /** All roots to trust. */
  readonly roots: string;
}

/** For log and errors. */
export function describePeer(peer: Peer): string {
  if (peer.kind === 'local') return 'this machine';
  if (peer.kind === 'anonymous') return peer.address;
  return peer.kind === 'agent' ? `agent ${peer.id} at ${peer.address}` : `a controller at ${peer.address}`;
}
