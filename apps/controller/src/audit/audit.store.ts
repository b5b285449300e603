import { type Database, type Prisma } from '../database/index.js';
import { type Actor } from '../operations/operation.js';

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
  /** `accepted` before the act, the operation's outcome after it, `done` for what needs no host. */
  readonly outcome: string;
  readonly detail: Prisma.InputJsonObject;
}

/** Writes the audit. Rows are added, never changed, and always in the transaction of the act that they speak of. */
export class AuditStore {
  constructor(private readonly database: Database) {}

  /** The row as a statement for the act's transaction. */
  entry({ actor, ...record }: AuditRecord) {
    return this.database.prisma.auditEntry.create({ data: { ...record, actor: actor.name, client: actor.client } });
  }
}
