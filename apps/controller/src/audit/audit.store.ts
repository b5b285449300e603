import { FairleadError } from '@fairlead/domain';
import { type Database, isUniqueViolation, type Prisma, type Statement, storing } from '../database/index.js';
import { Mutex } from '../database/mutex.js';
import { type Actor } from '../operations/operation.js';
import { type ChainLink, EMPTY, hashOf, type Head, storable } from './chain.js';

/** One thing that somebody did or tried. */
export interface AuditRecord {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Actor;
  /** Resource and verb: `network.remove`, `host.label`. */
  readonly action: string;
  readonly hostName: string | null;
  readonly target: Prisma.InputJsonObject;
  readonly operationId: string | null;
  /** `accepted` before the act, the operation's outcome after it, `done` for what needs no host, `refused`. */
  readonly outcome: string;
  readonly detail: Prisma.InputJsonObject;
}

type Entry = ChainLink & Pick<AuditRecord, 'target' | 'detail'> & { readonly hash: string };

/**
 * Writes the audit: the one way to do so, and rows are only ever added.
 *
 * Invariants: an act and its rows are one transaction, so there is no act without its row; transactions of the audit
 * take turns, in the order of the chain; `head` is the last row on the disk, and moves on only after a commit. Where
 * a commit failed it is not known what reached the disk, so `head` is then read again.
 */
export class AuditStore {
  private readonly turns = new Mutex();
  /** Undefined where it has to be read. */
  private head: Head | undefined;

  constructor(private readonly database: Database) {}

  /**
   * Writes the rows and carries the statements out in one transaction: all of it is on the disk when it resolves, or
   * nothing.
   * @returns what `Database.transaction` says of each statement
   * @throws FairleadError `storage_failed`; a unique violation of a statement as Prisma's error
   */
  commit(records: AuditRecord | readonly AuditRecord[], statements: readonly Statement[] = []): Promise<unknown[]> {
    const all = 'actor' in records ? [records] : records;
    return this.turns.run(() => this.append(all, statements));
  }

  private async append(records: readonly AuditRecord[], statements: readonly Statement[]): Promise<unknown[]> {
    let head = (this.head ??= await this.lastRow());
    const rows: Entry[] = [];
    for (const record of records) {
      const entry = toEntry(record, head);
      rows.push(entry);
      head = entry;
    }
    const insert = this.database.prisma.auditEntry.createMany({ data: rows });
    try {
      const [, ...results] = await this.database.transaction([insert, ...statements]);
      this.head = { seq: head.seq, hash: head.hash };
      return results;
    } catch (error) {
      this.head = undefined;
      throw isUniqueViolation(error, ['seq']) ? alteredBehind(error) : error;
    }
  }

  private async lastRow(): Promise<Head> {
    const last = { orderBy: { seq: 'desc' }, select: { seq: true, hash: true } } as const;
    return (await storing(this.database.prisma.auditEntry.findFirst(last))) ?? EMPTY;
  }
}

function toEntry({ actor, ...record }: AuditRecord, head: Head): Entry {
  const { name, client, peer } = actor;
  const link = storable({ ...record, actor: name, client, peer, seq: head.seq + 1, previousHash: head.hash });
  return { ...link, hash: hashOf(link) };
}

const alteredBehind = (cause: unknown): FairleadError =>
  new FairleadError('storage_failed', 'The audit was written by another program; nothing was done', {
    hint: 'Find out who did it, and restart the controller.',
    cause,
  });
