import { Prisma } from '../database/index.js';
import { type HostBounds } from './hosts.service.js';

/** Tables of records that outlive hosts, and the column that says when each was made. */
const MADE_AT = { AuditEntry: 'at', Operation: 'createdAt' } as const;

/**
 * A table, cut down to what is about these hosts, and about them as they are now. A join, since it is looked up in: a
 * condition for each row would read the whole list of hosts again and again.
 * @param bounds the hosts that the caller may know of; undefined: all, and what is about none
 */
export function boundedTable(table: keyof typeof MADE_AT, bounds: HostBounds | undefined): Prisma.Sql {
  const whole = Prisma.raw(`"${table}"`);
  if (bounds === undefined) return whole;
  const pairs = JSON.stringify(bounds.map(({ name, since }) => [name, since]));
  return Prisma.sql`${whole} JOIN
    (SELECT value->>0 AS "boundName", value->>1 AS "boundSince" FROM json_each(${pairs})) AS bound
    ON "boundName" = "hostName" AND "boundSince" <= ${Prisma.raw(`"${MADE_AT[table]}"`)}`;
}
