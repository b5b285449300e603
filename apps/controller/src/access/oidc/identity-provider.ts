import { FairleadError } from '@fairlead/domain';
import * as oidc from 'openid-client';
import { isLoopback } from '../../http/exposure.js';
import { claimValues, type RoleMapping } from './role-map.js';

/** The identity provider as the operator has set it. */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  /** Null for a public client, which has PKCE alone. */
  readonly clientSecret: string | null;
  readonly scopes: string;
  readonly roleClaim: string;
  readonly roleMap: readonly RoleMapping[];
}

/** What the provider says of somebody. */
export interface Person {
  readonly subject: string;
  /** To be shown; empty where it says none that can be. */
  readonly name: string;
  /** Of the role claim. */
  readonly values: readonly string[];
}

/** Seconds for an answer of the provider. */
const PATIENCE_S = 10;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * Speaks to the identity provider, and turns its errors into ours.
 *
 * Invariant: what the provider publishes of itself is read at the first login and kept only when it was read whole, so
 * that a provider that is down keeps neither the controller from starting nor later logins from working.
 */
export class IdentityProvider {
  private known: Promise<oidc.Configuration> | undefined;

  constructor(readonly settings: OidcSettings) {}

  async authorizationUrl(parameters: Record<string, string>): Promise<URL> {
    const config = await this.configuration();
    return oidc.buildAuthorizationUrl(config, { scope: this.settings.scopes, ...parameters });
  }

  /** Redeems the code of an answer. @throws FairleadError `unauthenticated`, `login_unavailable` */
  async redeem(answer: URL, checks: { state: string; nonce: string; verifier: string }): Promise<Person> {
    const config = await this.configuration();
    return this.attempt(async () => {
      const tokens = await oidc.authorizationCodeGrant(config, answer, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.verifier,
        idTokenExpected: true,
      });
      return this.personOf(config, tokens);
    });
  }

  /** @throws FairleadError `login_unavailable`; `unsupported` where the provider has no device flow */
  async beginDevice(): Promise<Awaited<ReturnType<typeof oidc.initiateDeviceAuthorization>>> {
    const config = await this.configuration();
    if (config.serverMetadata().device_authorization_endpoint === undefined) {
      throw new FairleadError('unsupported', 'The identity provider has no sign-in from a terminal (device flow)', {
        hint: "Use an API token: 'fairlead login URL' without --device.",
      });
    }
    return this.attempt(() => oidc.initiateDeviceAuthorization(config, { scope: this.settings.scopes }));
  }

  /** Asks once. @throws FairleadError `unauthenticated` where it was denied or is too late, `login_unavailable` */
  async askDevice(deviceCode: string): Promise<Person | 'pending' | 'slow_down'> {
    const config = await this.configuration();
    return this.attempt(async () => {
      try {
        const tokens = await oidc.genericGrantRequest(config, DEVICE_GRANT, { device_code: deviceCode });
        return await this.personOf(config, tokens);
      } catch (error) {
        if (!(error instanceof oidc.ResponseBodyError)) throw error;
        if (error.error === 'authorization_pending') return 'pending';
        if (error.error === 'slow_down') return 'slow_down';
        throw error;
      }
    });
  }

  private async personOf(
    config: oidc.Configuration,
    tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  ): Promise<Person> {
    const claims = tokens.claims();
    if (claims === undefined) throw new FairleadError('unauthenticated', 'The identity provider sent no ID token');
    const { roleClaim } = this.settings;
    const inToken = claimValues(claims, roleClaim);
    const asks = inToken === undefined && config.serverMetadata().userinfo_endpoint !== undefined;
    const info = asks ? await oidc.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
    const all: Record<string, unknown> = { ...info, ...claims };
    return {
      subject: claims.sub,
      name: showable(all['preferred_username']) || showable(all['email']) || showable(all['name']),
      values: inToken ?? claimValues(all, roleClaim) ?? [],
    };
  }

  private configuration(): Promise<oidc.Configuration> {
    this.known ??= this.discover();
    return this.known;
  }

  private async discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const insecure = issuer.protocol === 'http:' && isLoopback(issuer.hostname) ? [oidc.allowInsecureRequests] : [];
    try {
      return await this.attempt(() =>
        oidc.discovery(
          issuer,
          clientId,
          undefined,
          clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(clientSecret),
          { execute: [oidc.enableNonRepudiationChecks, ...insecure], timeout: PATIENCE_S },
        ),
      );
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof FairleadError ? error : this.translate(error);
    }
  }

  /** The provider's own words are passed on; codes, tokens and secrets are never among them. */
  private translate(error: unknown): FairleadError {
    if (error instanceof oidc.WWWAuthenticateChallengeError) return refusesUs('its credentials do not count', error);
    if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
      const words = [error.error, error.error_description].filter(Boolean).join(': ');
      if (error.error === 'invalid_client' || error.error === 'unauthorized_client') return refusesUs(words, error);
      return new FairleadError('unauthenticated', `The identity provider refused the sign-in: ${words}`, {
        hint: 'Sign in again.',
        cause: error,
      });
    }
    if (isUnreachable(error)) {
      return new FairleadError(
        'login_unavailable',
        `The identity provider ${this.settings.issuer.href} does not answer`,
        {
          hint: 'Try again later. API tokens work all the same.',
          cause: error,
        },
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    return new FairleadError('unauthenticated', `The identity provider's answer is not accepted: ${reason}`, {
      hint: 'Sign in again.',
      cause: error,
    });
  }
}

const refusesUs = (words: string, cause: Error): FairleadError =>
  new FairleadError('login_unavailable', `The identity provider refuses this controller: ${words}`, {
    hint: 'Check --oidc-client-id, --oidc-client-secret-file, and what the provider allows this client.',
    cause,
  });

/** What `fetch` throws where nobody answers, and the codes of no answer in time or one that is no OAuth answer. */
const UNREACHABLE = [
  'fetch failed',
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
];

function isUnreachable(error: unknown): boolean {
  const { code = '', message = '', cause } = Object(error) as { code?: string; message?: string; cause?: unknown };
  const inner = Object(cause) as { message?: string };
  return [code, message, inner.message ?? ''].some((text) => UNREACHABLE.includes(text));
}

/** Names come from people: only plain ones may stand in audit rows and actors. */
const showable = (value: unknown): string =>
  typeof value === 'string' && /^[A-Za-z0-9._@+-]{1,128}$/.test(value) ? value : '';
