import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Clock } from '../../clock.js';

/** What a browser carries from the beginning of a login to its end. */
export interface LoginFlow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly returnTo: string;
}

/** Time to sign in at the provider, in milliseconds. */
export const FLOW_MS = 10 * 60_000;

/**
 * Hands what it holds to the browser, sealed: nothing is kept here of people who never come back. The key lives as
 * long as the process; a login over a restart begins anew.
 */
export class SealedFlows {
  private readonly key = randomBytes(32);

  constructor(private readonly now: Clock) {}

  seal(flow: LoginFlow): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const text = JSON.stringify({ flow, until: this.now() + FLOW_MS });
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Undefined for what this process has not sealed, or too long ago. */
  open(text: string): LoginFlow | undefined {
    try {
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      const opened = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      const { flow, until } = JSON.parse(opened) as { flow: LoginFlow; until: number };
      return until > this.now() ? flow : undefined;
    } catch {
      return undefined;
    }
  }
}
