import { type AuditQuery } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type Database, isUniqueViolation, Prisma, type Statement, storing, where } from '../database/index.js';
import { Mutex } from '../database/mutex.js';
import { boundedTable } from '../hosts/bounded-table.js';
import { type HostBounds } from '../hosts/hosts.service.js';
import { type Actor } from '../operations/operation.js';
import { type Page, pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { conditionsOf } from './audit-query.js';
import { type ChainEntry, EMPTY, hashOf, type Head, storable } from './chain.js';

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

/** As raw SQL gives it: with big numbers, and JSON read. */
type RawRow = Omit<ChainEntry, 'seq' | 'at'> & { readonly seq: bigint; readonly at: bigint };

export interface AuditPage extends Page<ChainEntry> {
  readonly total: number;
}

/** Rows that are read, and sealed, at a time. */
const CHUNK = 250;

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
  private readonly listeners: ((head: Head) => void)[] = [];

  constructor(private readonly database: Database) {}

  /** Reads where the chain ends. Rows from before there was a chain are sealed first, in their order. */
  async load(): Promise<void> {
    await this.turns.run(async () => {
      if (await this.isUnchained()) await this.seal();
      this.head = await this.lastRow();
    });
  }

  /** Calls back after each commit, with the new end of the chain. Must not throw. */
  onAppend(listener: (head: Head) => void): void {
    this.listeners.push(listener);
  }

  /** Where the chain ends when all commits asked for by now are done. */
  end(): Promise<Head> {
    return this.turns.run(async () => (this.head ??= await this.lastRow()));
  }

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

  /** Entries after `after`, in the order of the chain, up to some hundreds. */
  async entries(after: number): Promise<ChainEntry[]> {
    const range = Prisma.sql`SELECT * FROM "AuditEntry" WHERE "seq" > ${after} ORDER BY "seq" LIMIT ${CHUNK}`;
    return (await storing(this.database.prisma.$queryRaw<RawRow[]>(range))).map(toEntry);
  }

  /**
   * One page, newest first.
   * @param bounds the hosts that the caller may know of, or undefined for all: only then what is about no host is shown
   * @throws FairleadError `invalid_argument` for a cursor that no page ended with
   */
  async page(query: AuditQuery, bounds: HostBounds | undefined): Promise<AuditPage> {
    const { prisma } = this.database;
    const source = boundedTable('AuditEntry', bounds);
    const asked = conditionsOf(query);
    const cursor = new PageCursor('audit', query);
    const end = query.cursor === undefined ? [] : [Prisma.sql`"seq" < ${cursor.read(query.cursor, ['number'])[0]}`];
    const [rows, counts] = await storing(
      Promise.all([
        prisma.$queryRaw<RawRow[]>(
          Prisma.sql`SELECT "AuditEntry".* FROM ${source} ${where([...asked, ...end])} ORDER BY "seq" DESC LIMIT ${query.limit + 1}`,
        ),
        prisma.$queryRaw<{ total: bigint }[]>(Prisma.sql`SELECT COUNT(*) AS total FROM ${source} ${where(asked)}`),
      ]),
    );
    const page = pageFrom(rows.map(toEntry), query.limit, ({ seq }) => cursor.write(seq));
    return { ...page, total: Number(counts[0]?.total ?? 0) };
  }

  private async append(records: readonly AuditRecord[], statements: readonly Statement[]): Promise<unknown[]> {
    let head = (this.head ??= await this.lastRow());
    const rows: ChainEntry[] = [];
    for (const record of records) {
      const entry = chained(record, head);
      rows.push(entry);
      head = entry;
    }
    try {
      const results = await this.database.transaction([...rows.map(insertion), ...statements]);
      this.advance({ seq: head.seq, hash: head.hash });
      return results.slice(rows.length);
    } catch (error) {
      this.head = undefined;
      throw isUniqueViolation(error, ['seq']) ? alteredBehind(error) : error;
    }
  }

  private advance(head: Head): void {
    this.head = head;
    for (const listener of this.listeners) listener(head);
  }

  private async lastRow(): Promise<Head> {
    const last = { orderBy: { seq: 'desc' }, select: { seq: true, hash: true } } as const;
    return (await storing(this.database.prisma.auditEntry.findFirst(last))) ?? EMPTY;
  }

  /**
   * Whether all rows are from before there was a chain. Some of them being so is damage: sealing those would hide it.
   */
  private async isUnchained(): Promise<boolean> {
    const { auditEntry, auditCheckpoint } = this.database.prisma;
    const some = { select: { seq: true } } as const;
    const [blank, chained, checkpoint] = await storing(
      Promise.all([
        auditEntry.findFirst({ where: { hash: '' }, ...some }),
        auditEntry.findFirst({ where: { hash: { not: '' } }, ...some }),
        auditCheckpoint.findFirst(some),
      ]),
    );
    return blank !== null && chained === null && checkpoint === null;
  }

  /** In one transaction: half of it would look like damage. */
  private async seal(): Promise<void> {
    const updates: Statement[] = [];
    let head = EMPTY;
    for (let rows = await this.entries(0); rows.length > 0; rows = await this.entries(head.seq)) {
      const sealed: (readonly [number, string, string])[] = [];
      for (const row of rows) {
        const previousHash = head.hash;
        head = { seq: row.seq, hash: hashOf({ ...row, previousHash }) };
        sealed.push([row.seq, previousHash, head.hash]);
      }
      updates.push(Prisma.sql`UPDATE "AuditEntry" SET "previousHash" = seal.value->>1, "hash" = seal.value->>2
        FROM json_each(${JSON.stringify(sealed)}) AS seal WHERE "seq" = seal.value->>0`);
    }
    await this.database.transaction(updates);
  }
}

function chained({ actor, ...record }: AuditRecord, head: Head): ChainEntry {
  const { name, client, peer } = actor;
  const link = storable({ ...record, actor: name, client, peer, seq: head.seq + 1, previousHash: head.hash });
  return { ...link, hash: hashOf(link) };
}

/** Raw, since JSON that came from outside may hold what Prisma takes for its own (`$type`). */
const insertion = (entry: ChainEntry): Statement => Prisma.sql`INSERT INTO "AuditEntry" ("seq", "at", "actor", "client",
  "peer", "action", "hostName", "target", "operationId", "outcome", "detail", "previousHash", "hash")
  VALUES (${entry.seq}, ${entry.at}, ${entry.actor}, ${entry.client}, ${entry.peer}, ${entry.action}, ${entry.hostName},
  ${JSON.stringify(entry.target)}, ${entry.operationId}, ${entry.outcome}, ${JSON.stringify(entry.detail)},
  ${entry.previousHash}, ${entry.hash})`;

const toEntry = (row: RawRow): ChainEntry => ({ ...row, seq: Number(row.seq), at: Number(row.at) });

const alteredBehind = (cause: unknown): FairleadError =>
  new FairleadError('storage_failed', 'The audit was written by another program; nothing was done', {
    hint: "Run 'fairlead audit verify', find out who did it, and restart the controller.",
    cause,
  });
