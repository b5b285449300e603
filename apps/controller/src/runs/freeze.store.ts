import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, Prisma } from '../database/index.js';
import { type Actor } from '../operations/operation.js';

/** Whether destructive work is held, since when (milliseconds since the epoch), by whom and why. */
export interface FreezeState {
  readonly frozen: boolean;
  readonly reason: string;
  readonly actor: string;
  /** Null: the switch was never touched. */
  readonly at: number | null;
}

export const UNTOUCHED: FreezeState = { frozen: false, reason: '', actor: '', at: null };

/** The one row of the freeze switch, written with its audit row in one transaction. */
export class FreezeStore {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  async load(): Promise<FreezeState> {
    const [row] = await this.database.read<Omit<FreezeState, 'frozen'> & { readonly frozen: number }>(
      Prisma.sql`SELECT "frozen", "reason", "actor", "at" FROM "Freeze" WHERE "id" = 1`,
    );
    return row === undefined ? UNTOUCHED : { ...row, frozen: row.frozen === 1 };
  }

  async save({ frozen, reason, at }: FreezeState & { readonly at: number }, actor: Actor): Promise<void> {
    const row = Prisma.sql`INSERT INTO "Freeze" ("id", "frozen", "reason", "actor", "at")
      VALUES (1, ${frozen}, ${reason}, ${actor.name}, ${at}) ON CONFLICT ("id") DO UPDATE SET
      "frozen" = excluded."frozen", "reason" = excluded."reason", "actor" = excluded."actor", "at" = excluded."at"`;
    await this.audit.commit(recordOf(frozen, { reason }, at, actor), [row]);
  }

  /** Why it would have been frozen, had it not been. */
  async note(reason: string, at: number, actor: Actor): Promise<void> {
    await this.audit.commit(recordOf(true, { reason, alreadyFrozen: true }, at, actor));
  }
}

const recordOf = (frozen: boolean, detail: AuditRecord['detail'], at: number, actor: Actor): AuditRecord => {
  const what = { action: frozen ? 'freeze.on' : 'freeze.off', hostName: null, operationId: null, outcome: 'done' };
  return { at, actor, target: {}, detail, ...what };
};
