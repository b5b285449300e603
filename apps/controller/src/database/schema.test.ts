import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../../..');
let copy: string | undefined;

afterEach(() => {
  if (copy !== undefined) rmSync(copy, { recursive: true });
  copy = undefined;
});

/** The part of the tree that the tool reads, to be changed at will. */
function copyTree(): string {
  copy = mkdtempSync(join(tmpdir(), 'fairlead-schema-'));
  for (const folder of ['prisma', 'tools']) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

const runTool = (root: string, tool: string, ...args: string[]): string =>
  execFileSync(process.execPath, [join(root, 'tools', tool), ...args], { cwd: root, encoding: 'utf8', stdio: 'pipe' });

const newMigration = (root: string, argument: string): string => runTool(root, 'new-migration.mjs', argument);

function addColumn(root: string): void {
  const path = join(root, 'prisma/models/operations.prisma');
  const column = /( outcome +String\n)(?= +detail )/;
  writeFileSync(path, readFileSync(path, 'utf8').replace(column, '$1  note String?\n'));
}

describe('models and migrations', () => {
  it('agree', () => {
    expect(newMigration(ROOT, '--check')).toBe('');
  });

  it('are told apart where they differ, and brought together by a new migration', () => {
    const root = copyTree();
    addColumn(root);
    expect(() => newMigration(root, '--check')).toThrow('ALTER TABLE "AuditEntry" ADD COLUMN "note"');
    expect(newMigration(root, 'add_note')).toMatch(/^Wrote prisma\/migrations\/sqlite\/\d{14}_add_note\n$/);
    expect(newMigration(root, '--check')).toBe('');
  });

  it('need a name that can be a folder', () => {
    expect(() => newMigration(ROOT, '../elsewhere')).toThrow('Usage');
  });
});

describe('the generated client', () => {
  const CLIENT = 'apps/controller/src/generated/prisma/models/AuditEntry.ts';

  it('is made when it is missing and when the models change, and left alone otherwise', () => {
    const root = copyTree();
    expect(runTool(root, 'generate-prisma.mjs')).toMatch(/^Generated/);
    const before = readFileSync(join(root, CLIENT), 'utf8');
    expect(runTool(root, 'generate-prisma.mjs')).toMatch(/up to date/);
    addColumn(root);
    expect(runTool(root, 'generate-prisma.mjs')).toMatch(/^Generated/);
    expect(before).not.toContain('note');
    expect(readFileSync(join(root, CLIENT), 'utf8')).toContain('note');
  });

  it('is the same wherever it is made', () => {
    const root = copyTree();
    runTool(root, 'generate-prisma.mjs');
    expect(readFileSync(join(root, CLIENT), 'utf8')).toBe(readFileSync(join(ROOT, CLIENT), 'utf8'));
  });
});
