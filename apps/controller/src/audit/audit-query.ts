import { type AuditQuery } from '@fairlead/api';
import { listed, Prisma } from '../database/index.js';

/** The conditions of a query on the table. */
export function conditionsOf({ host, actor, outcome, action }: AuditQuery): Prisma.Sql[] {
  const lists = Object.entries({ hostName: host, actor, outcome })
    .filter(([, values]) => values.length > 0)
    .map(([column, values]) => Prisma.sql`${Prisma.raw(`"${column}"`)} IN ${listed(values)}`);
  return action.length === 0 ? lists : [...lists, anyAction(action)];
}

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
