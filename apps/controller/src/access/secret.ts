import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a credential is, by the first letters of its text: an API token, or a session. */
export type CredentialForm = 'flt1' | 'fls1';

export interface Credential {
  readonly form: CredentialForm;
  /** Public: by it the row is found, listed and spoken of. */
  readonly id: string;
  /** 32 random bytes, base64url: 43 characters. Never logged, never stored. */
  readonly secret: string;
}

const FORM = /^(flt1|fls1)\.([a-z2-7]{10})\.([A-Za-z0-9_-]{43})$/;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Ten characters of base32, 50 random bits: enough to be unique, short enough to be read out. */
export const createId = (): string => Array.from(randomBytes(10), (byte) => BASE32[byte % 32]).join('');

export function createCredential(form: CredentialForm): Credential & { readonly text: string } {
  const [id, secret] = [createId(), randomBytes(32).toString('base64url')];
  return { form, id, secret, text: `${form}.${id}.${secret}` };
}

/** Undefined for a text that cannot be one. */
export function parseCredential(text: string): Credential | undefined {
  const [, form, id, secret] = FORM.exec(text) ?? [];
  if (form === undefined || id === undefined || secret === undefined) return undefined;
  return { form: form as CredentialForm, id, secret };
}

/** SHA-256, hexadecimal. A secret of 256 random bits needs no slow hash: it cannot be guessed from its digest. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares without telling by its time how much was right. */
export function isSecretOf(secret: string, digest: string): boolean {
  const [given, stored] = [Buffer.from(digestOf(secret)), Buffer.from(digest)];
  return given.length === stored.length && timingSafeEqual(given, stored);
}
