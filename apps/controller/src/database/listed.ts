import { Prisma } from '../generated/prisma/client.js';

/** Values to stand behind IN: one parameter, however many they are. */
export const listed = (values: readonly (string | number)[]): Prisma.Sql =>
  Prisma.sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
