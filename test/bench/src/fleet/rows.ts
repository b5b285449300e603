import { statSync } from 'node:fs';
import { SqliteConnection } from '@fairlead/controller/straight';

/** Tables that the inventory is made of, in an order in which they can be filled. */
export const INVENTORY_TABLES = ['Host', 'Network', 'NetworkLabel', 'NetworkProject', 'Subnet', 'Endpoint'] as const;
/** Of them, those that count as rows of the inventory. */
export const COUNTED = ['Network', 'NetworkLabel', 'Subnet', 'Endpoint'] as const;

/** A connection beside the controller's, which neither writes nor checkpoints. */
export const openBeside = (file: string): SqliteConnection =>
  new SqliteConnection(file, ['query_only=ON', 'wal_autocheckpoint=0', 'busy_timeout=5000', 'cache_size=-65536']);

export function countRows(file: string, tables: readonly string[]): Record<string, number> {
  const connection = openBeside(file);
  const counts = tables.map((table) => [table, numberOf(connection, `SELECT COUNT(*) FROM "${table}"`)] as const);
  connection.close();
  return Object.fromEntries(counts);
}

const numberOf = (connection: SqliteConnection, sql: string): number => Number(connection.query(sql).rows[0]?.[0]);

/** Bytes of the database and of what is not yet moved into it. */
export function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0), 0);
}

export interface RawInserts {
  /** Of those that count. */
  readonly rows: number;
  readonly ms: number;
}

/**
 * Inserts the rows that the controller has stored, again, into an empty database with the same tables and indexes,
 * through the same driver, one prepared insert a row and one transaction a host.
 */
export function insertRaw(source: string, target: string): RawInserts {
  const from = openBeside(source);
  const to = new SqliteConnection(target, [
    'journal_mode=WAL',
    'synchronous=FULL',
    'foreign_keys=ON',
    'wal_autocheckpoint=16000',
    'cache_size=-65536',
  ]);
  copySchema(from, to);
  const hosts = from.query('SELECT "name" FROM "Host" ORDER BY "name"').rows.map(([name]) => name ?? null);
  let [rows, ms] = [0, 0];
  for (const host of hosts) {
    const tables = INVENTORY_TABLES.map((table) => ({ table, ...from.query(rowsOf(table), [host]) }));
    const started = performance.now();
    to.exec('BEGIN');
    for (const { table, columns, rows: found } of tables) {
      const insert = `INSERT INTO "${table}" VALUES (${columns.map(() => '?').join(', ')})`;
      for (const row of found) to.run(insert, row);
    }
    to.exec('COMMIT');
    ms += performance.now() - started;
    rows += tables.reduce((sum, { table, rows: found }) => sum + (isCounted(table) ? found.length : 0), 0);
  }
  from.close();
  to.close();
  return { rows, ms };
}

const isCounted = (table: string): boolean => (COUNTED as readonly string[]).includes(table);

function rowsOf(table: string): string {
  if (table === 'Host') return 'SELECT * FROM "Host" WHERE "name" = ?';
  if (table === 'Network') return 'SELECT * FROM "Network" WHERE "hostName" = ?';
  return `SELECT * FROM "${table}" WHERE "networkSeq" IN (SELECT "seq" FROM "Network" WHERE "hostName" = ?)`;
}

function copySchema(from: SqliteConnection, to: SqliteConnection): void {
  const names = INVENTORY_TABLES.map((table) => `'${table}'`).join(', ');
  const made = `SELECT "sql" FROM sqlite_master WHERE "tbl_name" IN (${names}) AND "sql" IS NOT NULL
    AND "type" IN ('table', 'index') ORDER BY "type" DESC`;
  for (const [sql] of from.query(made).rows) to.exec(String(sql));
}
