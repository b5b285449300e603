import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';
import Libsql from 'libsql';
import { primaryCode, SQLITE, sqliteCode } from './driver-error.js';

/**
 * Keeps every other process off a data folder, for as long as it is held.
 *
 * SQLite 3.45.1, which libsql carries, can corrupt a WAL database when two connections write or checkpoint at once
 * ("WAL-reset", fixed in 3.51.3). Within the controller only one connection does; this keeps a second controller out.
 * The lock is SQLite's own on a small database of its own: the kernel lets go of it when the process dies, however it
 * dies. The holder's pid stands in a file beside it, for the message only.
 */
export class DataLock {
  private constructor(
    private readonly database: Libsql.Database,
    private readonly pidFile: string,
  ) {}

  /** @throws FairleadError `storage_failed`, naming the process that holds the folder */
  static acquire(folder: string): DataLock {
    const pidFile = join(folder, 'lock.pid');
    const database = new Libsql(join(folder, 'lock.db'));
    try {
      database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      throw primaryCode(sqliteCode(error) ?? 0) === SQLITE.BUSY ? inUse(folder, readPid(pidFile), error) : error;
    }
    writeFileSync(pidFile, `${process.pid}\n`);
    return new DataLock(database, pidFile);
  }

  release(): void {
    rmSync(this.pidFile, { force: true });
    this.database.close();
  }
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function inUse(folder: string, pid: string, cause: unknown): FairleadError {
  const holder = pid === '' ? 'another process' : pid === String(process.pid) ? 'this process' : `process ${pid}`;
  return new FairleadError('storage_failed', `The data folder ${folder} is in use by ${holder}.`, {
    hint: 'Stop that one first, or give this one a folder of its own with --data-dir.',
    cause,
  });
}
