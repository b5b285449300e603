import { FairleadError } from './errors.js';

/** What lets one host (or a named number of hosts) join. */
export interface JoinToken {
  /** SHA-256 of the DER of the controller's root certificate, base64url without padding: 43 characters. */
  readonly rootDigest: string;
  /** Public: by it the token is found, listed and spoken of. */
  readonly id: string;
  /** 32 random bytes, base64url: 43 characters. Never logged, never stored. */
  readonly secret: string;
}

const FORM = /^flj1\.([A-Za-z0-9_-]{43})\.([a-z2-7]{10})\.([A-Za-z0-9_-]{43})$/;

export const formatJoinToken = ({ rootDigest, id, secret }: JoinToken): string => `flj1.${rootDigest}.${id}.${secret}`;

/**
 * Reads the text of a join token. The text is a secret: no part of it appears in the error.
 * @throws FairleadError `invalid_argument`
 */
export function parseJoinToken(text: string): JoinToken {
  const [, rootDigest, id, secret] = FORM.exec(text.trim()) ?? [];
  if (rootDigest !== undefined && id !== undefined && secret !== undefined) return { rootDigest, id, secret };
  throw new FairleadError('invalid_argument', 'The join token is not complete or not one', {
    hint: "Copy the whole command that 'fairlead host join-token create' printed.",
  });
}
