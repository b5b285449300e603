import { randomBytes } from 'node:crypto';
import { type DeviceLoginView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type Clock, toTimestamp } from '../../clock.js';
import { TooMany } from '../attempts.js';
import { digestOf } from '../secret.js';
import { type IdentityProvider, type Person } from './identity-provider.js';

/** Logins from terminals that may wait at once. */
const MOST_WAITING = 500;
/** RFC 8628: the interval where the provider names none, and what `slow_down` adds to it. In milliseconds. */
const INTERVAL_MS = 5000;

interface Waiting {
  readonly deviceCode: string;
  readonly expiresAt: number;
  intervalMs: number;
  /** The provider is not asked before. */
  nextAt: number;
  asking: boolean;
}

/**
 * Logins from terminals whose user has still to enter the code.
 *
 * Invariants: the provider's device code stays here; the caller has a handle, of which only the digest is kept; the
 * provider is asked by one question at a time for each login and never more often than it allows, however often
 * callers ask.
 */
export class DeviceLogins {
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly provider: IdentityProvider,
    private readonly now: Clock,
  ) {}

  async begin(): Promise<DeviceLoginView> {
    this.forgetExpired();
    if (this.waiting.size >= MOST_WAITING) throw new TooMany('logins that wait for their users', 60);
    const answer = await this.provider.beginDevice();
    const intervalMs = answer.interval === undefined ? INTERVAL_MS : answer.interval * 1000;
    const expiresAt = this.now() + answer.expires_in * 1000;
    const handle = randomBytes(32).toString('base64url');
    this.waiting.set(digestOf(handle), {
      deviceCode: answer.device_code,
      expiresAt,
      intervalMs,
      nextAt: this.now() + intervalMs,
      asking: false,
    });
    return {
      handle,
      userCode: answer.user_code,
      verificationUri: answer.verification_uri,
      verificationUriComplete: answer.verification_uri_complete ?? null,
      intervalMs,
      expiresAt: toTimestamp(expiresAt),
    };
  }

  /**
   * Who has signed in, once; undefined while nobody has.
   * @throws FairleadError `unauthenticated` for a login that was denied, is over or was never begun
   */
  async ask(handle: string): Promise<Person | undefined> {
    this.forgetExpired();
    const key = digestOf(handle);
    const login = this.waiting.get(key);
    if (login === undefined) throw over();
    if (login.asking || this.now() < login.nextAt) return undefined;
    login.asking = true;
    try {
      return await this.askProvider(key, login);
    } finally {
      login.asking = false;
      login.nextAt = this.now() + login.intervalMs;
    }
  }

  private async askProvider(key: string, login: Waiting): Promise<Person | undefined> {
    try {
      const answer = await this.provider.askDevice(login.deviceCode);
      if (answer === 'slow_down') login.intervalMs += INTERVAL_MS;
      if (answer === 'slow_down' || answer === 'pending') return undefined;
      this.waiting.delete(key);
      return answer;
    } catch (error) {
      // A provider that is down for a moment has not said no.
      if (!(error instanceof FairleadError && error.code === 'login_unavailable')) this.waiting.delete(key);
      throw error;
    }
  }

  private forgetExpired(): void {
    for (const [key, { expiresAt }] of this.waiting) if (expiresAt <= this.now()) this.waiting.delete(key);
  }
}

const over = (): FairleadError =>
  new FairleadError('unauthenticated', 'There is no such login, or it waited too long', {
    hint: "Begin again: 'fairlead login URL --device'.",
  });
