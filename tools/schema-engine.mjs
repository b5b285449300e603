/**
 * Prisma's schema engine (WebAssembly) without the prisma command, for comparing models with migrations. It works on
 * databases in memory only; a real database is migrated by the controller itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import Libsql from 'libsql';
import { readSchema } from './generate-prisma.mjs';

export const migrationFolder = join(import.meta.dirname, '../prisma/migrations/sqlite');
/** The full-text index, which no model can express, and the tables that SQLite keeps it in. */
const TEXT_INDEX = ['', '_data', '_idx', '_docsize', '_config'].map((part) => `NetworkText${part}`);
const FILTERS = { externalTables: TEXT_INDEX, externalEnums: [] };

async function loadEngine() {
  // Node runs no `.wasm` import yet, so the module's own loader is done by hand.
  const folder = dirname(fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm')));
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = readFileSync(join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine;
}

const columnType = (value) => (typeof value === 'number' ? ColumnTypeEnum.Int64 : ColumnTypeEnum.Text);

/** The few calls that the engine makes, on a fresh database in memory. */
function connect() {
  const database = new Libsql(':memory:');
  const info = { provider: 'sqlite', adapterName: 'fairlead-schema-tool' };
  const queryRaw = ({ sql, args }) => {
    const statement = database.prepare(sql);
    if (!statement.reader) return (statement.run(args), { columnNames: [], columnTypes: [], rows: [] });
    const columns = statement.columns();
    const all = statement.raw(true).all(args);
    // Partial indexes, which no model can express, are not shown. The engine asks for their text in a dialect that
    // libsql does not speak ("…" for a text).
    const partial = columns.findIndex(({ name }) => name === 'partial');
    const rows = /^PRAGMA index_list/.test(sql) ? all.filter((row) => row[partial] !== 1) : all;
    const first = (index) => rows.find((row) => row[index] !== null)?.[index];
    return {
      columnNames: columns.map(({ name }) => name),
      columnTypes: columns.map((_, index) => columnType(first(index))),
      rows,
    };
  };
  const executeRaw = ({ sql, args }) => {
    // The engine sends whole migrations this way, and libsql runs the first statement of a text only.
    if (args.length > 0) return database.prepare(sql).run(args).changes;
    database.exec(sql);
    return 0;
  };
  return {
    ...info,
    queryRaw: async (query) => queryRaw(query),
    executeRaw: async (query) => executeRaw(query),
    executeScript: async (script) => void database.exec(script),
    startTransaction: () => Promise.reject(new Error('The schema engine was not expected to open a transaction')),
    dispose: async () => void database.close(),
  };
}

const toContainer = (schema) => ({ files: schema.map(([path, content]) => ({ path, content })) });

function listMigrations(folder) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const read = (name) => readFileSync(join(folder, name, 'migration.sql'), 'utf8');
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: readFileSync(join(folder, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: read(name) } },
    })),
  };
}

/**
 * What leads from the migrations to the models.
 * @returns SQL, or undefined where they agree
 */
export async function diffMigrations(schema = readSchema(), folder = migrationFolder) {
  const SchemaEngine = await loadEngine();
  const factory = {
    provider: 'sqlite',
    adapterName: 'fairlead-schema-tool',
    connect: async () => connect(),
    connectToShadowDb: async () => connect(),
  };
  const engine = await SchemaEngine.new({ datamodels: schema }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'migrations', ...listMigrations(folder) },
    to: { tag: 'schemaDatamodel', ...toContainer(schema) },
    script: true,
    exitCode: true,
    filters: FILTERS,
  });
  return exitCode === 0 ? undefined : stdout;
}
