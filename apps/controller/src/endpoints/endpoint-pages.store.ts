import { type EndpointQuery } from '@fairlead/api';
import { type Endpoint } from '@fairlead/domain';
import { type Database, listed, Prisma, where } from '../database/index.js';
import { type HostNames } from '../networks/network-pages.store.js';
import { type EndpointRow, toEndpoint } from '../networks/network.rows.js';
import { PageCursor } from '../paging/page-cursor.js';
import { type EndpointSelection, selectionOf } from './endpoint-query.js';

/** An endpoint with the network and host that it is on. */
export interface PlacedEndpoint {
  readonly hostName: string;
  readonly network: { readonly id: string; readonly name: string };
  readonly driver: string;
  readonly endpoint: Endpoint;
}

export interface EndpointPage {
  readonly items: readonly PlacedEndpoint[];
  readonly total: number;
  readonly nextCursor: string | null;
}

interface PageRow extends EndpointRow {
  readonly total: number;
  /** Null, like all of these, on the only row of an empty page. */
  readonly hostName: string | null;
  readonly name: string;
  readonly id: string;
  readonly driver: string;
}

/** How something rare is looked for. */
const USUAL = {
  /** Networks whose endpoints one read looks at: about 200,000 endpoints, 0.1 s. */
  portion: 20_000,
  /** Hosts up to which all of theirs are looked at in one read. */
  hosts: 500,
};
const MOST_PORTIONS = 200;

/** Reads pages of endpoints, on the thread for reads. Ages are not known here: whoever shows a row adds its host's. */
export class EndpointPagesStore {
  /** @param search other than the usual only in tests */
  constructor(
    private readonly database: Pick<Database, 'read'>,
    private readonly search = USUAL,
  ) {}

  /** @throws FairleadError `invalid_argument` for a filter or cursor that cannot be read */
  async page(query: EndpointQuery, hostNames: HostNames): Promise<EndpointPage> {
    const cursor = new PageCursor('endpoints', query);
    const end = query.cursor === undefined ? undefined : (cursor.read(query.cursor, END) as PageEnd);
    const selection = await this.searched(selectionOf(query), hostNames);
    const rows = await this.database.read<PageRow>(pageOf(selection, hostNames, end, query.limit + 1));
    const found = rows.flatMap((row) => (row.hostName === null ? [] : toPlaced(row, row.hostName)));
    const items = found.slice(0, query.limit);
    const last = items.at(-1);
    const nextCursor = found.length > query.limit && last ? cursor.write(...endOf(last)) : null;
    return { items, total: Number(rows[0]?.total ?? 0), nextCursor };
  }

  /** Where nothing says on which networks something rare may be, those that have it are looked for among all. */
  private async searched(selection: EndpointSelection, hostNames: HostNames): Promise<EndpointSelection> {
    const { rare, sets, networkName } = selection;
    const known = sets.length > 0 || networkName !== undefined;
    const few = hostNames !== undefined && hostNames.length <= this.search.hosts;
    if (rare.length === 0 || known || few) return selection;
    const seqs = JSON.stringify(await this.scan(rare));
    return { ...selection, sets: [Prisma.sql`SELECT value AS "seq" FROM json_each(${seqs})`] };
  }

  /** Keys of the networks with an endpoint that fits. A portion at a time, so that other reads have their turns between. */
  private async scan(conditions: readonly Prisma.Sql[]): Promise<number[]> {
    const [row] = await this.database.read<{ last: number | null }>(
      Prisma.sql`SELECT MAX("networkSeq") AS "last" FROM "Endpoint"`,
    );
    const last = Number(row?.last ?? 0);
    const portion = Math.max(this.search.portion, Math.ceil(last / MOST_PORTIONS));
    const seqs: number[] = [];
    for (let first = 1; first <= last; first += portion) {
      const within = Prisma.sql`e."networkSeq" BETWEEN ${first} AND ${first + portion - 1}`;
      const found = await this.database.read<{ seq: number }>(
        Prisma.sql`SELECT DISTINCT e."networkSeq" AS "seq" FROM "Endpoint" e ${where([within, ...conditions])}`,
      );
      for (const { seq } of found) seqs.push(Number(seq));
    }
    return seqs;
  }
}

/** Host, name and id of the network, name and id of the container of the last row of the page before. */
type PageEnd = readonly string[];
const END = ['string', 'string', 'string', 'string', 'string'] as const;

const endOf = ({
  hostName,
  network: { name, id },
  endpoint: { containerName, containerId },
}: PlacedEndpoint): PageEnd => [hostName, name, id, containerName, containerId];

function toPlaced(row: PageRow, hostName: string): PlacedEndpoint {
  const { total: _total, hostName: _hostName, name, id, driver, ...endpoint } = row;
  return { hostName, network: { id, name }, driver, endpoint: toEndpoint(endpoint) };
}

const NETWORK_ORDER = Prisma.sql`n."hostName", n."name", n."id"`;
const ORDER = Prisma.sql`${NETWORK_ORDER}, e."containerName", e."containerId"`;

/**
 * The page and the number of all that fit, in one statement and so of one moment. First the networks that the page is
 * on: each has at least one endpoint that fits, but for the one that the page before ended in.
 * @param limit rows
 */
function pageOf(selection: EndpointSelection, hostNames: HostNames, end: PageEnd | undefined, limit: number) {
  const { endpoints } = selection;
  const searched = selection.sets.length > 0 || endpoints.length > 0;
  const from = end && hostNames?.filter((name) => name >= end[0]!);
  const rows = searched
    ? Prisma.sql`"hit" n ${where([Prisma.sql`n."fitting" > 0`, ...notBefore(end)])}`
    : Prisma.sql`${networks(selection, from ?? hostNames, [Prisma.sql`n."endpointCount" > 0`, ...notBefore(end)])}`;
  const behind = end === undefined ? [] : [Prisma.sql`(${ORDER}) > (${Prisma.join([...end])})`];
  return Prisma.sql`WITH ${searched ? hits(selection, hostNames) : Prisma.empty}
    "part" AS MATERIALIZED (
      SELECT n."seq", n."hostName", n."name", n."id", n."driver" FROM ${rows} ORDER BY ${NETWORK_ORDER} LIMIT ${limit + 1}),
    "page" AS MATERIALIZED (
      SELECT n."hostName", n."name", n."id", n."driver", e.* FROM "part" n CROSS JOIN "Endpoint" e ON e."networkSeq" = n."seq"
        ${where([...endpoints, ...behind])} ORDER BY ${ORDER} LIMIT ${limit})
    SELECT (${searched ? Prisma.sql`SELECT TOTAL("fitting") FROM "hit"` : sum(selection, hostNames)}) AS "total", "page".*
      FROM (SELECT 1) LEFT JOIN "page" ON true
      ORDER BY "hostName", "name", "id", "containerName", "containerId"`;
}

const notBefore = (end: PageEnd | undefined): Prisma.Sql[] =>
  end === undefined ? [] : [Prisma.sql`(${NETWORK_ORDER}) >= (${Prisma.join(end.slice(0, 3))})`];

const onHosts = (column: string, hostNames: HostNames): Prisma.Sql[] =>
  hostNames === undefined ? [] : [Prisma.sql`${Prisma.raw(column)} IN ${listed(hostNames)}`];

/** Networks by what the indexes hold, to stand behind FROM. */
function networks(selection: EndpointSelection, hostNames: HostNames, more: readonly Prisma.Sql[] = []): Prisma.Sql {
  const named = selection.networkName !== undefined && hostNames === undefined;
  const index = Prisma.raw(named ? '"Network_by_name"' : '"Network_by_host"');
  const conditions = [...onHosts('n."hostName"', hostNames), ...selection.networks, ...more];
  return Prisma.sql`"Network" n INDEXED BY ${index} ${where(conditions)}`;
}

/** Of all endpoints of hosts or networks: these were counted when they were written. */
const sum = (selection: EndpointSelection, hostNames: HostNames): Prisma.Sql =>
  selection.networks.length > 0
    ? Prisma.sql`SELECT TOTAL(n."endpointCount") FROM ${networks(selection, hostNames)}`
    : Prisma.sql`SELECT TOTAL("endpointCount") FROM "Host" ${where(onHosts('"name"', hostNames))}`;

/**
 * The networks that may hold endpoints that fit, each with how many do. Each endpoint is looked at once for a page; where
 * a state is all that is asked for, that is all of them: 2 s for 3 million.
 */
function hits(selection: EndpointSelection, hostNames: HostNames): Prisma.Sql {
  const { sets, endpoints } = selection;
  const bounds = [...onHosts('n."hostName"', hostNames), ...selection.networks];
  const columns = Prisma.sql`n."seq", n."hostName", n."name", n."id", n."driver"`;
  if (sets.length === 0 && bounds.length === 0) {
    return Prisma.sql`"hit" AS MATERIALIZED (SELECT ${columns}, c."fitting" FROM (
      SELECT e."networkSeq", COUNT(*) AS "fitting" FROM "Endpoint" e ${where(endpoints)} GROUP BY e."networkSeq") c
      CROSS JOIN "Network" n ON n."seq" = c."networkSeq"),`;
  }
  const fitting =
    endpoints.length === 0
      ? Prisma.sql`n."endpointCount"`
      : Prisma.sql`(SELECT COUNT(*) FROM "Endpoint" e ${where([Prisma.sql`e."networkSeq" = n."seq"`, ...endpoints])})`;
  const chosen =
    sets.length === 0
      ? networks(selection, hostNames)
      : Prisma.sql`(${Prisma.join(
          sets.map((set) => Prisma.sql`SELECT "seq" FROM (${set})`),
          ' INTERSECT ',
        )}) AS chosen CROSS JOIN "Network" n ON n."seq" = chosen."seq" ${where(bounds)}`;
  return Prisma.sql`"hit" AS MATERIALIZED (SELECT ${columns}, ${fitting} AS "fitting" FROM ${chosen}),`;
}
