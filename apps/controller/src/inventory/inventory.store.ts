import { isPredefined, type Network } from '@fairlead/domain';
import { v7 as uuidv7 } from 'uuid';
import { type Database, Prisma, storing } from '../database/index.js';
import { type KnownNetwork, type NetworksStore } from '../networks/networks.store.js';
import { type Position } from './chain.js';
import { type InventoryRows, toRows } from './inventory.rows.js';

export interface InventoryChange {
  readonly hostName: string;
  readonly position: Position;
  readonly upserts: readonly (Network & { readonly digest: string })[];
  /** Those of the upserts that are stored already. */
  readonly replacedIds: readonly string[];
  readonly removedIds: readonly string[];
  /** Milliseconds since the epoch, by the controller's clock. */
  readonly at: number;
}

/**
 * Removed ids whose network came back under another id in the same change. The default bridge has a new id at every
 * start of its engine (seen on Docker 20.10 to 28.5): to people it is the same network, and nothing was removed.
 */
export function rebornIds(
  { upserts, removedIds }: Pick<InventoryChange, 'upserts' | 'removedIds'>,
  before: ReadonlyMap<string, KnownNetwork>,
): ReadonlySet<string> {
  const names = new Set(upserts.filter((network) => isPredefined(network)).map(({ name }) => name));
  return new Set(
    removedIds.filter((id) => {
      const gone = before.get(id)?.network;
      return gone !== undefined && isPredefined(gone) && names.has(gone.name);
    }),
  );
}

/** Writes the inventory: each change of a host is one transaction, so that a half one never shows. */
export class InventoryStore {
  constructor(
    private readonly database: Database,
    private readonly networks: NetworksStore,
  ) {}

  /** Ids and digests of the host's networks as stored. */
  async digests(hostName: string): Promise<Map<string, string>> {
    const rows = await storing(
      this.database.prisma.network.findMany({ where: { hostName }, select: { id: true, digest: true } }),
    );
    return new Map(rows.map(({ id, digest }) => [id, digest]));
  }

  /** Applies a change and returns the records that it replaced or removed, by id. */
  async apply(change: InventoryChange): Promise<ReadonlyMap<string, KnownNetwork>> {
    const touched = [...change.replacedIds, ...change.removedIds];
    const before = await this.networks.full(change.hostName, touched);
    const reborn = rebornIds(change, before);
    const removed = change.removedIds.flatMap((id) => (reborn.has(id) ? [] : (before.get(id)?.network ?? [])));
    await this.database.transaction([
      ...this.removal(change, removed),
      ...this.insertion(change),
      this.advance(change),
    ]);
    return before;
  }

  /** Notes that the rows of a host may no longer be what its agent sees, until the next snapshot. */
  async distrust(hostName: string): Promise<void> {
    await this.database.transaction([Prisma.sql`UPDATE "Host" SET "synced" = 0 WHERE "name" = ${hostName}`]);
  }

  private removal(
    { hostName, replacedIds, removedIds, at }: InventoryChange,
    removed: readonly Network[],
  ): Prisma.Sql[] {
    const gone = JSON.stringify(removedIds);
    const kept = JSON.stringify(replacedIds);
    const records = JSON.stringify(
      removed.map((network) => [uuidv7({ msecs: at }), network.id, network.name, JSON.stringify(network)]),
    );
    const children = ['NetworkLabel', 'Subnet', 'Endpoint'].map(
      (table) =>
        Prisma.sql`DELETE FROM ${Prisma.raw(`"${table}"`)} WHERE "hostName" = ${hostName} AND "networkId" IN (SELECT value FROM json_each(${kept}))`,
    );
    const none = replacedIds.length === 0 ? [] : children;
    if (removedIds.length === 0) return none;
    return [
      Prisma.sql`INSERT INTO "RemovedNetwork" ("id", "hostName", "networkId", "name", "record", "removedAt")
        SELECT value->>0, ${hostName}, value->>1, value->>2, value->>3, ${at} FROM json_each(${records})`,
      Prisma.sql`DELETE FROM "Network" WHERE "hostName" = ${hostName} AND "id" IN (SELECT value FROM json_each(${gone}))`,
      ...none,
    ];
  }

  private insertion({ hostName, upserts, at }: InventoryChange): Prisma.Sql[] {
    if (upserts.length === 0) return [];
    const rows: InventoryRows = toRows(upserts);
    return [
      insertNetworks(hostName, JSON.stringify(rows.networks), at),
      Prisma.sql`INSERT INTO "NetworkLabel" ("hostName", "networkId", "key", "value")
        SELECT ${hostName}, value->>0, value->>1, value->>2 FROM json_each(${JSON.stringify(rows.labels)})`,
      Prisma.sql`INSERT INTO "Subnet" ("hostName", "networkId", "position", "cidr", "ipRange", "gateway", "auxAddresses", "family", "firstAddress", "lastAddress")
        SELECT ${hostName}, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8
        FROM json_each(${JSON.stringify(rows.subnets)})`,
      Prisma.sql`INSERT INTO "Endpoint" ("hostName", "networkId", "containerId", "containerName", "state", "endpointId", "ipv4", "ipv6", "mac", "aliases", "project", "service")
        SELECT ${hostName}, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9, value->>10
        FROM json_each(${JSON.stringify(rows.endpoints)})`,
    ];
  }

  private advance({ hostName, position, at }: InventoryChange): Prisma.Sql {
    return Prisma.sql`UPDATE "Host" SET "streamId" = ${position.streamId}, "revision" = ${position.revision},
      "setDigest" = ${position.setDigest}, "synced" = 1, "lastHeardAt" = ${at} WHERE "name" = ${hostName}`;
  }
}

const insertNetworks = (hostName: string, rows: string, at: number): Prisma.Sql => Prisma.sql`
  INSERT INTO "Network" ("hostName", "id", "name", "driver", "scope", "createdAt", "internal", "attachable", "ingress",
    "ipv4", "ipv6", "configOnly", "configFrom", "ipamDriver", "digest", "predefined", "endpointCount",
    "activeEndpointCount", "record", "firstSeenAt", "updatedAt")
  SELECT ${hostName}, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8,
    value->>9, value->>10, value->>11, value->>12, value->>13, value->>14, value->>15, value->>16, value->>17, ${at}, ${at}
  FROM json_each(${rows}) WHERE true
  ON CONFLICT ("hostName", "id") DO UPDATE SET "name" = excluded."name", "driver" = excluded."driver",
    "scope" = excluded."scope", "createdAt" = excluded."createdAt", "internal" = excluded."internal",
    "attachable" = excluded."attachable", "ingress" = excluded."ingress", "ipv4" = excluded."ipv4",
    "ipv6" = excluded."ipv6", "configOnly" = excluded."configOnly", "configFrom" = excluded."configFrom",
    "ipamDriver" = excluded."ipamDriver", "digest" = excluded."digest", "predefined" = excluded."predefined",
    "endpointCount" = excluded."endpointCount", "activeEndpointCount" = excluded."activeEndpointCount",
    "record" = excluded."record", "updatedAt" = excluded."updatedAt"`;
