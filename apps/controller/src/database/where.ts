import { Prisma } from '../generated/prisma/client.js';

/** A WHERE clause of conditions that must all hold; nothing where there are none. */
export const where = (conditions: readonly Prisma.Sql[]): Prisma.Sql =>
  conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join([...conditions], ' AND ')}`;
