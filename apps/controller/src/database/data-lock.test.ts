import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataLock } from './data-lock.js';

/** Another process that does to the folder what DataLock does, and then sits there. */
const HOLDER = `
  const Libsql = require('libsql');
  const folder = process.argv[1];
  const lock = new Libsql(folder + '/lock.db');
  lock.exec('BEGIN EXCLUSIVE');
  require('node:fs').writeFileSync(folder + '/lock.pid', process.pid + '\\n');
  console.log('held');
  setInterval(() => lock.inTransaction, 1000);
`;

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-lock-'));
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map(kill));
  rmSync(folder, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function startHolder(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', HOLDER, folder], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('DataLock', () => {
  it('refuses a folder that another process holds, and names the process', async () => {
    const { pid } = await startHolder();
    expect(() => DataLock.acquire(folder)).toThrow(
      expect.objectContaining({
        code: 'storage_failed',
        message: `The data folder ${folder} is in use by process ${pid}.`,
        hint: expect.stringContaining('--data-dir'),
      }),
    );
  });

  it('takes a folder whose holder was killed', async () => {
    await kill(await startHolder());
    const lock = DataLock.acquire(folder);
    expect(() => DataLock.acquire(folder)).toThrow('in use by this process');
    lock.release();
  });

  it('takes a folder that was released', () => {
    DataLock.acquire(folder).release();
    DataLock.acquire(folder).release();
  });

  it('is not held up by a pid file that was left behind', () => {
    writeFileSync(join(folder, 'lock.pid'), '1\n');
    DataLock.acquire(folder).release();
  });

  it('refuses also where the holder left no pid', () => {
    const lock = DataLock.acquire(folder);
    rmSync(join(folder, 'lock.pid'));
    expect(() => DataLock.acquire(folder)).toThrow('in use by another process');
    lock.release();
  });
});
