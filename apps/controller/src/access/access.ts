import { type AuditStore } from '../audit/audit.store.js';
import { type Clock } from '../clock.js';
import { type Database } from '../database/index.js';
import { type Log } from '../log.js';
import { ApiTokensService } from './api-tokens.service.js';
import { ApiTokensStore } from './api-tokens.store.js';
import { WrongAttempts } from './attempts.js';
import { Authenticator } from './authenticator.js';
import { IdentityProvider, type OidcSettings } from './oidc/identity-provider.js';
import { mapsAnAdmin, SignIn } from './oidc/sign-in.js';
import { LOGIN_RATE, RateLimit, REQUEST_RATE } from './rate-limit.js';
import { type NoteRefusal } from './refusal.js';
import { SessionsService } from './sessions.service.js';
import { SessionsStore } from './sessions.store.js';

/** Who may call: the parts that know, joined. */
export interface Access {
  readonly authenticator: Authenticator;
  readonly tokens: ApiTokensService;
  readonly sessions: SessionsService;
  /** Null without an identity provider. */
  readonly signIn: SignIn | null;
  readonly attempts: WrongAttempts;
  readonly requests: RateLimit;
  readonly logins: RateLimit;
  readonly refused: NoteRefusal;
}

export interface AccessOptions {
  readonly database: Database;
  readonly audit: AuditStore;
  readonly refused: NoteRefusal;
  readonly oidc: OidcSettings | null;
  readonly now: Clock;
  readonly log: Log;
  /** Milliseconds of a clock that does not jump, for limits. */
  readonly monotonic?: (() => number) | undefined;
}

export function createAccess(options: AccessOptions): Access {
  const { database, audit, refused, oidc, now, log, monotonic = () => performance.now() } = options;
  const tokens = new ApiTokensStore(database, audit);
  const sessionsStore = new SessionsStore(database, audit);
  const sessions = new SessionsService(sessionsStore, now);
  return {
    authenticator: new Authenticator(tokens, sessionsStore, oidc, now, log),
    tokens: new ApiTokensService(tokens, oidc !== null && mapsAnAdmin(oidc), now),
    sessions,
    signIn: oidc === null ? null : new SignIn(new IdentityProvider(oidc), sessions, now),
    attempts: new WrongAttempts(monotonic),
    requests: new RateLimit(REQUEST_RATE, monotonic),
    logins: new RateLimit(LOGIN_RATE, monotonic),
    refused,
  };
}
