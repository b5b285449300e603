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

/** What somebody asks of the switch. */
export interface FreezeWish {
  readonly frozen: boolean;
  readonly reason: string;
  readonly by: Actor;
  /** Milliseconds since the epoch. */
  readonly at: number;
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

  /** What is so from now on, and who asked for that. @param already it was so before */
  async save({ frozen, reason, actor, at }: FreezeState, { by, ...wish }: FreezeWish, already: boolean): Promise<void> {
    const row = Prisma.sql`INSERT INTO "Freeze" ("id", "frozen", "reason", "actor", "at")
      VALUES (1, ${frozen}, ${reason}, ${actor}, ${at}) ON CONFLICT ("id") DO UPDATE SET
      "frozen" = excluded."frozen", "reason" = excluded."reason", "actor" = excluded."actor", "at" = excluded."at"`;
    const what = {
      action: wish.frozen ? 'freeze.on' : 'freeze.off',
      hostName: null,
      operationId: null,
      outcome: 'done',
    };
    const detail = { reason: wish.reason, ...(already && { already }) };
    await this.audit.commit({ at: wish.at, actor: by, target: {}, detail, ...what }, at === null ? [] : [row]);
  }
}
