import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { type DriverAdapterError } from '@prisma/driver-adapter-utils';
import Libsql from 'libsql';
import { toDriverError } from './driver-error.js';
import { isUniqueViolation, storing, toStorageError } from './errors.js';

const sqliteError = (message: string, rawCode: number): Error => new Libsql.SqliteError(message, 'SQLITE', rawCode);

describe('toDriverError', () => {
  const describeError = (message: string, code: number) =>
    (toDriverError(sqliteError(message, code)) as DriverAdapterError).cause;

  it('names the fields of a violated key', () => {
    const payload = describeError('UNIQUE constraint failed: Operation.actor, Operation.idempotencyKey', 2067);
    expect(payload).toMatchObject({
      kind: 'UniqueConstraintViolation',
      constraint: { fields: ['actor', 'idempotencyKey'] },
    });
  });

  it('tells missing values and broken references from other errors', () => {
    expect(describeError('NOT NULL constraint failed: Host.peer', 1299)).toMatchObject({
      kind: 'NullConstraintViolation',
      constraint: { fields: ['peer'] },
    });
    expect(describeError('FOREIGN KEY constraint failed', 787).kind).toBe('ForeignKeyConstraintViolation');
    expect(describeError('no such table: t', 1)).toMatchObject({ kind: 'sqlite', extendedCode: 1 });
  });

  it('leaves errors of others alone', () => {
    const error = new TypeError('not ours');
    expect(toDriverError(error)).toBe(error);
  });
});

describe('toStorageError', () => {
  it.each([
    [13, 'the disk is full'],
    [10, 'the disk reported an error'],
    [10 | (3 << 8), 'the disk reported an error'],
    [8, 'the file is read-only'],
    [5, 'another program holds the file'],
    [11, 'the file is damaged'],
  ])('says in words what SQLite means by %i', (code, words) => {
    const error = toStorageError(toDriverError(sqliteError('cryptic', code)));
    expect(error).toMatchObject({ code: 'storage_failed', message: `The database failed: ${words}.` });
    expect(error.hint).toBeTruthy();
  });

  it('says the same of a disk that is full for a file beside the database', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(toStorageError(error).message).toBe('The database failed: the disk is full.');
  });

  it("passes SQLite's own words where it has none", () => {
    expect(toStorageError(sqliteError('no such table: t', 1)).message).toBe('The database failed: no such table: t.');
  });

  it('keeps what is a FairleadError already', () => {
    const error = new FairleadError('not_found', 'There is none.');
    expect(toStorageError(error)).toBe(error);
  });
});

describe('storing', () => {
  it('hands over the result', async () => {
    await expect(storing(Promise.resolve(7))).resolves.toBe(7);
  });

  it('turns a failure into storage_failed and keeps its cause', async () => {
    const cause = new Error('broken');
    await expect(storing(Promise.reject(cause))).rejects.toMatchObject({ code: 'storage_failed', cause });
  });

  it('lets a violated key through, for the caller to judge', async () => {
    const violation = toDriverError(sqliteError('UNIQUE constraint failed: Host.name', 1555));
    const error: unknown = await storing(Promise.reject(violation as Error)).catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error, ['name'])).toBe(true);
  });
});
