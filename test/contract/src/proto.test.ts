import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');

describe('protocol', () => {
  it('has generated types that match its .proto files', () => {
    const check = (): string =>
      execFileSync(process.execPath, ['tools/generate-proto.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    expect(check).not.toThrow();
  });
});
