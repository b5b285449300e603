import { FairleadError } from '@fairlead/domain';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, Prisma, type Statement, storing } from '../database/index.js';
import { KeyedMutex } from '../keyed-mutex.js';
import { type StoredIdentity, toStoredIdentity } from './identity.js';

/** An identity as it is to be, and what is written with it. */
export interface Change {
  readonly identity: StoredIdentity;
  /** None for what is no act of anybody, such as which roots an agent trusts. */
  readonly records?: readonly AuditRecord[];
  readonly statements?: readonly Statement[];
}

export type IdentityListener = (identity: StoredIdentity) => void;

/**
 * Reads and writes the identities of hosts. Rows are never deleted.
 *
 * Invariants: `rows` holds what the table holds, since this process alone writes it (see DataLock), so that every
 * command can look at the row of its host; at most one identity of each host name is not `deleted`, and `names` leads
 * to it; a change is written together with its audit rows before it counts.
 */
export class IdentitiesStore {
  private readonly rows = new Map<string, StoredIdentity>();
  private readonly names = new Map<string, string>();
  private readonly listeners: IdentityListener[] = [];
  private readonly turns = new KeyedMutex();

  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  /** Whether hosts have ever joined. */
  static async isEmpty(database: Database): Promise<boolean> {
    return (await storing(database.prisma.hostIdentity.count())) === 0;
  }

  async load(): Promise<void> {
    for (const row of await storing(this.database.prisma.hostIdentity.findMany())) this.keep(toStoredIdentity(row));
  }

  /** Called after each change, with the identity as it is then. */
  listen(listener: IdentityListener): void {
    this.listeners.push(listener);
  }

  all(): StoredIdentity[] {
    return [...this.rows.values()];
  }

  find(id: string): StoredIdentity | undefined {
    return this.rows.get(id);
  }

  /** The identity of a host, whatever its state, unless it was deleted. */
  of(hostName: string): StoredIdentity | undefined {
    return this.rows.get(this.names.get(hostName) ?? '');
  }

  /** Who joined by this token with this key. */
  joinedBy(tokenId: string, publicKey: string): StoredIdentity | undefined {
    return this.all().find((each) => each.joinTokenId === tokenId && each.publicKey === publicKey);
  }

  /** Whose key this is or was. */
  holderOf(publicKey: string): StoredIdentity | undefined {
    return this.all().find((each) => each.publicKey === publicKey || each.previousKey === publicKey);
  }

  /** Adds an identity. @param statements of the same transaction */
  async add(
    identity: StoredIdentity,
    records: readonly AuditRecord[],
    statements: readonly Statement[] = [],
  ): Promise<StoredIdentity> {
    return this.turns.run(identity.id, () => this.write({ identity, records, statements }));
  }

  /**
   * Changes an identity. Changes of one identity take turns, and each is given what the one before it has left.
   * @param decide undefined: nothing changes
   */
  change(
    id: string,
    decide: (current: StoredIdentity) => Change | undefined | Promise<Change | undefined>,
  ): Promise<StoredIdentity> {
    return this.turns.run(id, async () => {
      const current = this.rows.get(id);
      if (current === undefined) throw new FairleadError('internal', `There is no identity ${id}`);
      const change = await decide(current);
      return change === undefined ? current : this.write(change);
    });
  }

  private async write({ identity, records = [], statements = [] }: Change): Promise<StoredIdentity> {
    const all = [this.statement(identity), ...statements];
    if (records.length === 0) await this.database.transaction(all);
    else await this.audit.commit(records, all);
    this.keep(identity);
    for (const listener of this.listeners) listener(identity);
    return identity;
  }

  private keep(identity: StoredIdentity): void {
    this.rows.set(identity.id, identity);
    if (identity.state !== 'deleted') this.names.set(identity.hostName, identity.id);
    else if (this.names.get(identity.hostName) === identity.id) this.names.delete(identity.hostName);
  }

  private statement(identity: StoredIdentity): Statement {
    const { id } = identity;
    const columns = toColumns(identity);
    return this.database.prisma.hostIdentity.upsert({ where: { id }, create: columns, update: columns });
  }
}

const toColumns = ({ labels, trustedRoots, quarantine, ...identity }: StoredIdentity) => ({
  ...identity,
  labels: { ...labels },
  trustedRoots: [...trustedRoots],
  quarantine:
    quarantine === null
      ? Prisma.DbNull
      : { ...quarantine, instances: quarantine.instances.map((each) => ({ ...each })) },
});
