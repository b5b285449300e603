import { Prisma } from '../database/index.js';
import { type InventoryRows } from './inventory.rows.js';

/** `value->>0, value->>1, …`: the columns of a row that is a JSON array. */
const columns = (count: number): Prisma.Sql =>
  Prisma.raw(Array.from({ length: count }, (_, index) => `value->>${index}`).join(', '));

const each = (rows: readonly unknown[]): Prisma.Sql => Prisma.sql`json_each(${JSON.stringify(rows)})`;

/** Nothing for no rows. */
const unless = (rows: readonly unknown[], statement: () => Prisma.Sql): Prisma.Sql[] =>
  rows.length === 0 ? [] : [statement()];

/** Removes networks by their keys; what belongs to them goes with them. */
export const deletion = (seqs: readonly number[]): Prisma.Sql[] =>
  unless(seqs, () => Prisma.sql`DELETE FROM "Network" WHERE "seq" IN (SELECT value FROM ${each(seqs)})`);

/** Removes what belongs to networks, which stay. */
export const clearance = (seqs: readonly number[]): Prisma.Sql[] =>
  ['NetworkLabel', 'NetworkProject', 'Subnet', 'Endpoint'].flatMap((table) =>
    unless(
      seqs,
      () => Prisma.sql`DELETE FROM ${Prisma.raw(`"${table}"`)} WHERE "networkSeq" IN (SELECT value FROM ${each(seqs)})`,
    ),
  );

/** Writes networks, new ones and others in place of what has their key, and all that belongs to them. */
export const insertion = (rows: InventoryRows): Prisma.Sql[] => [
  ...unless(rows.networks, () => networkInsertion(rows.networks)),
  ...unless(
    rows.texts,
    () =>
      Prisma.sql`INSERT OR REPLACE INTO "NetworkText" (rowid, "text") SELECT ${columns(2)} FROM ${each(rows.texts)}`,
  ),
  ...unless(
    rows.labels,
    () => Prisma.sql`INSERT INTO "NetworkLabel" ("networkSeq", "key", "value")
      SELECT ${columns(3)} FROM ${each(rows.labels)}`,
  ),
  ...unless(
    rows.projects,
    () =>
      Prisma.sql`INSERT INTO "NetworkProject" ("networkSeq", "project") SELECT ${columns(2)} FROM ${each(rows.projects)}`,
  ),
  ...unless(
    rows.subnets,
    () => Prisma.sql`INSERT INTO "Subnet" ("networkSeq", "position", "cidr", "ipRange", "gateway", "auxAddresses",
      "family", "firstAddress", "lastAddress") SELECT ${columns(9)} FROM ${each(rows.subnets)}`,
  ),
  ...unless(
    rows.endpoints,
    () => Prisma.sql`INSERT INTO "Endpoint" ("networkSeq", "containerId", "containerName", "state", "endpointId",
      "ipv4", "ipv6", "mac", "aliases", "project", "service") SELECT ${columns(11)} FROM ${each(rows.endpoints)}`,
  ),
];

const networkInsertion = (rows: readonly unknown[]): Prisma.Sql => Prisma.sql`
  INSERT INTO "Network" ("seq", "hostName", "id", "name", "driver", "scope", "createdAt", "internal", "attachable",
    "ingress", "ipv4", "ipv6", "configOnly", "configFrom", "ipamDriver", "digest", "predefined", "endpointCount",
    "activeEndpointCount", "record", "firstSeenAt", "updatedAt", "unusedSinceAt")
  SELECT ${columns(23)} FROM ${each(rows)} WHERE true
  ON CONFLICT ("hostName", "id") DO UPDATE SET "name" = excluded."name", "driver" = excluded."driver",
    "scope" = excluded."scope", "createdAt" = excluded."createdAt", "internal" = excluded."internal",
    "attachable" = excluded."attachable", "ingress" = excluded."ingress", "ipv4" = excluded."ipv4",
    "ipv6" = excluded."ipv6", "configOnly" = excluded."configOnly", "configFrom" = excluded."configFrom",
    "ipamDriver" = excluded."ipamDriver", "digest" = excluded."digest", "predefined" = excluded."predefined",
    "endpointCount" = excluded."endpointCount", "activeEndpointCount" = excluded."activeEndpointCount",
    "record" = excluded."record", "updatedAt" = excluded."updatedAt", "unusedSinceAt" = excluded."unusedSinceAt"`;

/** Time in which nobody looked counts as use. Rows: hostName, for how long in milliseconds, and until when. */
export const unseen = (rows: readonly unknown[]): Prisma.Sql[] =>
  unless(
    rows,
    () => Prisma.sql`UPDATE "Network" SET "unusedSinceAt" = MIN("unusedSinceAt" + (gap.value->>1), gap.value->>2)
      FROM ${each(rows)} AS gap WHERE "hostName" = gap.value->>0 AND "unusedSinceAt" IS NOT NULL`,
  );

/** Rows: id, hostName, networkId, name, record, operationId, actor, firstSeenAt, lastSeenAt, removedAt. */
export const removedNetworks = (rows: readonly unknown[]): Prisma.Sql[] =>
  unless(
    rows,
    () => Prisma.sql`INSERT INTO "RemovedNetwork" ("id", "hostName", "networkId", "name", "record", "operationId",
      "actor", "firstSeenAt", "lastSeenAt", "removedAt") SELECT ${columns(10)} FROM ${each(rows)}`,
  );

/** Rows: at, notBefore, hostName, kind, networkId, networkName, containerId, containerName, detail, operationId, actor. */
export const chronicle = (rows: readonly unknown[]): Prisma.Sql[] =>
  unless(
    rows,
    () => Prisma.sql`INSERT INTO "HistoryEntry" ("at", "notBefore", "hostName", "kind", "networkId", "networkName",
      "containerId", "containerName", "detail", "operationId", "actor") SELECT ${columns(11)} FROM ${each(rows)}`,
  );

/** Rows: hostName, streamId, revision, setDigest, at, and by how much the counts of networks and endpoints grow. */
export const advance = (rows: readonly unknown[]): Prisma.Sql => Prisma.sql`
  UPDATE "Host" SET "streamId" = step.value->>1, "revision" = step.value->>2, "setDigest" = step.value->>3, "synced" = 1,
    "lastHeardAt" = step.value->>4, "networkCount" = "networkCount" + (step.value->>5),
    "endpointCount" = "endpointCount" + (step.value->>6)
  FROM ${each(rows)} AS step WHERE "name" = step.value->>0
  RETURNING "name", "networkCount", "endpointCount"`;
