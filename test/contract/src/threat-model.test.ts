import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

interface Proof {
  readonly attack: string;
  readonly file: string;
  readonly title: string;
}

/** Rows of the threat model: asset, attacker, attack, defence, and `file`: title of the test that proves it. */
function proofs(text: string): Proof[] {
  const [, section = ''] = /## Threat model\n([^]*?)\n## /.exec(text) ?? [];
  const rows = section.split('\n').filter((line) => /^\| \d/.test(line));
  return rows.flatMap((row) => {
    const cells = row.split('|').map((cell) => cell.trim());
    const [, , , , attack = '', , proof = ''] = cells;
    const named = [...proof.matchAll(/`([^`]+\.test\.ts)`: ([^;]+)/g)];
    return named.length === 0
      ? [{ attack, file: '', title: '' }]
      : named.map(([, file = '', title = '']) => ({ attack, file, title: title.trim() }));
  });
}

/** Whether a file has a test of that title. */
const has = (file: string, title: string): boolean =>
  existsSync(join(root, file)) && readFileSync(join(root, file), 'utf8').includes(title);

describe('the threat model of docs/security.md', () => {
  const all = proofs(page);

  it('has rows', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  it.each(all.map((proof) => [proof.attack, proof] as const))('names a test that is there for: %s', (_, proof) => {
    expect({ ...proof, there: has(proof.file, proof.title) }).toEqual({ ...proof, there: true });
  });

  it('would object to a test that is not there', () => {
    const planted =
      '## Threat model\n| 1 | a | b | attack | defence | `test/contract/src/none.test.ts`: says nothing |\n## ';
    const [proof] = proofs(planted);
    expect(proof).toEqual({ attack: 'attack', file: 'test/contract/src/none.test.ts', title: 'says nothing' });
    expect(has(proof!.file, proof!.title)).toBe(false);
  });
});
