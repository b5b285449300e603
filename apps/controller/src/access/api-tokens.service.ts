import { type ApiTokenListView, type ApiTokenRequest, type ApiTokenView, type NewApiTokenView } from '@fairlead/api';
import { FairleadError, includesRole, parseDuration } from '@fairlead/domain';
import { type AuditRecord } from '../audit/audit.store.js';
import { type Clock, toTimestamp, toTimestampOrNull } from '../clock.js';
import { Mutex } from '../database/mutex.js';
import { type Actor } from '../operations/operation.js';
import { type ApiTokensStore, type StoredApiToken } from './api-tokens.store.js';
import { type Principal } from './principal.js';
import { createCredential, digestOf } from './secret.js';

/** Names that the audit uses for what is done by no token. */
const RESERVED = ['anonymous', 'controller', 'local', 'system', 'unknown'];

/** The controller itself, where nobody has asked. */
export const CONTROLLER: Actor = { name: 'controller', client: 'start', peer: 'local' };

/** What an API token is made of, but for its secret. */
type Wish = Pick<StoredApiToken, 'name' | 'role' | 'hosts' | 'expiresAt' | 'createdBy'>;

/**
 * Makes and revokes API tokens.
 *
 * Invariants: the text of a token is handed out once and kept nowhere; revocations take turns, so that two of them
 * cannot take the last admin's token together.
 */
export class ApiTokensService {
  private readonly revoking = new Mutex();

  /** @param otherAdmins whether somebody can be an admin of all hosts without a token */
  constructor(
    private readonly store: ApiTokensStore,
    private readonly otherAdmins: boolean,
    private readonly now: Clock,
  ) {}

  async list(): Promise<ApiTokenListView> {
    const items = (await this.store.all()).map((token) => this.view(token));
    return { items, total: items.length };
  }

  /** @throws FairleadError `forbidden` for a token that may more than its maker, `already_exists` */
  async create(request: ApiTokenRequest, maker: Principal, actor: Actor): Promise<NewApiTokenView> {
    const { name, role, hosts, expiresIn } = request;
    if (!includesRole(maker.role, role) || !maker.scope.everything) {
      throw new FairleadError('forbidden', 'A token cannot be allowed more than the one who makes it');
    }
    if (RESERVED.includes(name)) {
      throw new FairleadError('invalid_argument', `The name '${name}' has a meaning of its own in the audit`, {
        faults: [{ path: '/name', message: `cannot be ${RESERVED.join(', ')}` }],
      });
    }
    const expiresAt = expiresIn === undefined ? null : this.now() + parseDuration(expiresIn);
    const { token, text } = this.build({ name, role, hosts, expiresAt, createdBy: actor.name });
    await this.store.add(token, [this.record('token.create', token, actor, { role, hosts, expiresAt })]);
    return { ...this.view(token), token: text };
  }

  /** @throws FairleadError `token_not_found`; `forbidden` for the last token of an admin of all hosts */
  revoke(reference: string, actor: Actor): Promise<void> {
    return this.revoking.run(async () => {
      const token = await this.store.named(reference);
      if (token === undefined) {
        throw new FairleadError('token_not_found', `There is no token '${reference}'`, {
          hint: "See 'fairlead token ls'.",
        });
      }
      if (token.revokedAt !== null) return;
      await this.keepAnAdmin(token);
      await this.store.revoke(token.id, this.now(), this.record('token.revoke', token, actor, {}));
    });
  }

  /** The admin's token of a first start, or undefined where there are tokens already. */
  async first(): Promise<NewToken | undefined> {
    return (await this.store.all()).length > 0 ? undefined : this.admin('admin', []);
  }

  /** Another admin's token, which takes the place of those that the controller has made before. */
  async another(): Promise<NewToken> {
    const all = await this.store.all();
    const names = new Set(all.map(({ name }) => name));
    let name = 'admin';
    for (let number = 2; names.has(name); number++) name = `admin-${number}`;
    const replaced = all.filter(({ createdBy, revokedAt }) => createdBy === CONTROLLER.name && revokedAt === null);
    return this.admin(name, replaced);
  }

  private admin(name: string, replaced: readonly StoredApiToken[]): NewToken {
    const { token, text } = this.build({ name, role: 'admin', hosts: '', expiresAt: null, createdBy: CONTROLLER.name });
    const records = [
      this.record('token.create', token, CONTROLLER, { role: 'admin', hosts: '' }),
      ...replaced.map((each) => this.record('token.revoke', each, CONTROLLER, { replacedBy: name })),
    ];
    const ids = replaced.map(({ id }) => id);
    const keep = (): Promise<void> => this.store.add(token, records, ids);
    return { name, text, keep };
  }

  private build(wish: Wish): { token: StoredApiToken; text: string } {
    const { id, secret, text } = createCredential('flt1');
    const fresh = { id, secretHash: digestOf(secret), createdAt: this.now(), lastUsedAt: null, revokedAt: null };
    return { token: { ...wish, ...fresh }, text };
  }

  private async keepAnAdmin(leaving: StoredApiToken): Promise<void> {
    if (this.otherAdmins || !this.isAdminOfAll(leaving)) return;
    const others = (await this.store.all()).filter(({ id }) => id !== leaving.id);
    if (others.some((token) => this.isAdminOfAll(token))) return;
    throw new FairleadError('forbidden', `'${leaving.name}' is the last token of an admin of all hosts`, {
      hint: "Make another one first: 'fairlead token create NAME --role admin'.",
    });
  }

  private isAdminOfAll(token: StoredApiToken): boolean {
    return token.role === 'admin' && token.hosts.trim() === '' && this.stateOf(token) === 'active';
  }

  private stateOf({ revokedAt, expiresAt }: StoredApiToken): ApiTokenView['state'] {
    if (revokedAt !== null) return 'revoked';
    return expiresAt !== null && expiresAt <= this.now() ? 'expired' : 'active';
  }

  private view(token: StoredApiToken): ApiTokenView {
    const { id, name, role, hosts, createdBy, expiresAt, lastUsedAt } = token;
    return {
      id,
      name,
      role,
      hosts,
      state: this.stateOf(token),
      createdAt: toTimestamp(token.createdAt),
      createdBy,
      expiresAt: toTimestampOrNull(expiresAt),
      lastUsedAt: toTimestampOrNull(lastUsedAt),
    };
  }

  private record(
    action: string,
    { id, name }: StoredApiToken,
    actor: Actor,
    detail: AuditRecord['detail'],
  ): AuditRecord {
    const about = { hostName: null, target: { token: { id, name } }, operationId: null };
    return { at: this.now(), actor, action, ...about, outcome: 'done', detail };
  }
}

/** A token that counts once `keep` has resolved: before, its text can be put where it will be found. */
export interface NewToken {
  readonly name: string;
  readonly text: string;
  keep(): Promise<void>;
}
