import { createHash, randomBytes } from 'node:crypto';
import { type DeviceLoginResultView, type DeviceLoginView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type Clock } from '../../clock.js';
import { type Actor } from '../../operations/operation.js';
import { type SessionsService, type StartedSession } from '../sessions.service.js';
import { DeviceLogins } from './device-logins.js';
import { type IdentityProvider, type OidcSettings, type Person } from './identity-provider.js';
import { safeReturnTo } from './return-to.js';
import { mappingFor } from './role-map.js';
import { type LoginFlow, SealedFlows } from './sealed.js';

const random = (): string => randomBytes(32).toString('base64url');

/** People who sign in with the identity provider. */
export class SignIn {
  private readonly flows: SealedFlows;
  private readonly devices: DeviceLogins;

  constructor(
    private readonly provider: IdentityProvider,
    private readonly sessions: SessionsService,
    now: Clock,
  ) {
    this.flows = new SealedFlows(now);
    this.devices = new DeviceLogins(provider, now);
  }

  get issuer(): string {
    return this.provider.settings.issuer.href;
  }

  /** @returns where to send the browser, and what it has to bring back */
  async begin(redirectUri: string, returnTo: string): Promise<{ location: URL; flow: string }> {
    const [state, nonce, verifier] = [random(), random(), random()];
    const location = await this.provider.authorizationUrl({
      redirect_uri: redirectUri,
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const flow = this.flows.seal({ state, nonce, verifier, redirectUri, returnTo: safeReturnTo(returnTo) });
    return { location, flow };
  }

  /**
   * @param search the query of the provider's answer
   * @param sealed what the browser has brought back
   * @throws FairleadError `unauthenticated`, `forbidden` for somebody without a role here, `login_unavailable`
   */
  async finish(
    search: string,
    sealed: string | undefined,
    actor: Actor,
  ): Promise<StartedSession & { returnTo: string }> {
    const flow = sealed === undefined ? undefined : this.flows.open(sealed);
    if (flow === undefined) throw notBegun();
    const person = await this.provider.redeem(answerOf(flow, search), flow);
    const session = await this.start('browser', person, actor);
    return { ...session, returnTo: flow.returnTo };
  }

  beginDevice(): Promise<DeviceLoginView> {
    return this.devices.begin();
  }

  async pollDevice(handle: string, actor: Actor): Promise<DeviceLoginResultView> {
    const person = await this.devices.ask(handle);
    if (person === undefined) return { state: 'pending', token: null, session: null };
    const { text, view } = await this.start('device', person, actor);
    return { state: 'done', token: text, session: view };
  }

  private start(kind: 'browser' | 'device', person: Person, actor: Actor): Promise<StartedSession> {
    const { roleMap, roleClaim } = this.provider.settings;
    const mapping = mappingFor(person.values, roleMap);
    if (mapping === undefined) throw withoutRole(person, roleClaim);
    const { subject } = person;
    const { role, hosts } = mapping;
    return this.sessions.start({ kind, issuer: this.issuer, subject, name: actorName(person), role, hosts }, actor);
  }
}

/** Whether somebody can sign in and be an admin of all hosts. */
export const mapsAnAdmin = ({ roleMap }: OidcSettings): boolean =>
  roleMap.some(({ role, hosts }) => role === 'admin' && hosts === '');

/**
 * Never that of a token, which has no colon; and never that of another person, whatever they call themselves: the
 * provider's subject is in it.
 */
function actorName({ subject, name }: Person): string {
  const id = encodeURIComponent(subject);
  return name === '' || name === subject ? `oidc:${id}` : `oidc:${name}/${id}`;
}

/** The answer at the address that the provider was told, whatever a proxy has made of it. */
const answerOf = ({ redirectUri }: LoginFlow, search: string): URL => new URL(search, redirectUri);

const notBegun = (): FairleadError =>
  new FairleadError('unauthenticated', 'This sign-in was not begun in this browser, or too long ago', {
    hint: 'Begin again at /auth/login.',
  });

const withoutRole = ({ subject, name, values }: Person, claim: string): FairleadError =>
  new FairleadError('forbidden', `'${name || subject}' has signed in, but has no role here`, {
    hint:
      `Ask who runs this controller to map what the claim '${claim}' says of you with --oidc-role-map` +
      (values.length === 0 ? '; it says nothing.' : '.'),
  });
