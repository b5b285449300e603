import type { ErrorCode } from '@fairlead/domain';
import type { Peer } from './peer.js';

/** A host that asks for its identity, as the link has checked it. */
export interface JoinApplication {
  readonly tokenId: string;
  /** base64url, 43 characters; never to be logged. */
  readonly secret: string;
  readonly hostName: string;
  /** SubjectPublicKeyInfo (DER, P-256); that the caller has its private key is proven. */
  readonly publicKey: Buffer;
  readonly capability: number;
}

/** A host whose certificate has expired. */
export interface RecoverApplication {
  readonly agentId: string;
  /** SubjectPublicKeyInfo (DER, P-256); that the caller has its private key is proven. */
  readonly newPublicKey: Buffer;
  readonly capability: number;
  /** Throws `identity_refused` where the request was not signed by this key (SubjectPublicKeyInfo, DER). */
  isSignedBy(registeredKey: Buffer): boolean;
}

/** What a host is given. */
export interface Enrolled {
  readonly clusterId: string;
  readonly agentId: string;
  readonly hostName: string;
  /** PEM: the certificate and its root. */
  readonly certificateChain: string;
  /** PEM: all roots to trust. */
  readonly roots: string;
}

/** The controller's side of Enrolment. Throws FairleadError: `token_refused`, `identity_refused`, `already_exists`, … */
export interface EnrolmentHandlers {
  join(application: JoinApplication, peer: Peer): Promise<Enrolled>;
  recover(application: RecoverApplication, peer: Peer): Promise<Enrolled>;
}

/** A call or connection that was refused by the link itself, or by the handlers of Enrolment. */
export interface LinkRefusal {
  readonly peer: Peer;
  /** `Attach`, `Join`, `Recover`, `Challenge`, another path, or `connection`. */
  readonly what: string;
  /** One sentence; never a secret. */
  readonly reason: string;
  readonly code: ErrorCode;
}
