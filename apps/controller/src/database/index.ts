export { Database, openDatabase, type Statement } from './database.js';
export { GroupCommit } from './group-commit.js';
export { isGuardViolation, isOutsideFault, isUniqueViolation, storing, toStorageError } from './errors.js';
export { listed } from './listed.js';
export { where } from './where.js';
export type { MigrationResult } from './migrate.js';
export { Prisma, PrismaClient } from '../generated/prisma/client.js';
