import { Prisma } from '../database/index.js';

/** The clock on the wall was set. All in milliseconds. */
export interface ClockJump {
  /** By how much, forward or back (negative). */
  readonly ms: number;
  /** By how much of that times move which are from before this life of the controller, when it may have been right. */
  readonly earlierMs: number;
  /** When this life began, by the clock as it was. */
  readonly beganAt: number;
  /** The last look before, by the clock as it is: what is noted of since then may be so by that, and stays. */
  readonly sinceAt: number;
}

/** A time of what was seen as it is after a jump: none is ahead of the clock then. */
export function movedBy({ ms, earlierMs, beganAt, sinceAt }: ClockJump, at: number, now: number): number {
  if (at >= sinceAt && at <= now) return at;
  return Math.min(at + (at >= beganAt ? ms : earlierMs), now);
}

/** The same for all that is stored, so that no network gets unused for longer or shorter, nor a host unseen. */
export const moveTimes = (jump: ClockJump, now: number): Prisma.Sql[] => [
  move('Network', 'unusedSinceAt', jump, now),
  move('Host', 'lastHeardAt', jump, now),
];

function move(table: string, column: string, jump: ClockJump, now: number): Prisma.Sql {
  const [of, at] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${column}"`)];
  const { ms, earlierMs, beganAt, sinceAt } = jump;
  return Prisma.sql`UPDATE ${of} SET ${at} = MIN(${at} + CASE WHEN ${at} >= ${beganAt} THEN ${ms} ELSE ${earlierMs} END, ${now})
    WHERE ${at} NOT BETWEEN ${sinceAt} AND ${now}`;
}
