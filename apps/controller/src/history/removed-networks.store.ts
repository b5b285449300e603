import { type RemovedNetworkQuery } from '@fairlead/api';
import { FairleadError, type Network, parseUntil } from '@fairlead/domain';
import { type Database, listed, Prisma, where } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';
import { type Page, pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { boundHosts } from './bound-hosts.js';
import { Pattern } from './pattern.js';

/** A network that is gone. Instants are milliseconds since the epoch. */
export interface StoredRemovedNetwork {
  /** Of the removal. */
  readonly id: string;
  readonly hostName: string;
  readonly networkId: string;
  readonly name: string;
  readonly driver: string;
  readonly operationId: string | null;
  readonly actor: string | null;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly removedAt: number;
  /** When it was made again, by which operation, and the id it then got. Null: it was not, or that is not known. */
  readonly restoredAt: number | null;
  readonly restoringOperation: string | null;
  readonly restoredNetworkId: string | null;
}

export interface RemovedNetworksPage extends Page<StoredRemovedNetwork> {
  readonly total: number;
}

const COLUMNS = Prisma.sql`r."id", r."hostName", r."networkId", r."name", IFNULL(r."record"->>'driver', '') AS "driver",
  r."operationId", r."actor", r."firstSeenAt", r."lastSeenAt", r."removedAt", r."restoredAt", r."restoringOperation",
  r."restoredNetworkId"`;

/** Rows up to which all that fit are sorted; where more do, it is quicker to walk along the order. */
const MOST_SORTED = 5_000;

const BY_TIME = Prisma.raw('"RemovedNetwork_removedAt_idx"');
const BY_NAME = Prisma.raw('"RemovedNetwork_name_idx"');
const BY_HOST = Prisma.raw('"RemovedNetwork_hostName_networkId_idx"');

/** Reads the records of networks that are gone, on the thread for reads, latest first. */
export class RemovedNetworksStore {
  /** @param mostSorted other than the usual only in tests */
  constructor(
    private readonly database: Pick<Database, 'read'>,
    private readonly mostSorted = MOST_SORTED,
  ) {}

  /**
   * @param bounds the hosts that it may be about; undefined: all that there ever were
   * @param now milliseconds since the epoch
   * @throws FairleadError `invalid_argument` for a filter or cursor that cannot be read
   */
  async page(query: RemovedNetworkQuery, bounds: HostBounds | undefined, now: number): Promise<RemovedNetworksPage> {
    const cursor = new PageCursor('removed-networks', query);
    const end = query.cursor === undefined ? undefined : cursor.read(query.cursor, ['number', 'string']);
    const asked = conditionsOf(query, bounds, now);
    const hosts = boundHosts(bounds, Prisma.sql`r."hostName"`, Prisma.sql`r."removedAt"`);
    const along = (index: Prisma.Sql): Prisma.Sql => Prisma.sql`"RemovedNetwork" r INDEXED BY ${index} ${hosts.join}`;
    const index = indexOf(query, bounds);
    const [count] = await this.database.read<{ total: number }>(
      Prisma.sql`${hosts.before} SELECT COUNT(*) AS "total" FROM ${along(index)} ${where(asked)}`,
    );
    const total = count?.total ?? 0;
    if (total === 0) return { items: [], total, nextCursor: null };
    const source = along(total <= this.mostSorted ? index : BY_TIME);
    const rest = end === undefined ? [] : [Prisma.sql`(r."removedAt", r."id") < (${end[0]}, ${end[1]})`];
    const found = await this.database.read<StoredRemovedNetwork>(Prisma.sql`
      ${hosts.before} SELECT ${COLUMNS} FROM (SELECT r."id" FROM ${source} ${where([...asked, ...rest])}
        ORDER BY r."removedAt" DESC, r."id" DESC LIMIT ${query.limit + 1}) AS chosen
      CROSS JOIN "RemovedNetwork" r ON r."id" = chosen."id" ORDER BY r."removedAt" DESC, r."id" DESC`);
    return { ...pageFrom(found, query.limit, ({ removedAt, id }) => cursor.write(removedAt, id)), total };
  }

  /**
   * The record with its endpoints.
   * @throws FairleadError `network_not_found`: the same for one out of bounds as for one that does not exist
   */
  async get(id: string, bounds: HostBounds | undefined): Promise<StoredRemovedNetwork & { readonly record: Network }> {
    const [row] = await this.database.read<StoredRemovedNetwork & { readonly record: string }>(
      Prisma.sql`SELECT ${COLUMNS}, r."record" FROM "RemovedNetwork" r WHERE r."id" = ${id}`,
    );
    if (row !== undefined && isWithin(row, bounds)) return { ...row, record: JSON.parse(row.record) as Network };
    throw new FairleadError('network_not_found', `There is no record of a removed network '${id}'`, {
      hint: "See 'fairlead network ls --removed': its ids are those of removals. Old records are not kept.",
    });
  }
}

/** Whether a row is about one of these hosts, and about it as it is now. */
const isWithin = ({ hostName, removedAt }: StoredRemovedNetwork, bounds: HostBounds | undefined): boolean =>
  bounds === undefined || bounds.some(({ name, since }) => name === hostName && removedAt >= since);

function conditionsOf(query: RemovedNetworkQuery, bounds: HostBounds | undefined, now: number): Prisma.Sql[] {
  const { network, since, until } = query;
  return [
    ...(network === undefined ? [] : [new Pattern(network).fits(Prisma.sql`r."name"`, Prisma.sql`r."networkId"`)]),
    ...(bounds === undefined ? [] : [Prisma.sql`r."hostName" IN ${listed(bounds.map(({ name }) => name))}`]),
    ...(since === undefined ? [] : [Prisma.sql`r."removedAt" >= ${parseUntil(since, now)}`]),
    ...(until === undefined ? [] : [Prisma.sql`r."removedAt" <= ${parseUntil(until, now)}`]),
  ];
}

/** The index that leaves least to look at. */
function indexOf({ network, since, until }: RemovedNetworkQuery, bounds: HostBounds | undefined): Prisma.Sql {
  const pattern = network === undefined ? undefined : new Pattern(network);
  if (pattern !== undefined && !pattern.isId && pattern.prefix !== '') return BY_NAME;
  if (bounds !== undefined) return BY_HOST;
  return since === undefined && until === undefined && pattern?.isId === true ? BY_HOST : BY_TIME;
}
