import { FairleadError, formatDuration } from '@fairlead/domain';
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsIdentity } from './peer.js';

/** The one name in a certificate of ours. */
export interface CertificateName {
  readonly role: 'agent' | 'controller';
  readonly clusterId: string;
  /** Id of the agent; empty for a controller. */
  readonly id: string;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const NAME = new RegExp(`^URI:spiffe://(${UUID})/(?:agent/(${UUID})|(controller))$`);

/** The name of a certificate; undefined where it has none of ours, or any other beside it. */
export function nameOf(certificate: X509Certificate): CertificateName | undefined {
  const [, clusterId, agentId, controller] = NAME.exec(certificate.subjectAltName ?? '') ?? [];
  if (clusterId === undefined) return undefined;
  return { role: controller === undefined ? 'agent' : 'controller', clusterId, id: agentId ?? '' };
}

export const notBeforeOf = (certificate: X509Certificate): number => Date.parse(certificate.validFrom);
export const notAfterOf = (certificate: X509Certificate): number => Date.parse(certificate.validTo);
export const serialOf = (certificate: X509Certificate): string => certificate.serialNumber.toLowerCase();

/** The first certificate of a PEM text, which is the one that the rest vouches for. */
export function leafOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new FairleadError('invalid_argument', 'This is not a certificate in PEM form', { cause });
  }
}

const shown = new WeakMap<TlsIdentity, X509Certificate>();

/** The certificate that an identity shows; read once. @throws FairleadError `invalid_argument` where it is none */
export function certificateOf(identity: TlsIdentity): X509Certificate {
  const certificate = shown.get(identity) ?? leafOf(identity.certificateChain);
  shown.set(identity, certificate);
  return certificate;
}

/** Why Node does not take a certificate for what it says it is, in words. `dated` where only time is to blame. */
export interface Distrust {
  readonly reason: string;
  readonly dated?: 'expired' | 'not yet valid';
}

/** @param whose `the certificate of …`: the beginning of the sentence */
export function explainDistrust(whose: string, certificate: X509Certificate, code: string, now: number): Distrust {
  const [from, to] = [notBeforeOf(certificate), notAfterOf(certificate)];
  // Anybody can write anything into a certificate of his own.
  if (Number.isNaN(from) || Number.isNaN(to)) return { reason: `${whose} has dates that are none` };
  if (code === 'CERT_HAS_EXPIRED' || (code !== 'CERT_NOT_YET_VALID' && to < now)) {
    const ago = formatDuration(Math.max(0, now - to));
    return {
      reason: `${whose} expired ${ago} ago, at ${iso(to)}, by this machine's clock (${iso(now)})`,
      dated: 'expired',
    };
  }
  if (code === 'CERT_NOT_YET_VALID') {
    const ahead = formatDuration(Math.max(0, from - now));
    const reason =
      `${whose} becomes valid at ${iso(from)}, in ${ahead} by this machine's clock (${iso(now)}): ` +
      `one of the two clocks is wrong by ${ahead} or more`;
    return { reason, dated: 'not yet valid' };
  }
  return { reason: `${whose} ${UNTRUSTED[code] ?? `is not accepted (${code})`}` };
}

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

const OTHER_ROOT = 'is not signed by a root that is trusted here';
const UNTRUSTED: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: OTHER_ROOT,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: OTHER_ROOT,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: OTHER_ROOT,
  SELF_SIGNED_CERT_IN_CHAIN: OTHER_ROOT,
  DEPTH_ZERO_SELF_SIGNED_CERT: OTHER_ROOT,
  CERT_SIGNATURE_FAILURE: OTHER_ROOT,
  INVALID_CA: 'is signed by a certificate that may not sign others',
  INVALID_PURPOSE: 'was not made for this use',
};

/** What Node's TLS says of the other end's certificate: `authorized` is its verdict alone, by OpenSSL. */
export const verdictOf = (socket: TLSSocket): string =>
  // Typed as Error, but it is a code; some versions give the error itself.
  String((socket.authorizationError as unknown as { code?: string } | null)?.code ?? socket.authorizationError);
