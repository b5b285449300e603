import { FairleadError } from '@fairlead/domain';
import { isDriverAdapterError, type DriverAdapterError } from '@prisma/driver-adapter-utils';
import { Prisma } from '../generated/prisma/client.js';
import { primaryCode, SQLITE, sqliteCode } from './driver-error.js';

/** What stands behind each result code of SQLite, and what to do about it. */
const CAUSES: Readonly<Record<number, readonly [why: string, hint: string]>> = {
  [SQLITE.FULL]: ['the disk is full', 'Free some space; it goes on by itself.'],
  [SQLITE.IOERR]: ['the disk reported an error', 'Check the disk and the system log.'],
  [SQLITE.READONLY]: ['the file is read-only', 'Make the data folder writable for this user.'],
  [SQLITE.CANTOPEN]: ['the file cannot be opened', 'Make the data folder writable for this user.'],
  [SQLITE.BUSY]: ['another program holds the file', 'Close the program that has the database open.'],
  [SQLITE.CORRUPT]: ['the file is damaged', 'Stop the controller and put a backup in its place.'],
  [SQLITE.NOTADB]: ['the file is not a database', 'Stop the controller and put a backup in its place.'],
};

/** Anything that Prisma or SQLite threw, as `storage_failed` with the reason; a FairleadError stays what it is. */
export function toStorageError(error: unknown): FairleadError {
  if (error instanceof FairleadError) return error;
  const code = resultCode(error);
  const [why, hint] = CAUSES[primaryCode(code ?? 0)] ?? [reasonOf(error), 'See the log for the cause, and report it.'];
  return new FairleadError('storage_failed', `The database failed: ${why}.`, { hint, cause: error });
}

/** Causes outside of what was to be written: the same would be written at another time. */
const OUTSIDE: ReadonlySet<number> = new Set([SQLITE.FULL, SQLITE.IOERR, SQLITE.READONLY, SQLITE.BUSY]);

/** Whether a `storage_failed` is the disk's or another program's fault, and not that of what was to be written. */
export const isOutsideFault = (error: unknown): boolean =>
  error instanceof FairleadError && OUTSIDE.has(primaryCode(resultCode(error.cause) ?? 0));

/** Awaits work on the database and turns what it throws into a FairleadError. Unique violations pass: see below. */
export async function storing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? error : toStorageError(error);
  }
}

/**
 * Whether a row with the same key was already there.
 * @param fields the fields of the key; without them any key counts
 */
export function isUniqueViolation(error: unknown, fields?: readonly string[]): boolean {
  const violated = violatedFields(error);
  return violated !== undefined && (fields === undefined || fields.join() === violated.join());
}

/**
 * Whether a statement had no value where one is needed. Statements are guarded so: what may be written only while
 * something holds is NULL while it does not, and the whole transaction is rolled back.
 */
export const isGuardViolation = (error: unknown): boolean =>
  driverError(error)?.cause.kind === 'NullConstraintViolation';

function violatedFields(error: unknown): readonly string[] | undefined {
  const payload = driverError(error)?.cause;
  if (payload?.kind !== 'UniqueConstraintViolation') return undefined;
  return payload.constraint && 'fields' in payload.constraint ? payload.constraint.fields : [];
}

function resultCode(error: unknown): number | undefined {
  const code = sqliteCode(error);
  if (code !== undefined) return code;
  // Of a file beside the database.
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return SQLITE.FULL;
  const original = driverError(error)?.cause.originalCode;
  return original === undefined ? undefined : Number(original);
}

/** The adapter's own error, which Prisma hands on in one of three places. */
function driverError(error: unknown): DriverAdapterError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isDriverAdapterError(error)) return error;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const inner: unknown = error.meta?.['driverAdapterError'];
    return isDriverAdapterError(inner) ? inner : undefined;
  }
  return driverError(error.cause);
}

/** SQLite's words where there are any, else the last line: Prisma puts the call before its reason. */
function reasonOf(error: unknown): string {
  const message = driverError(error)?.cause.originalMessage ?? (error instanceof Error ? error.message : String(error));
  return message.trim().split('\n').at(-1)!.replace(/\.$/, '');
}
