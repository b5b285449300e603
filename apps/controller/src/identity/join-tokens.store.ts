import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, type Statement, storing } from '../database/index.js';
import { type StoredJoinToken, toStoredJoinToken } from './join-token.js';

/** Reads and writes join tokens. What takes part in the transaction of another act is handed out as a statement. */
export class JoinTokensStore {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  async find(id: string): Promise<StoredJoinToken | undefined> {
    const row = await storing(this.database.prisma.joinToken.findUnique({ where: { id } }));
    return row === null ? undefined : toStoredJoinToken(row);
  }

  /** Newest first. @param since those that had ended by then are left out */
  async list(since: number): Promise<StoredJoinToken[]> {
    const rows = await storing(
      this.database.prisma.joinToken.findMany({
        where: { expiresAt: { gt: since }, OR: [{ revokedAt: null }, { revokedAt: { gt: since } }] },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      }),
    );
    return rows.map(toStoredJoinToken);
  }

  insertion({ labels, ...token }: StoredJoinToken): Statement {
    return this.database.prisma.joinToken.create({ data: { ...token, labels: { ...labels } } });
  }

  /** Throws inside its transaction, which then does nothing, where no use is left. */
  use(id: string, uses: number): Statement {
    return this.database.prisma.joinToken.update({ where: { id, uses, revokedAt: null }, data: { uses: uses + 1 } });
  }

  revocation(id: string, at: number): Statement {
    return this.database.prisma.joinToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
  }

  async add(token: StoredJoinToken, record: AuditRecord): Promise<void> {
    await this.audit.commit(record, [this.insertion(token)]);
  }

  async revoke(id: string, at: number, record: AuditRecord): Promise<void> {
    await this.audit.commit(record, [this.revocation(id, at)]);
  }
}
