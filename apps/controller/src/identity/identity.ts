import { type Prisma } from '../database/index.js';
import { type IssuedCertificate } from './certificate-authority.js';

export type IdentityState = 'pending' | 'active' | 'quarantined' | 'revoked' | 'deleted';

/** One process of an agent, as seen at the link. */
export interface Machine {
  /** Random for each agent process. */
  readonly id: string;
  /** Address and port. */
  readonly peer: string;
  /** When it was seen first, milliseconds since the epoch. */
  readonly at: number;
}

/** Why an identity is not let in: two machines have it. */
export interface Quarantine {
  readonly at: number;
  readonly reason: string;
  readonly instances: readonly Machine[];
}

/**
 * The identity of a joined host. Instants are milliseconds since the epoch; before the host has joined (`pending`) the
 * texts of key and certificate are empty, and the generation is 0.
 */
export interface StoredIdentity {
  /** The agent id: UUIDv7, never given twice. */
  readonly id: string;
  readonly hostName: string;
  readonly state: IdentityState;
  /** What its join token granted. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the controller dials it, an address and a port; null: the agent dials. */
  readonly address: string | null;
  readonly addressAsGiven: string | null;
  readonly joinTokenId: string | null;
  /** Grows by one with each certificate. */
  readonly generation: number;
  /** Whether the agent is known to have the certificate of this generation. */
  readonly confirmed: boolean;
  /** SPKI in base64, of this generation and of the one before. */
  readonly publicKey: string;
  readonly previousKey: string | null;
  /** PEM: leaf and root. */
  readonly certificate: string;
  readonly serial: string;
  readonly previousSerial: string | null;
  /** Digest of the root that issued the certificate, hexadecimal. */
  readonly rootDigest: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Digests of the roots that the agent trusts, as it says, hexadecimal. */
  readonly trustedRoots: readonly string[];
  /** Certificates that end by then belong to a quarantine that is over. */
  readonly deadUntil: number | null;
  readonly recoveries: number;
  readonly createdAt: number;
  readonly joinedAt: number | null;
  readonly renewedAt: number | null;
  readonly endedAt: number | null;
  /** Kept after its end until the machine that stays has a new key, so that another choice can be made. */
  readonly quarantine: Quarantine | null;
  /** The one instance whose dead certificate is let in, until it has renewed. */
  readonly keepInstance: string | null;
}

export type IdentityRow = Prisma.HostIdentityGetPayload<object>;

const toNumber = (value: bigint | null): number | null => (value === null ? null : Number(value));

export const toStoredIdentity = (row: IdentityRow): StoredIdentity => ({
  ...row,
  state: row.state as IdentityState,
  labels: row.labels as Record<string, string>,
  trustedRoots: row.trustedRoots as string[],
  quarantine: row.quarantine as Quarantine | null,
  notBefore: Number(row.notBefore),
  notAfter: Number(row.notAfter),
  deadUntil: toNumber(row.deadUntil),
  createdAt: Number(row.createdAt),
  joinedAt: toNumber(row.joinedAt),
  renewedAt: toNumber(row.renewedAt),
  endedAt: toNumber(row.endedAt),
});

/** What a new identity has before it has a key. */
export const pendingIdentity = (
  fresh: Pick<StoredIdentity, 'id' | 'hostName' | 'labels' | 'joinTokenId' | 'createdAt'>,
): StoredIdentity => ({
  state: 'pending',
  address: null,
  addressAsGiven: null,
  generation: 0,
  confirmed: false,
  publicKey: '',
  previousKey: null,
  certificate: '',
  serial: '',
  previousSerial: null,
  rootDigest: '',
  notBefore: 0,
  notAfter: 0,
  trustedRoots: [],
  deadUntil: null,
  recoveries: 0,
  joinedAt: null,
  renewedAt: null,
  endedAt: null,
  quarantine: null,
  keepInstance: null,
  ...fresh,
});

/** What a certificate says of itself, as columns. */
export const columnsOf = ({ certificateChain, serial, notBefore, notAfter, rootDigest }: IssuedCertificate) => ({
  certificate: certificateChain,
  serial,
  notBefore,
  notAfter,
  rootDigest,
});

/**
 * The identity with a newer certificate that its agent is not known to have.
 * @param keepsPrevious where the agent has not got the certificate before this one either
 */
export const successor = (
  current: StoredIdentity,
  issued: IssuedCertificate,
  publicKey: string,
  keepsPrevious: boolean,
): StoredIdentity => ({
  ...current,
  ...columnsOf(issued),
  generation: current.generation + 1,
  confirmed: false,
  publicKey,
  previousKey: keepsPrevious ? current.previousKey : current.publicKey,
  previousSerial: keepsPrevious ? current.previousSerial : current.serial,
});
