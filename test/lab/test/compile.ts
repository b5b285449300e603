import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';

const lab = fileURLToPath(new URL('..', import.meta.url));

/** Node 20 cannot run the sources, so programs that tests start get a copy in JavaScript. */
export function compile(folder: string): void {
  mkdirSync(join(folder, 'src'));
  cpSync(join(lab, 'scripts'), join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of sources()) {
    const { code } = transformFileSync(join(lab, 'src', name), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    });
    writeFileSync(join(folder, 'src', name.replace(/ts$/, 'js')), code);
  }
}

function sources(): string[] {
  return readdirSync(join(lab, 'src')).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
}
