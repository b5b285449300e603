import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** The files that a module loads as it is loaded itself, and packages by name. */
function loads(file: URL, seen = new Set<string>()): Set<string> {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type ).*?from '(.+?)';/gms)) {
    const target = name.startsWith('.') ? new URL(name.replace(/\.js$/, '.ts'), file) : undefined;
    if (seen.has(target?.href ?? name)) continue;
    seen.add(target?.href ?? name);
    if (target) loads(target, seen);
  }
  return seen;
}

const packagesOf = (module: string): string[] =>
  [...loads(new URL(module, import.meta.url))].filter((name) => !name.startsWith('file:')).sort();

describe('the entry point', () => {
  it('loads nothing of the client before it runs an agent, which is to stay small', () => {
    expect(packagesOf('./main.ts')).toEqual(['@fairlead/domain', 'node:os', 'node:path']);
  });

  it('does load the client for its commands, so that the test above means something', () => {
    expect(packagesOf('./client-main.ts')).toEqual(expect.arrayContaining(['@fairlead/api', 'commander', 'yaml']));
  });
});
