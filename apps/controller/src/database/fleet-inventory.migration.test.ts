import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqliteConnection, type SqliteValue } from './connection.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migration-folder.js';

let root: string;
let connection: SqliteConnection;

/** A database as the versions before left it: one host with two networks, a label, a subnet and an endpoint. */
const BEFORE = `
INSERT INTO "Host" ("name", "labels", "agentLabels", "agentVersion", "capability", "engineKind", "engineVersion",
  "engineApiVersion", "simulated", "swarmNodeId", "swarmClusterId", "swarmManager", "engineState", "engineReason",
  "streamId", "revision", "setDigest", "synced", "connected", "lastHeardAt", "journalId", "firstSeenAt", "peer")
VALUES ('web-1', '{"env":"prod"}', '{}', '0.1.0', 2, 'docker', '28.5.2', '1.51', 0, '', '', 0, 'up', '', 's', 7, 'digest',
  1, 1, 100, 'j', 50, 'unix');
INSERT INTO "Network" ("hostName", "id", "name", "driver", "scope", "createdAt", "internal", "attachable", "ingress", "ipv4",
  "ipv6", "configOnly", "configFrom", "ipamDriver", "digest", "predefined", "endpointCount", "activeEndpointCount", "record",
  "firstSeenAt", "updatedAt")
VALUES ('web-1', 'b', 'shop_default', 'bridge', 'local', '', 0, 0, 0, 1, 0, 0, '', 'default', 'd', 0, 1, 1, '{"id":"b"}', 60, 90),
  ('web-1', 'a', 'idle', 'bridge', 'local', '', 0, 0, 0, 1, 0, 0, '', 'default', 'd', 0, 0, 0, '{"id":"a"}', 61, 91);
INSERT INTO "NetworkLabel" VALUES ('web-1', 'b', 'team', 'web');
INSERT INTO "Subnet" VALUES ('web-1', 'b', 0, '10.1.0.0/24', NULL, '10.1.0.1', '{}', 4, '1', '2');
INSERT INTO "Endpoint" VALUES ('web-1', 'b', 'c', 'shop-web-1', 'running', 'e', '10.1.0.2', '', 'm', '[]', 'shop', 'web');
INSERT INTO "RemovedNetwork" ("id", "hostName", "networkId", "name", "record", "operationId", "removedAt")
VALUES ('r', 'web-1', 'x', 'gone', '{}', NULL, 80);`;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fairlead-upgrade-'));
  const earlier = join(root, 'migrations');
  mkdirSync(earlier);
  mkdirSync(join(root, 'data'));
  const names = readdirSync(MIGRATIONS)
    .filter((each) => /^\d/.test(each))
    .sort();
  for (const name of names.slice(
    0,
    names.findIndex((each) => each.endsWith('_fleet_inventory')),
  )) {
    cpSync(join(MIGRATIONS, name), join(earlier, name), { recursive: true });
  }
  const file = join(root, 'data/fairlead.db');
  migrate(file, earlier);
  const old = new SqliteConnection(file);
  old.exec(BEFORE);
  old.close();
  migrate(file, MIGRATIONS);
  connection = new SqliteConnection(file);
});

afterAll(() => {
  connection.close();
  rmSync(root, { recursive: true });
});

const rows = (sql: string): SqliteValue[][] =>
  connection.query(sql).rows.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));

describe('a database of the version before', () => {
  it('keeps its networks and when they were first seen, and has them written again by the next snapshot', () => {
    const sql = 'SELECT "id", "name", "firstSeenAt", "unusedSinceAt", "digest" FROM "Network" ORDER BY "id"';
    expect(rows(sql)).toEqual([
      ['a', 'idle', 61, 91, ''],
      ['b', 'shop_default', 60, null, ''],
    ]);
    expect(rows('SELECT "setDigest", "synced" FROM "Host"')).toEqual([['', 0]]);
  });

  it('keeps what belongs to them', () => {
    const of = (table: string): string => `FROM "${table}" o JOIN "Network" n ON n."seq" = o."networkSeq"`;
    expect(rows(`SELECT n."id", o."key", o."value" ${of('NetworkLabel')}`)).toEqual([['b', 'team', 'web']]);
    expect(rows(`SELECT n."id", o."cidr", o."firstAddress" ${of('Subnet')}`)).toEqual([['b', '10.1.0.0/24', '1']]);
    expect(rows(`SELECT n."id", o."containerName", o."ipv4" ${of('Endpoint')}`)).toEqual([
      ['b', 'shop-web-1', '10.1.0.2'],
    ]);
  });

  it('has the counts of its hosts, and what it knew of networks that are gone', () => {
    expect(rows('SELECT "networkCount", "endpointCount" FROM "Host"')).toEqual([[2, 1]]);
    expect(rows('SELECT "name", "lastSeenAt", "removedAt" FROM "RemovedNetwork"')).toEqual([['gone', 80, 80]]);
  });

  it('is found by words', () => {
    const found = 'SELECT n."id" FROM "NetworkText" t JOIN "Network" n ON n."seq" = t.rowid WHERE "NetworkText" MATCH ';
    expect(rows(`${found} '"shop"'`)).toEqual([['b']]);
    connection.exec(`PRAGMA foreign_keys=ON; DELETE FROM "Host"`);
    expect(rows(`${found} '"shop"'`)).toEqual([]);
    expect(rows('SELECT COUNT(*) FROM "Endpoint"')).toEqual([[0]]);
  });
});
