/**
 * For developers, after changing `prisma/models`:
 *   node tools/new-migration.mjs NAME     writes the migration that leads to the models
 *   node tools/new-migration.mjs --check  fails where models and migrations differ
 * Read what was written before committing it: a renamed column comes out as one dropped and one added.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { diffMigrations, migrationFolder } from './schema-engine.mjs';

function write(name, sql) {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(migrationFolder, `${stamp}_${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'migration.sql'), sql);
  return relative(process.cwd(), folder);
}

/** @returns exit code */
async function main([name, ...rest]) {
  if (rest.length > 0 || !/^(--check|[a-z0-9_]+)$/.test(name ?? '')) {
    console.error('Usage: node tools/new-migration.mjs NAME (small letters, digits, _) | --check');
    return 2;
  }
  const sql = await diffMigrations();
  if (name !== '--check') {
    console.log(sql === undefined ? 'The migrations already lead to the models' : `Wrote ${write(name, sql)}`);
    return 0;
  }
  if (sql === undefined) return 0;
  console.error(`The migrations do not lead to the models. Missing:\n${sql}\nRun: node tools/new-migration.mjs NAME`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
