import { FairleadError } from '@fairlead/domain';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { SigningRequest, SigningRequest__Output } from './generated/fairlead/agent/v1/SigningRequest.js';

/** What a proof was made for; a proof for one purpose proves nothing for another. */
export type SigningPurpose = 'join' | 'renew' | 'recover';

/** SubjectPublicKeyInfo of an uncompressed P-256 point: 26 bytes that are always the same, 0x04, X and Y. */
const P256_HEAD = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const P256_BYTES = 91;
const NONCE_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** 32 random bytes, to be signed once. */
export const createNonce = (): Buffer => randomBytes(NONCE_BYTES);

/** A new P-256 key, PKCS#8 in PEM form. */
export function createKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** SubjectPublicKeyInfo (DER) of a private key in PEM form. */
export function publicKeyOf(privateKeyPem: string): Buffer {
  return createPublicKey(createPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'der' });
}

/**
 * The public key, and the proof that we have the private one.
 * @param about what else the proof vouches for: the token's id (`join`); empty else
 */
export function createSigningRequest(
  privateKeyPem: string,
  nonce: Uint8Array,
  purpose: SigningPurpose,
  about = '',
): SigningRequest {
  const publicKey = publicKeyOf(privateKeyPem);
  return { publicKey, proof: signText(privateKeyPem, transcript(purpose, nonce, publicKey, about)) };
}

/**
 * Reads a request: exactly one P-256 key in its one canonical form, and the proof that whoever asks has it. Nothing else
 * is read of it, so that no name of the caller's can find its way into a certificate.
 * @returns SubjectPublicKeyInfo, DER
 * @throws FairleadError `invalid_argument`
 */
export function verifySigningRequest(
  message: SigningRequest__Output,
  nonce: Uint8Array,
  purpose: SigningPurpose,
  about = '',
): Buffer {
  const publicKey = canonicalKey(message.publicKey);
  if (isSigned(publicKey, transcript(purpose, nonce, publicKey, about), message.proof)) return publicKey;
  throw new FairleadError('invalid_argument', 'The request was not signed by the key that it shows', {
    hint: 'The proof is over the nonce that was handed out, for this purpose only.',
  });
}

/** The signature of the registered key for a new one. */
export const signRecovery = (registeredKeyPem: string, nonce: Uint8Array, agentId: string, newKey: Buffer): Buffer =>
  signText(registeredKeyPem, transcript('registered', nonce, newKey, agentId));

/** Whether `registeredKey` (SPKI, DER) has signed for `newKey` with `signRecovery`. */
export const isRecoverySignedBy = (
  registeredKey: Buffer,
  nonce: Uint8Array,
  agentId: string,
  newKey: Buffer,
  signature: Uint8Array,
): boolean => isSigned(canonicalKey(registeredKey), transcript('registered', nonce, newKey, agentId), signature);

/**
 * The one form of a key that is taken, so that one key is never two.
 * @throws FairleadError `invalid_argument` for anything but the 91 bytes of one P-256 key on its curve
 */
export function canonicalKey(bytes: Uint8Array): Buffer {
  const der = Buffer.from(bytes);
  try {
    if (der.length === P256_BYTES && der.subarray(0, P256_HEAD.length).equals(P256_HEAD)) {
      const read = importKey(der).export({ type: 'spki', format: 'der' });
      if (read.equals(der)) return der;
    }
  } catch {
    // Not a point of the curve: said below.
  }
  throw new FairleadError(
    'invalid_argument',
    'The public key is not exactly one P-256 key (SubjectPublicKeyInfo, DER)',
    {
      hint: "A certificate or a PKCS#10 request is not accepted in its place: all names are the controller's to give.",
    },
  );
}

const importKey = (der: Buffer): KeyObject => createPublicKey({ key: der, type: 'spki', format: 'der' });

/** Each part behind its length, so that no two different lists of parts give the same bytes. */
function transcript(purpose: SigningPurpose | 'registered', nonce: Uint8Array, key: Buffer, about: string): Buffer {
  const parts = [Buffer.from(`fairlead ${purpose} v1`), nonce, key, Buffer.from(about)];
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

const signText = (privateKeyPem: string, text: Buffer): Buffer =>
  sign('sha256', text, { key: createPrivateKey(privateKeyPem), dsaEncoding: 'ieee-p1363' });

function isSigned(publicKey: Buffer, text: Buffer, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  return verify('sha256', text, { key: importKey(publicKey), dsaEncoding: 'ieee-p1363' }, signature);
}
