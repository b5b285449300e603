import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const below = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
const pages = [...readdirSync(root), ...below('docs'), ...below('test/lab')].filter(
  (name) => name.endsWith('.md') && !name.includes('node_modules'),
);

describe('documentation', () => {
  it.each(pages)('%s links only to what is there', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = Array.from(text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g), ([, target]) => target ?? '');
    const local = links.filter((target) => !/^[a-z]+:/.test(target)).map((target) => join(root, dirname(page), target));
    expect(local.filter((path) => !existsSync(path)).map((path) => relative(root, path))).toEqual([]);
  });
});
