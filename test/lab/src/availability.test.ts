import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { labAvailability } from './availability.js';
import { compile } from '../test/compile.js';

const script = `
  import { labAvailability } from './src/index.js';
  console.log(JSON.stringify(labAvailability()));
`;

describe('a process without the rights of root', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-nobody-'));
  beforeAll(() => {
    chmodSync(folder, 0o755);
    compile(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const ask = (uid: number) => {
    const args = ['--input-type=module', '--eval', script];
    const answer = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', ...(uid ? { uid } : {}) });
    return JSON.parse(answer.stdout) as unknown;
  };

  const root = process.getuid?.() === 0;
  (root ? test : test.skip)('is told that a lab needs root', () => {
    expect(ask(65_534)).toEqual({ available: false, reason: 'the lab needs root' });
  });

  test('gets the same answer as this one, if its rights are the same', () => {
    expect(ask(0)).toEqual(labAvailability());
  });
});
