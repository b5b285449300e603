import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { FairleadError } from '@fairlead/domain';

/** What the certificates of a cluster say of whom they are for: in one URI, and nowhere else. */
export interface CertificateName {
  readonly clusterId: string;
  readonly agentId: string;
}

const NAME = /^URI:spiffe:\/\/([0-9a-f-]{36})\/agent\/([0-9a-f-]{36})$/;
const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** More roots than a rotation ever has, and more bytes than they have. */
const MAX_CERTIFICATES = 16;
const MAX_PEM_BYTES = 256 * 1024;

/** The certificates of a PEM text, in their order. @throws FairleadError `invalid_argument` */
export function readCertificates(pem: string, what: string): X509Certificate[] {
  if (Buffer.byteLength(pem) > MAX_PEM_BYTES) throw invalid(`${what} has more than ${MAX_PEM_BYTES} bytes`);
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0 || blocks.length > MAX_CERTIFICATES) {
    throw invalid(`${what} holds ${blocks.length} certificates; 1 to ${MAX_CERTIFICATES} are expected`);
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw invalid(`${what} cannot be read: ${(cause as Error).message}`, cause);
  }
}

/** Roots to trust: each a certificate authority that signed itself. @throws FairleadError `invalid_argument` */
export function readRoots(pem: string): X509Certificate[] {
  const roots = readCertificates(pem, 'The set of roots');
  if (roots.every((root) => root.ca && isIssuedBy(root, root))) return roots;
  throw invalid('The set of roots holds a certificate that is not a root');
}

/** SHA-256 of the DER, hexadecimal. */
export const digestOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest('hex');

/** Hexadecimal, lower case. */
export const serialOf = ({ serialNumber }: X509Certificate): string => serialNumber.toLowerCase();

/** When it ends, in milliseconds since the epoch. */
export const endOf = ({ validTo }: X509Certificate): number => Date.parse(validTo);

/** Whether the issuer's name and key stand behind it. */
export const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

function nameOf({ subjectAltName = '' }: X509Certificate): CertificateName | undefined {
  const [, clusterId, agentId] = NAME.exec(subjectAltName) ?? [];
  return clusterId === undefined || agentId === undefined ? undefined : { clusterId, agentId };
}

export interface OwnCertificate {
  readonly leaf: X509Certificate;
  /** That of the given keys which it is for. */
  readonly privateKey: string;
}

/**
 * Looks that a certificate is this agent's: for one of its keys, under one of `roots`, and with its name.
 * @param chain PEM, the certificate first
 * @param keys private keys, PEM
 * @throws FairleadError `invalid_argument`, saying which of these does not hold
 */
export function checkOwn(
  chain: string,
  roots: readonly X509Certificate[],
  keys: readonly string[],
  expected: CertificateName,
): OwnCertificate {
  const leaf = readCertificates(chain, 'The certificate chain')[0] as X509Certificate;
  const privateKey = keys.find((key) => leaf.checkPrivateKey(createPrivateKey(key)));
  if (privateKey === undefined) throw invalid('The certificate is not for a key of this agent');
  if (!roots.some((root) => isIssuedBy(leaf, root))) throw invalid('The certificate is not under a trusted root');
  const name = nameOf(leaf);
  if (name?.clusterId !== expected.clusterId || name.agentId !== expected.agentId) {
    throw invalid(`The certificate is for ${leaf.subjectAltName ?? 'nobody'}, which is not this agent`);
  }
  return { leaf, privateKey };
}

const invalid = (message: string, cause?: unknown): FairleadError =>
  new FairleadError('invalid_argument', message, { cause });
