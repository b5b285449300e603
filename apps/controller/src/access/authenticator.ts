import { FairleadError, parseSelector } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type ApiTokensStore } from './api-tokens.store.js';
import { HostScope } from './host-scope.js';
import { type OidcSettings } from './oidc/identity-provider.js';
import { type Identification, type Principal } from './principal.js';
import { type Credential, isSecretOf, parseCredential } from './secret.js';
import { type SessionsStore } from './sessions.store.js';

/** Last use is noted at most this often for each credential, in milliseconds. */
const NOTE_USE_EVERY_MS = 60_000;
/** Credentials whose last note is remembered. */
const NOTED = 10_000;

const BEARER = /^bearer +(\S+)$/i;

/**
 * Says whose credentials a request carries.
 *
 * Invariant: each request is judged by the rows as they are at that moment, so what is revoked, ended or expired is
 * refused from the next request on.
 */
export class Authenticator {
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly tokens: ApiTokensStore,
    private readonly sessions: SessionsStore,
    /** The identity provider whose sessions count, with what it maps to roles; null: none. */
    private readonly provider: Pick<OidcSettings, 'issuer' | 'roleMap'> | null,
    private readonly now: Clock,
    private readonly log: Log,
  ) {}

  /**
   * @param authorization the header; it counts alone where it is there
   * @param session what the session's cookie says
   */
  async identify(authorization: string | undefined, session: string | undefined): Promise<Identification> {
    if (authorization !== undefined) {
      const text = BEARER.exec(authorization)?.[1];
      return this.judge(text === undefined ? undefined : parseCredential(text), 'header');
    }
    return session === undefined ? { kind: 'none' } : this.judge(parseCredential(session), 'cookie');
  }

  /** Whether a principal of a moment ago would still be let in. */
  async isCurrent(principal: Principal): Promise<boolean> {
    const again = await this.find(principal.kind === 'token' ? 'flt1' : 'fls1', principal.id, principal.by);
    return again !== undefined && 'principal' in again;
  }

  private async judge(credential: Credential | undefined, by: Principal['by']): Promise<Identification> {
    if (credential === undefined) return refused('The credentials are not a token of this controller');
    const found = await this.find(credential.form, credential.id, by);
    // The same words whether the id is unknown or the secret wrong.
    if (found === undefined || !isSecretOf(credential.secret, found.secretHash)) {
      return refused('The credentials are not those of any token or session');
    }
    if (!('principal' in found)) return refused(found.why);
    void this.noteUse(found.principal);
    return { kind: 'principal', principal: found.principal };
  }

  private async find(form: Credential['form'], id: string, by: Principal['by']): Promise<Found | undefined> {
    return form === 'flt1' ? this.findToken(id, by) : this.findSession(id, by);
  }

  private async findToken(id: string, by: Principal['by']): Promise<Found | undefined> {
    const token = by === 'header' ? await this.tokens.find(id) : undefined;
    if (token === undefined) return undefined;
    const { secretHash, revokedAt, expiresAt, name } = token;
    if (revokedAt !== null) return { secretHash, why: `The token '${name}' is revoked` };
    if (expiresAt !== null && expiresAt <= this.now()) return { secretHash, why: `The token '${name}' has expired` };
    return { secretHash, principal: toPrincipal(token, 'token', by) };
  }

  /** A browser's session as a header, or a device's as a cookie, is one that was carried elsewhere. */
  private async findSession(id: string, by: Principal['by']): Promise<Found | undefined> {
    const session = await this.sessions.find(id);
    if (session === undefined || (session.kind === 'browser') !== (by === 'cookie')) return undefined;
    const { secretHash, endedAt, expiresAt, issuer, role, hosts } = session;
    if (endedAt !== null) return { secretHash, why: 'The session has ended' };
    if (expiresAt <= this.now()) return { secretHash, why: 'The session has expired' };
    if (issuer !== this.provider?.issuer.href) {
      return { secretHash, why: 'The session is of an identity provider that is not used' };
    }
    // The map is what the operator can change when somebody must be let in no longer, or with less.
    if (!this.provider.roleMap.some((mapping) => mapping.role === role && mapping.hosts === hosts)) {
      return { secretHash, why: 'The session has a role that nobody is mapped to any more' };
    }
    return { secretHash, principal: toPrincipal(session, 'session', by) };
  }

  private async noteUse({ kind, id }: Principal): Promise<void> {
    const at = this.now();
    if (at - (this.noted.get(id) ?? -Infinity) < NOTE_USE_EVERY_MS) return;
    if (this.noted.size >= NOTED) this.noted.clear();
    this.noted.set(id, at);
    try {
      await (kind === 'token' ? this.tokens : this.sessions).used(id, at);
    } catch (error) {
      this.log('the last use of a token could not be noted', { error: String(error) });
    }
  }
}

/** A row whose secret is still to be compared, with the principal it stands for or why it stands for none. */
type Found =
  | { readonly secretHash: string; readonly why: string }
  | { readonly secretHash: string; readonly principal: Principal };

const refused = (why: string): Identification => ({
  kind: 'refused',
  error: new FairleadError('unauthenticated', why, {
    hint: "Get another one with 'fairlead token create' from an admin, or sign in with 'fairlead login'.",
  }),
});

const toPrincipal = (
  { id, name, role, hosts, expiresAt }: Pick<Principal, 'id' | 'name' | 'role' | 'hosts' | 'expiresAt'>,
  kind: Principal['kind'],
  by: Principal['by'],
): Principal => ({ id, kind, by, name, role, hosts, scope: HostScope.of(parseSelector(hosts)), expiresAt });
