import { type AuditStore } from '../audit/audit.store.js';
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
    const what = { action: frozen ? 'freeze.on' : 'freeze.off', hostName: null, operationId: null, outcome: 'done' };
    await this.audit.commit({ at, actor, target: {}, detail: { reason }, ...what }, [row]);
  }
}
