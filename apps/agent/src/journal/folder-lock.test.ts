import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderLock } from './folder-lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of a data folder', () => {
  it('lets one agent in, and the next when it has left', () => {
    const lock = FolderLock.acquire(folder);
    expect(() => FolderLock.acquire(folder)).toThrow(
      expect.objectContaining({ code: 'already_exists', message: expect.stringContaining(`process ${process.pid}`) }),
    );
    lock.release();
    FolderLock.acquire(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['whose process is gone', '999999999 1 x'],
    ['whose number belongs to another process now', `${process.pid} 1 x`],
    ['that says nothing', ''],
  ])('takes over a lock %s', (_, content) => {
    writeFileSync(join(folder, 'lock'), content);
    const lock = FolderLock.acquire(folder);
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} \\d+ `));
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
  });

  it('takes over a lock of a process that was killed and is not yet taken note of', async () => {
    // The first sleep ends when its parent has become the second one, which takes no note of its children.
    const careless = spawn('/bin/sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [pid = ''] = String((await once(careless.stdout, 'data'))[0]).split('\n');
    const fields = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    while (fields()[0] !== 'Z') await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(join(folder, 'lock'), `${pid} ${fields()[19]} x`);
    FolderLock.acquire(folder).release();
    careless.kill();
    await once(careless, 'exit');
  });

  it('does not take away a lock that is no longer its own', () => {
    const lock = FolderLock.acquire(folder);
    writeFileSync(join(folder, 'lock'), 'another');
    lock.release();
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe('another');
  });

  it('says what is wrong with a folder that cannot be used', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => FolderLock.acquire(join(folder, 'file', 'deeper'))).toThrow(
      expect.objectContaining({ code: 'journal_failed', hint: expect.stringContaining('--data-dir') }),
    );
  });
});
