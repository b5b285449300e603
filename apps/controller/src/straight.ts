import { type EndpointQuery, type NetworkQuery } from '@fairlead/api';
import { type Database, type Prisma } from './database/index.js';
import { type SqliteConnection, type SqliteValue } from './database/connection.js';
import { toSqliteValue } from './database/sqlite-values.js';
import { EndpointPagesStore } from './endpoints/endpoint-pages.store.js';
import { type HostNames, NetworkPagesStore } from './networks/network-pages.store.js';

export { SqliteConnection, type SqliteValue } from './database/connection.js';

export interface RecordedStatement {
  readonly sql: string;
  readonly values: readonly SqliteValue[];
}

/** A page that was read, and by which statements. */
export interface RecordedPage {
  readonly statements: readonly RecordedStatement[];
  readonly total: number;
}

/**
 * Reads a page of networks as `GET /networks` does, on a connection of the caller's, and tells by which statements: for
 * measurements that compare an answer with its SQL alone.
 * @param hostNames the hosts that the query's host filters leave, or undefined for all
 * @param now milliseconds since the epoch
 */
export const recordPage = (
  connection: SqliteConnection,
  query: NetworkQuery,
  hostNames: HostNames,
  now: number,
): Promise<RecordedPage> =>
  record(connection, (database) => new NetworkPagesStore(database, () => now).page(query, hostNames));

/** The same of endpoints, as `GET /endpoints` does. */
export const recordEndpointPage = (
  connection: SqliteConnection,
  query: EndpointQuery,
  hostNames: HostNames,
): Promise<RecordedPage> => record(connection, (database) => new EndpointPagesStore(database).page(query, hostNames));

async function record(
  connection: SqliteConnection,
  page: (database: Pick<Database, 'read'>) => Promise<{ readonly total: number }>,
): Promise<RecordedPage> {
  const statements: RecordedStatement[] = [];
  const read = <T>({ sql, values }: Prisma.Sql): Promise<T[]> => {
    const statement = { sql, values: values.map((value) => toSqliteValue(value, undefined)) };
    statements.push(statement);
    const { columns, rows } = connection.query(statement.sql, statement.values);
    const named = (row: SqliteValue[]) => columns.map(({ name }, index) => [name, plain(row[index])] as const);
    return Promise.resolve(rows.map((row) => Object.fromEntries(named(row)) as T));
  };
  const { total } = await page({ read });
  return { statements, total };
}

const plain = (value: SqliteValue | undefined): unknown => (typeof value === 'bigint' ? Number(value) : value);
