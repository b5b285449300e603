import { type Role } from '@fairlead/domain';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, Prisma, storing } from '../database/index.js';

/** Somebody who has signed in, as the database holds it. Instants are milliseconds since the epoch. */
export interface StoredSession {
  readonly id: string;
  readonly secretHash: string;
  /** `browser` comes as a cookie only, `device` in a header only. */
  readonly kind: 'browser' | 'device';
  readonly issuer: string;
  readonly subject: string;
  /** The actor's name. */
  readonly name: string;
  readonly role: Role;
  /** Selector of hosts; empty: all. */
  readonly hosts: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly endedAt: number | null;
}

type Row = Prisma.WebSessionGetPayload<object>;

/** Time that rows of sessions that are over are kept, in milliseconds. What was done in them stays in the audit. */
const KEPT_MS = 30 * 86_400_000;

export class SessionsStore {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  async find(id: string): Promise<StoredSession | undefined> {
    const row = await storing(this.database.prisma.webSession.findUnique({ where: { id } }));
    return row === null ? undefined : toStored(row);
  }

  /** Adds a session, and forgets those that ended long ago. */
  async add(session: StoredSession, record: AuditRecord): Promise<void> {
    const create = this.database.prisma.webSession.create({ data: session });
    const tidy = Prisma.sql`DELETE FROM "WebSession" WHERE "expiresAt" < ${session.createdAt - KEPT_MS}`;
    await this.audit.commit(record, [create, tidy]);
  }

  async end(id: string, at: number, record: AuditRecord): Promise<void> {
    const where = { id, endedAt: null };
    await this.audit.commit(record, [this.database.prisma.webSession.updateMany({ where, data: { endedAt: at } })]);
  }

  async used(id: string, at: number): Promise<void> {
    await storing(this.database.prisma.webSession.updateMany({ where: { id }, data: { lastUsedAt: at } }));
  }
}

const orNumber = (value: bigint | null): number | null => (value === null ? null : Number(value));

const toStored = (row: Row): StoredSession => ({
  ...row,
  kind: row.kind === 'device' ? 'device' : 'browser',
  role: row.role as Role,
  createdAt: Number(row.createdAt),
  expiresAt: Number(row.expiresAt),
  lastUsedAt: orNumber(row.lastUsedAt),
  endedAt: orNumber(row.endedAt),
});
