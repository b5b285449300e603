import { Prisma } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';

/** How a query is held to some hosts, and to what is about them as they are now. */
export interface BoundHosts {
  /** To stand before SELECT. */
  readonly before: Prisma.Sql;
  /** To stand behind the table. */
  readonly join: Prisma.Sql;
}

/**
 * The hosts become a table, which gets an index of its own: SQLite (3.45) makes none for the rows of a JSON text, and
 * would read all of it again for each row of the other table.
 *
 * @param bounds undefined: all hosts
 * @param at the column that says when a row was made
 */
export function boundHosts(bounds: HostBounds | undefined, hostName: Prisma.Sql, at: Prisma.Sql): BoundHosts {
  if (bounds === undefined) return { before: Prisma.empty, join: Prisma.empty };
  const since = JSON.stringify(Object.fromEntries(bounds.map((bound) => [bound.name, bound.since])));
  return {
    before: Prisma.sql`WITH bound AS MATERIALIZED (SELECT key AS "name", value AS "since" FROM json_each(${since}))`,
    join: Prisma.sql`CROSS JOIN bound ON bound."name" = ${hostName} AND bound."since" <= ${at}`,
  };
}
