import { FairleadError, type Network, type RemoteContainer, shortId } from '@fairlead/domain';
import { type Database, listed, Prisma, storing } from '../database/index.js';
import { namedOrIdentified } from '../inventory/network-text.js';
import {
  type EndpointRow,
  NETWORK_COLUMNS,
  type NetworkRow,
  type Standing,
  type StoredNetwork,
  toNetwork,
  toStored,
} from './network.rows.js';

/** A network with its endpoints, and what the controller noted about it. */
export interface KnownNetwork extends Standing {
  /** Key of its row. */
  readonly seq: number;
  readonly network: Network;
}

/** A name or beginning of an id that fits several networks. */
export class AmbiguousNetwork extends FairleadError {
  readonly candidates: readonly { readonly host: string; readonly id: string; readonly name: string }[];

  constructor(
    message: string,
    fitting: readonly { readonly hostName: string; readonly id: string; readonly name: string }[],
  ) {
    super('ambiguous_name', message, { hint: 'Give the full id.' });
    this.candidates = fitting.map(({ hostName, id, name }) => ({ host: hostName, id, name }));
  }
}

/** Reads networks. Ages are not known here: whoever shows a row adds its host's freshness. */
export class NetworksStore {
  constructor(private readonly database: Database) {}

  /**
   * The network that a reference means on one host: full id, then name, then unique beginning of an id.
   * @throws FairleadError `network_not_found`; AmbiguousNetwork (20.10 allows several networks of one name)
   */
  async resolve(hostName: string, reference: string): Promise<StoredNetwork> {
    const rows = await this.query<NetworkRow>(Prisma.sql`
      SELECT ${NETWORK_COLUMNS} FROM "Network" n WHERE n."hostName" = ${hostName}
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
      const fitting = [only, ...others].map(({ attributes: { id, name } }) => ({ hostName, id, name }));
      const ids = fitting.map(({ id }) => shortId(id)).join(', ');
      throw new AmbiguousNetwork(`'${reference}' fits several networks of host '${hostName}': ${ids}`, fitting);
    }
    return only;
  }

  /** What is noted about this network, if the inventory holds it. */
  async standing(hostName: string, id: string): Promise<Standing | undefined> {
    const [row] = await this.query<NetworkRow>(
      Prisma.sql`SELECT ${NETWORK_COLUMNS} FROM "Network" n WHERE n."hostName" = ${hostName} AND n."id" = ${id}`,
    );
    return row && toStored(row);
  }

  /** Networks of a host with their endpoints: all, or those with these ids. */
  async full(hostName: string, ids?: readonly string[]): Promise<Map<string, KnownNetwork>> {
    if (ids?.length === 0) return new Map();
    const among = ids === undefined ? Prisma.empty : Prisma.sql`AND n."id" IN ${listed(ids)}`;
    const chosen = Prisma.sql`"Network" n WHERE n."hostName" = ${hostName} ${among}`;
    const [networks, endpoints] = await Promise.all([
      this.query<NetworkRow>(Prisma.sql`SELECT ${NETWORK_COLUMNS} FROM ${chosen}`),
      this.query<EndpointRow>(Prisma.sql`SELECT * FROM "Endpoint"
        WHERE "networkSeq" IN (SELECT n."seq" FROM ${chosen}) ORDER BY "containerName", "containerId"`),
    ]);
    const byNetwork = groupBy(endpoints, ({ networkSeq }) => Number(networkSeq));
    return new Map(
      networks.map(toStored).map(({ seq, attributes, firstSeenAt, unusedSinceAt }) => {
        const network = toNetwork(attributes, byNetwork.get(seq) ?? []);
        return [attributes.id, { seq, network, firstSeenAt, unusedSinceAt }];
      }),
    );
  }

  /** Containers of other hosts among `hostNames` that a name fits, with their networks. */
  async containersElsewhere(
    hostName: string,
    reference: string,
    hostNames: readonly string[],
  ): Promise<RemoteContainer[]> {
    const rows = await this.query<{ hostName: string; id: string; containerId: string }>(Prisma.sql`
      SELECT n."hostName", n."id", e."containerId" FROM "NetworkText" t
        JOIN "Network" n ON n."seq" = t.rowid JOIN "Endpoint" e ON e."networkSeq" = n."seq"
      WHERE "NetworkText" MATCH ${namedOrIdentified(reference)} AND n."hostName" <> ${hostName}
        AND n."hostName" IN ${listed(hostNames)}
        AND (e."containerName" = ${reference} OR e."containerId" = ${reference}) LIMIT 50`);
    const containers = rows.map(async (row) => {
      const network = (await this.full(row.hostName, [row.id])).get(row.id)?.network;
      const endpoint = network?.endpoints.find(({ containerId }) => containerId === row.containerId);
      return network && endpoint ? [{ host: row.hostName, network, endpoint }] : [];
    });
    return (await Promise.all(containers)).flat();
  }

  private query<T>(sql: Prisma.Sql): Promise<T[]> {
    return storing(this.database.prisma.$queryRaw<T[]>(sql));
  }
}

/** `Map.groupBy`, which Node 20 does not have. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
