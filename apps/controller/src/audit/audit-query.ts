import { type AuditQuery } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { Prisma } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';

/**
 * The table, cut down to what is about these hosts, and about them as they are now. A join, since it is looked up in:
 * a condition for each row would read the whole list of hosts again and again.
 * @param bounds the hosts that the caller may know of; undefined: all, and what is about none
 */
export function sourceOf(bounds: HostBounds | undefined): Prisma.Sql {
  if (bounds === undefined) return Prisma.sql`"AuditEntry"`;
  const pairs = JSON.stringify(bounds.map(({ name, since }) => [name, since]));
  return Prisma.sql`"AuditEntry" JOIN
    (SELECT value->>0 AS "boundName", value->>1 AS "boundSince" FROM json_each(${pairs})) AS bound
    ON "boundName" = "hostName" AND "boundSince" <= "at"`;
}

/** The conditions of a query on the table. */
export function conditionsOf({ host, actor, outcome, action }: AuditQuery): Prisma.Sql[] {
  const lists = Object.entries({ hostName: host, actor, outcome })
    .filter(([, values]) => values.length > 0)
    .map(([column, values]) => Prisma.sql`${Prisma.raw(`"${column}"`)} IN ${listed(values)}`);
  return action.length === 0 ? lists : [...lists, anyAction(action)];
}

export const where = (conditions: readonly Prisma.Sql[]): Prisma.Sql =>
  conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join([...conditions], ' AND ')}`;

/** The seq that a page ended with. @throws FairleadError `invalid_argument` for a cursor that none ended with */
export function readCursor(cursor: string): number {
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw new FairleadError('invalid_argument', 'The cursor does not belong to this query', {
    hint: 'Begin again without a cursor; pass nextCursor back as it was given.',
  });
}

const listed = (values: readonly unknown[]): Prisma.Sql =>
  Prisma.sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;

/**
 * `network.*` stands for all that begins with `network.`. The few actions that there are are held against the patterns
 * once, and not each row.
 */
const anyAction = (patterns: readonly string[]): Prisma.Sql =>
  Prisma.sql`"action" IN (SELECT known."action"
    FROM (SELECT DISTINCT "action" FROM "AuditEntry") AS known, json_each(${JSON.stringify(patterns)}) AS pattern
    WHERE CASE WHEN substr(pattern.value, -1) = '*'
      THEN substr(known."action", 1, length(pattern.value) - 1) = substr(pattern.value, 1, length(pattern.value) - 1)
      ELSE known."action" = pattern.value END)`;
