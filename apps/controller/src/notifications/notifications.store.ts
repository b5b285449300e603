import { v7 as uuidv7 } from 'uuid';
import { type Database, Prisma, type Statement, where } from '../database/index.js';
import { type Verdict } from './delivery-schedule.js';
import { type Notice } from './notice.js';

/** One notice to one channel. Instants are milliseconds since the epoch. */
export interface StoredNotification {
  readonly id: string;
  readonly channel: string;
  readonly notice: Notice;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly createdAt: number;
  readonly nextAt: number;
  readonly endedAt: number | null;
  /** Of the last attempt. */
  readonly error: string | null;
}

type Row = Omit<StoredNotification, 'notice'> & { readonly notice: string };

const COLUMNS = Prisma.sql`"id", "channel", "notice", "state", "attempts", "createdAt", "nextAt", "endedAt", "error"`;

/** Notices on their way: written with what they tell of, so that none is lost with the process. */
export class NotificationsStore {
  constructor(private readonly database: Pick<Database, 'read' | 'transaction'>) {}

  /** For the transaction of what is told of. */
  insertion(notice: Notice, channel: string, now: number): Statement {
    return Prisma.sql`INSERT INTO "Notification" ("id", "noticeId", "channel", "event", "runId", "notice", "state",
        "attempts", "createdAt", "nextAt")
      VALUES (${uuidv7()}, ${notice.id}, ${channel}, ${notice.event}, ${notice.runId}, ${JSON.stringify(notice)},
        'waiting', 0, ${now}, ${now})`;
  }

  /** Of each channel the one whose turn it is: the oldest that waits. The first to be due comes first. */
  async heads(): Promise<StoredNotification[]> {
    const rows = await this.database.read<Row>(Prisma.sql`SELECT ${COLUMNS} FROM "Notification" WHERE "id" IN
      (SELECT MIN("id") FROM "Notification" WHERE "state" = 'waiting' GROUP BY "channel") ORDER BY "nextAt", "id"`);
    return rows.map(toNotification);
  }

  /** Notes what an attempt led to. */
  async settle(id: string, { state, attempts, nextAt, endedAt, error }: Verdict): Promise<void> {
    await this.database.transaction([
      Prisma.sql`UPDATE "Notification" SET "state" = ${state}, "attempts" = ${attempts}, "nextAt" = ${nextAt},
        "endedAt" = ${endedAt}, "error" = ${error} WHERE "id" = ${id} AND "state" = 'waiting'`,
    ]);
  }

  /** The newest ones, the latest first; of one run, or of all. */
  async latest(limit: number, runId?: string): Promise<StoredNotification[]> {
    const chosen = where(runId === undefined ? [] : [Prisma.sql`"runId" = ${runId}`]);
    const rows = await this.database.read<Row>(
      Prisma.sql`SELECT ${COLUMNS} FROM "Notification" ${chosen} ORDER BY "id" DESC LIMIT ${limit}`,
    );
    return rows.map(toNotification);
  }
}

const toNotification = (row: Row): StoredNotification => ({ ...row, notice: JSON.parse(row.notice) as Notice });
