import { type AuditQuery } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { Prisma } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';

/** The conditions of a query on "AuditEntry". @param bounds the hosts that the caller may know of; undefined: all */
export function conditionsOf(query: AuditQuery, bounds: HostBounds | undefined): Prisma.Sql[] {
  const { host, actor, outcome, action } = query;
  const lists = Object.entries({ hostName: host, actor, outcome })
    .filter(([, values]) => values.length > 0)
    .map(([column, values]) => Prisma.sql`${Prisma.raw(`"${column}"`)} IN ${listed(values)}`);
  const patterns = action.length === 0 ? [] : [anyAction(action)];
  return [...lists, ...patterns, ...(bounds === undefined ? [] : [within(bounds)])];
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

/** `network.*` stands for all that begins with `network.`. */
function anyAction(patterns: readonly string[]): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(patterns)}) AS pattern WHERE CASE
    WHEN pattern.value LIKE '%*' THEN substr("action", 1, length(pattern.value) - 1) = substr(pattern.value, 1, length(pattern.value) - 1)
    ELSE "action" = pattern.value END)`;
}

/** About one of these hosts, and about it as it is now. */
const within = (bounds: HostBounds): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(bounds.map(({ name, since }) => [name, since]))}) AS bound
    WHERE bound.value->>0 = "hostName" AND bound.value->>1 <= "at")`;
