import type { Error as DriverErrorPayload } from '@prisma/driver-adapter-utils';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import Libsql from 'libsql';

/** SQLite's result codes that something here depends on (https://www.sqlite.org/rescode.html). */
export const SQLITE = {
  BUSY: 5,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
  CONSTRAINT_FOREIGNKEY: 787,
  CONSTRAINT_NOTNULL: 1299,
  CONSTRAINT_PRIMARYKEY: 1555,
  CONSTRAINT_TRIGGER: 1811,
  CONSTRAINT_UNIQUE: 2067,
} as const;

/** The primary code is the low byte of an extended one. */
export const primaryCode = (code: number): number => code & 0xff;

/** The (extended) result code of an error of libsql, or undefined if it is something else. */
export const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Libsql.SqliteError ? error.rawCode : undefined;

/** An error of libsql as Prisma understands it; anything else unchanged. */
export function toDriverError(error: unknown): unknown {
  if (!(error instanceof Libsql.SqliteError)) return error;
  const code = error.rawCode ?? 1;
  return new DriverAdapterError({
    ...describe(code, error.message),
    originalCode: String(code),
    originalMessage: error.message,
  });
}

function describe(code: number, message: string): DriverErrorPayload {
  switch (code) {
    case SQLITE.CONSTRAINT_UNIQUE:
    case SQLITE.CONSTRAINT_PRIMARYKEY:
      return { kind: 'UniqueConstraintViolation', constraint: { fields: constrainedFields(message) } };
    case SQLITE.CONSTRAINT_NOTNULL:
      return { kind: 'NullConstraintViolation', constraint: { fields: constrainedFields(message) } };
    case SQLITE.CONSTRAINT_FOREIGNKEY:
    case SQLITE.CONSTRAINT_TRIGGER:
      return { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } };
    default:
      return { kind: 'sqlite', extendedCode: code, message };
  }
}

/** `UNIQUE constraint failed: Operation.actor, Operation.idempotencyKey` names them as `table.column`. */
const constrainedFields = (message: string): string[] =>
  (message.split('constraint failed: ')[1] ?? '').split(', ').map((field) => field.slice(field.indexOf('.') + 1));
