import { FairleadError, type Role } from '@fairlead/domain';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, isUniqueViolation, type Prisma, type Statement, storing } from '../database/index.js';

/** An API token as the database holds it. Instants are milliseconds since the epoch. */
export interface StoredApiToken {
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly role: Role;
  /** Selector of hosts; empty: all. */
  readonly hosts: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

type Row = Prisma.ApiTokenGetPayload<object>;

/**
 * Reads and writes API tokens. Rows are never deleted, so that a name in the audit means one token for ever.
 *
 * Invariant: `known` holds rows as the table holds them. This process alone writes them (see DataLock); each write
 * empties it, and what was read while one was under way is not kept.
 */
export class ApiTokensStore {
  private readonly known = new Map<string, StoredApiToken>();
  private writes = 0;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  /** In order of name, revoked ones included. */
  async all(): Promise<StoredApiToken[]> {
    return (await storing(this.database.prisma.apiToken.findMany({ orderBy: { name: 'asc' } }))).map(toStored);
  }

  /** Asked at each request. */
  async find(id: string): Promise<StoredApiToken | undefined> {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const { writes } = this;
    const row = await storing(this.database.prisma.apiToken.findUnique({ where: { id } }));
    if (row === null) return undefined;
    const token = toStored(row);
    if (writes === this.writes) this.known.set(id, token);
    return token;
  }

  /** By name, else by id. */
  async named(reference: string): Promise<StoredApiToken | undefined> {
    const row = await storing(this.database.prisma.apiToken.findUnique({ where: { name: reference } }));
    return row === null ? this.find(reference) : toStored(row);
  }

  /**
   * @param replaced ids of tokens that are revoked in the same step
   * @throws FairleadError `already_exists` for a name that a token has or had
   */
  async add(token: StoredApiToken, records: readonly AuditRecord[], replaced: readonly string[] = []): Promise<void> {
    const create = this.database.prisma.apiToken.create({ data: token });
    try {
      await this.writing(this.audit.commit(records, [create, this.revocation(replaced, token.createdAt)]));
    } catch (error) {
      if (!isUniqueViolation(error, ['name'])) throw error;
      throw new FairleadError('already_exists', `The name '${token.name}' is or was that of another token`, {
        hint: 'Choose another name: names are not used twice, so that the audit stays clear.',
      });
    }
  }

  async revoke(id: string, at: number, record: AuditRecord): Promise<void> {
    await this.writing(this.audit.commit(record, [this.revocation([id], at)]));
  }

  private revocation(ids: readonly string[], at: number): Statement {
    const where = { id: { in: [...ids] }, revokedAt: null };
    return this.database.prisma.apiToken.updateMany({ where, data: { revokedAt: at } });
  }

  async used(id: string, at: number): Promise<void> {
    const { apiToken } = this.database.prisma;
    await this.writing(storing(apiToken.updateMany({ where: { id }, data: { lastUsedAt: at } })));
  }

  private async writing(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } finally {
      this.writes += 1;
      this.known.clear();
    }
  }
}

const orNumber = (value: bigint | null): number | null => (value === null ? null : Number(value));

const toStored = (row: Row): StoredApiToken => ({
  ...row,
  role: row.role as Role,
  createdAt: Number(row.createdAt),
  expiresAt: orNumber(row.expiresAt),
  lastUsedAt: orNumber(row.lastUsedAt),
  revokedAt: orNumber(row.revokedAt),
});
