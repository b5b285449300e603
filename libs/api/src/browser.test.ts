import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const here = new URL('.', import.meta.url);
const sources = readdirSync(here).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

describe('this library', () => {
  it.each(sources)('%s runs in a browser: it uses nothing of Node', (name) => {
    const code = readFileSync(new URL(name, here), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(code).not.toMatch(/from 'node:|\bprocess\.|\bBuffer\b|\brequire\(/);
  });
});
