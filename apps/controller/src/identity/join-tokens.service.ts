import { randomBytes } from 'node:crypto';
import { type JoinTokenListView, type JoinTokenRequest, type NewJoinTokenView } from '@fairlead/api';
import { FairleadError, formatJoinToken, type JoinToken, parseDuration } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Statement } from '../database/index.js';
import { type Mutex } from '../database/mutex.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { type Actor } from '../operations/operation.js';
import { type CertificateAuthority } from './certificate-authority.js';
import { type IdentitiesStore } from './identities.store.js';
import { controllerAddress, joinCommand, type LinkPlace } from './join-command.js';
import { hashSecret, type StoredJoinToken, toJoinTokenView } from './join-token.js';
import { type JoinTokensStore } from './join-tokens.store.js';

const DEFAULT_LIFE_MS = 3_600_000;
const LONGEST_LIFE_MS = 24 * 3_600_000;
/** How long a token that has ended is still listed, in milliseconds. */
const LISTED_MS = 30 * 24 * 3_600_000;
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 10;

/** What a join token is made for. */
export type TokenGrant = Pick<StoredJoinToken, 'labels' | 'hostName' | 'maxUses'> & { readonly lifeMs: number };

/** Makes, lists and revokes join tokens. */
export class JoinTokensService {
  /**
   * @param ca undefined where the link has no TLS
   * @param turns shared with whoever uses tokens: a token is revoked before its use or after it, never meanwhile
   */
  constructor(
    private readonly store: JoinTokensStore,
    private readonly identities: IdentitiesStore,
    private readonly hosts: HostsStore,
    private readonly ca: CertificateAuthority | undefined,
    private readonly place: LinkPlace,
    private readonly turns: Mutex,
    private readonly now: Clock,
  ) {}

  /**
   * @throws FairleadError `unsupported` where hosts cannot dial this controller, `already_exists` for a host name that
   *   is taken, `invalid_argument`
   */
  async create(request: JoinTokenRequest, actor: Actor): Promise<NewJoinTokenView> {
    const address = controllerAddress(request.controller, this.place);
    const hostName = request.host ?? null;
    if (hostName !== null) this.assertFree(hostName);
    const { labels, maxUses } = request;
    const { token, text } = this.make({ labels, hostName, maxUses, lifeMs: lifeOf(request) }, actor);
    const detail = { labels, maxUses, expiresAt: token.expiresAt };
    await this.store.add(token, { ...this.record('join-token.create', token, actor), outcome: 'done', detail });
    const name = hostName === null ? {} : { name: hostName };
    return this.shown(token, text, { ...name, controller: address });
  }

  /** A new token that is not stored yet, and its text. */
  make({ lifeMs, ...grant }: TokenGrant, actor: Actor): { readonly token: StoredJoinToken; readonly text: JoinToken } {
    const ca = this.authority();
    const text = { rootDigest: ca.tokenDigest(), id: randomId(), secret: randomBytes(32).toString('base64url') };
    const createdAt = this.now();
    const token = {
      ...grant,
      id: text.id,
      secretHash: hashSecret(text.secret),
      rootDigest: ca.active.digest,
      uses: 0,
      createdAt,
      createdBy: actor.name,
      expiresAt: createdAt + lifeMs,
      revokedAt: null,
    };
    return { token, text };
  }

  /** Of what `make` has made. */
  insertion(token: StoredJoinToken): Statement {
    return this.store.insertion(token);
  }

  /** The one time that a secret is shown. @param flags of the agent that is to join */
  shown(token: StoredJoinToken, text: JoinToken, flags: Readonly<Record<string, string>>): NewJoinTokenView {
    return { ...toJoinTokenView(token, this.now()), token: formatJoinToken(text), command: joinCommand(text, flags) };
  }

  async list(): Promise<JoinTokenListView> {
    const items = (await this.store.list(this.now() - LISTED_MS)).map((token) => toJoinTokenView(token, this.now()));
    return { items, total: items.length };
  }

  /** Hosts that have joined stay. A token that has ended already stays as it is. @throws FairleadError `token_not_found` */
  revoke(id: string, actor: Actor): Promise<void> {
    return this.turns.run(async () => {
      const token = await this.store.find(id);
      if (token === undefined) {
        throw new FairleadError('token_not_found', `There is no join token '${id}'`, {
          hint: "See 'fairlead host join-token ls'.",
        });
      }
      const record = this.record('join-token.revoke', token, actor);
      await this.store.revoke(id, this.now(), { ...record, outcome: 'done', detail: {} });
    });
  }

  record(action: string, token: StoredJoinToken, actor: Actor) {
    const target = { joinToken: token.id };
    return { at: this.now(), actor, action, hostName: token.hostName, target, operationId: null };
  }

  /** @throws FairleadError `already_exists` */
  assertFree(hostName: string): void {
    const identity = this.identities.of(hostName);
    if (identity === undefined && this.hosts.find(hostName) === undefined) return;
    const what = identity === undefined ? 'a host that is on a Unix socket' : `a host that is ${identity.state}`;
    throw new FairleadError('already_exists', `The name '${hostName}' belongs to ${what}`, {
      hint: `Choose another name, or forget that host first: fairlead host rm ${hostName}`,
    });
  }

  private authority(): CertificateAuthority {
    if (this.ca !== undefined) return this.ca;
    throw new FairleadError('unsupported', 'This controller takes in local agents only', {
      hint: 'Start it with --link-port 7801 or with --dial-range CIDR.',
    });
  }
}

function lifeOf({ maxUses, expiresIn }: JoinTokenRequest): number {
  const fault = (message: string, hint: string): never => {
    throw new FairleadError('invalid_argument', message, { hint, faults: [{ path: '/expiresIn', message }] });
  };
  if (expiresIn === undefined) {
    if (maxUses > 1)
      fault('A token for more than one host needs an end', 'Say how long it is good, at most 24h: --expires 8h.');
    return DEFAULT_LIFE_MS;
  }
  const ms = parseDuration(expiresIn);
  if (ms < 1000 || ms > LONGEST_LIFE_MS)
    fault('A join token is good for 1s to 24h', 'Make another one when it is needed.');
  return ms;
}

/** 50 bits: by it a token is found, not opened. */
const randomId = (): string => Array.from(randomBytes(ID_LENGTH), (byte) => ID_ALPHABET[byte % 32]).join('');
