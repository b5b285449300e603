import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { tar } from './tar.js';

const list = (archive: Buffer) => execFileSync('tar', ['-tvf', '-'], { input: archive, encoding: 'utf8' });

describe('tar', () => {
  test('makes archives that tar(1) understands', () => {
    const archive = tar([
      { path: 'bin/tool', content: Buffer.alloc(513, 'x'), mode: 0o755 },
      { path: 'bin/alias', link: 'tool' },
    ]);
    expect(list(archive)).toMatch(/^-rwxr-xr-x 0\/0 +513 .* bin\/tool$/m);
    expect(list(archive)).toMatch(/^lrwxrwxrwx 0\/0 +0 .* bin\/alias -> tool$/m);
  });

  test('keeps the content of files, whatever their length', () => {
    for (const length of [0, 1, 512, 1000]) {
      const content = Buffer.alloc(length, 'y');
      const input = tar([{ path: 'file', content, mode: 0o644 }]);
      expect(input.length % 512).toBe(0);
      expect(execFileSync('tar', ['-xOf', '-'], { input })).toEqual(content);
    }
  });
});
