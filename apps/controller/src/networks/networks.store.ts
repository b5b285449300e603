import { type NetworkQuery } from '@fairlead/api';
import { FairleadError, type Network, type RemoteContainer, shortId } from '@fairlead/domain';
import { type Database, Prisma, storing, where } from '../database/index.js';
import { after, conditionsOf, decodeCursor, encodeCursor, orderOf, sortOf } from './network-query.js';
import { type EndpointRow, type NetworkRow, type StoredNetwork, toNetwork, toStored } from './network.rows.js';

export interface NetworkPage {
  readonly items: readonly StoredNetwork[];
  readonly total: number;
  readonly nextCursor: string | null;
}

/** A network with its endpoints, and when the controller first saw it (milliseconds since the epoch). */
export interface KnownNetwork {
  readonly network: Network;
  readonly firstSeenAt: number;
}

const COLUMNS = Prisma.sql`n."hostName", n."id", n."predefined", n."endpointCount", n."activeEndpointCount", n."firstSeenAt", n."record"`;

/** A name or beginning of an id that fits several networks of one host. */
export class AmbiguousNetwork extends FairleadError {
  readonly candidates: readonly { readonly host: string; readonly id: string; readonly name: string }[];

  constructor(hostName: string, reference: string, fitting: readonly StoredNetwork[]) {
    const ids = fitting.map(({ attributes }) => shortId(attributes.id)).join(', ');
    super('ambiguous_name', `'${reference}' fits several networks of host '${hostName}': ${ids}`, {
      hint: 'Give the full id.',
    });
    this.candidates = fitting.map(({ attributes: { id, name } }) => ({ host: hostName, id, name }));
  }
}

/** Reads networks. Ages are not known here: whoever shows a row adds its host's freshness. */
export class NetworksStore {
  constructor(private readonly database: Database) {}

  /** @param hostNames the hosts that the query's host filters leave, or undefined for all */
  async page(query: NetworkQuery, hostNames: readonly string[] | undefined): Promise<NetworkPage> {
    const conditions = conditionsOf(query, hostNames);
    const end = query.cursor === undefined ? [] : [after(decodeCursor(query.cursor, query.sort))];
    const [rows, counts] = await Promise.all([
      this.query<NetworkRow>(
        Prisma.sql`SELECT ${COLUMNS} FROM "Network" n ${where([...conditions, ...end])} ${orderOf(query.sort)} LIMIT ${query.limit + 1}`,
      ),
      this.query<{ total: bigint }>(Prisma.sql`SELECT COUNT(*) AS total FROM "Network" n ${where(conditions)}`),
    ]);
    const items = rows.slice(0, query.limit).map(toStored);
    const last = items.at(-1);
    const nextCursor = rows.length > query.limit && last ? encodeCursor(endOf(last, query.sort)) : null;
    return { items, total: Number(counts[0]?.total ?? 0), nextCursor };
  }

  /**
   * The network that a reference means on one host: full id, then name, then unique beginning of an id.
   * @throws FairleadError `network_not_found`; AmbiguousNetwork (20.10 allows several networks of one name)
   */
  async resolve(hostName: string, reference: string): Promise<StoredNetwork> {
    const rows = await this.query<NetworkRow>(Prisma.sql`
      SELECT ${COLUMNS} FROM "Network" n WHERE n."hostName" = ${hostName}
        AND (n."id" = ${reference} OR n."name" = ${reference} OR substr(n."id", 1, ${reference.length}) = ${reference})`);
    const found = rows.map(toStored);
    const byRank = [
      found.filter(({ attributes }) => attributes.id === reference),
      found.filter(({ attributes }) => attributes.name === reference),
      found,
    ].find((candidates) => candidates.length > 0);
    const [only, ...others] = byRank ?? [];
    if (only === undefined) {
      throw new FairleadError('network_not_found', `Host '${hostName}' has no network '${reference}'`, {
        hint: `See 'fairlead network ls --host ${hostName}'.`,
      });
    }
    if (others.length > 0) {
      throw new AmbiguousNetwork(hostName, reference, [only, ...others]);
    }
    return only;
  }

  /** When the controller first saw this network, milliseconds since the epoch. */
  async firstSeenAt(hostName: string, id: string): Promise<number | undefined> {
    const where = { hostName_id: { hostName, id } };
    const row = await storing(this.database.prisma.network.findUnique({ where, select: { firstSeenAt: true } }));
    return row === null ? undefined : Number(row.firstSeenAt);
  }

  /** Networks of a host with their endpoints: all, or those with these ids. */
  async full(hostName: string, ids?: readonly string[]): Promise<Map<string, KnownNetwork>> {
    if (ids?.length === 0) return new Map();
    const among = JSON.stringify(ids ?? null);
    const [networks, endpoints] = await Promise.all([
      this.query<NetworkRow>(Prisma.sql`SELECT ${COLUMNS} FROM "Network" n WHERE n."hostName" = ${hostName}
        AND (${among} = 'null' OR n."id" IN (SELECT value FROM json_each(${among})))`),
      this.query<EndpointRow>(Prisma.sql`SELECT * FROM "Endpoint" WHERE "hostName" = ${hostName}
        AND (${among} = 'null' OR "networkId" IN (SELECT value FROM json_each(${among}))) ORDER BY "containerName", "containerId"`),
    ]);
    const byNetwork = groupBy(endpoints, ({ networkId }) => networkId);
    return new Map(
      networks.map(toStored).map(({ attributes, firstSeenAt }) => {
        const network = toNetwork(attributes, byNetwork.get(attributes.id) ?? []);
        return [attributes.id, { network, firstSeenAt }];
      }),
    );
  }

  /** Containers of other hosts among `hostNames` that a name fits, with their networks. */
  async containersElsewhere(
    hostName: string,
    reference: string,
    hostNames: readonly string[],
  ): Promise<RemoteContainer[]> {
    const rows = await this.query<EndpointRow>(Prisma.sql`SELECT * FROM "Endpoint"
      WHERE "hostName" <> ${hostName} AND "hostName" IN (SELECT value FROM json_each(${JSON.stringify(hostNames)}))
        AND ("containerName" = ${reference} OR "containerId" = ${reference}) LIMIT 50`);
    const containers = rows.map(async (row) => {
      const networks = await this.full(row.hostName, [row.networkId]);
      const network = networks.get(row.networkId)?.network;
      const endpoint = network?.endpoints.find(({ containerId }) => containerId === row.containerId);
      return network && endpoint ? [{ host: row.hostName, network, endpoint }] : [];
    });
    return (await Promise.all(containers)).flat();
  }

  /** Networks and endpoints of each host, or of one. */
  async counts(hostName?: string): Promise<Map<string, { networks: number; endpoints: number }>> {
    const only = hostName === undefined ? Prisma.empty : Prisma.sql`WHERE "hostName" = ${hostName}`;
    const rows = await this.query<{ hostName: string; networks: bigint; endpoints: bigint }>(Prisma.sql`
      SELECT "hostName", COUNT(*) AS networks, SUM("endpointCount") AS endpoints FROM "Network" ${only} GROUP BY "hostName"`);
    return new Map(
      rows.map((row) => [row.hostName, { networks: Number(row.networks), endpoints: Number(row.endpoints) }]),
    );
  }

  private query<T>(sql: Prisma.Sql): Promise<T[]> {
    return storing(this.database.prisma.$queryRaw<T[]>(sql));
  }
}

function endOf({ hostName, attributes }: StoredNetwork, sort: NetworkQuery['sort']) {
  const { column } = sortOf(sort);
  const value = column === 'hostName' ? hostName : attributes[column as 'name' | 'driver' | 'createdAt'];
  return { sort, value, hostName, name: attributes.name, id: attributes.id };
}

/** `Map.groupBy`, which Node 20 does not have. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
