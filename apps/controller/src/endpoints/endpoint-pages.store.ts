import { type EndpointQuery } from '@fairlead/api';
import { type Endpoint } from '@fairlead/domain';
import { type Database, listed, Prisma, where } from '../database/index.js';
import { type HostNames } from '../networks/network-pages.store.js';
import { type EndpointRow, toEndpoint } from '../networks/network.rows.js';
import { type Page, pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { type EndpointSelection, selectionOf } from './endpoint-query.js';

/** An endpoint with the network and host that it is on. */
export interface PlacedEndpoint {
  readonly hostName: string;
  readonly network: { readonly id: string; readonly name: string };
  readonly driver: string;
  readonly endpoint: Endpoint;
}

export interface EndpointPage extends Page<PlacedEndpoint> {
  /** As it was when the first page was read. */
  readonly total: number;
}

interface PageRow extends EndpointRow {
  /** The same on all rows, like `last`. */
  readonly fitting: number | null;
  readonly last: string | null;
  /** Null, like all of these, on the only row where no endpoint fits. */
  readonly hostName: string | null;
  readonly name: string;
  readonly id: string;
  readonly driver: string;
}

/** Endpoints that fit. */
interface Found {
  readonly endpoints: readonly PlacedEndpoint[];
  /** How many do; 0 behind the first page, where they are not counted. */
  readonly fitting: number;
}

/** How endpoints are searched for. */
const USUAL = {
  /** Networks whose endpoints one read looks at most: they have about 200,000. */
  portion: 20_000,
  /** Hosts up to which all of theirs are looked at in one read. */
  hosts: 500,
};

/**
 * Reads pages of endpoints, on the thread for reads. They are counted for the first page only: the others have the number
 * from their cursor. Ages are not known here: whoever shows a row adds its host's.
 */
export class EndpointPagesStore {
  /** @param usual other than the usual only in tests */
  constructor(
    private readonly database: Pick<Database, 'read'>,
    private readonly usual = USUAL,
  ) {}

  /** @throws FairleadError `invalid_argument` for a filter or cursor that cannot be read */
  async page(query: EndpointQuery, hostNames: HostNames): Promise<EndpointPage> {
    const cursor = new PageCursor('endpoints', query);
    const [counted, ...end] = query.cursor === undefined ? [] : cursor.read(query.cursor, [COUNTED, ...END]);
    const asked = {
      selection: selectionOf(query),
      hostNames,
      end: isEnd(end) ? end : undefined,
      limit: query.limit + 1,
    };
    const { endpoints, fitting } = this.isLookedUp(asked) ? await this.read(asked) : await this.search(asked);
    const total = counted ?? fitting;
    return { ...pageFrom(endpoints, query.limit, (last) => cursor.write(total, ...endOf(last))), total };
  }

  /** Whether something says on which networks they may be; else those of all are looked at, or of all behind a page. */
  private isLookedUp({ selection: { sets, networkName, endpoints }, hostNames, end }: Asked): boolean {
    const few = networkName !== undefined || (hostNames !== undefined && hostNames.length <= this.usual.hosts);
    return endpoints.length === 0 || sets.length > 0 || (few && end === undefined);
  }

  /**
   * Along the order of the list, so many networks at a time that other reads have their turns between: behind a page
   * until the next one is full, but from the beginning to the end of the list, to count them.
   */
  private async search(asked: Asked): Promise<Found> {
    const { end, limit } = asked;
    const endpoints: PlacedEndpoint[] = [];
    let fitting = 0;
    let size = end === undefined ? this.usual.portion : Math.min(this.usual.portion, limit);
    for (let passed: NetworkPlace | undefined; end === undefined || endpoints.length < limit;) {
      const found = await this.read({ ...asked, limit: limit - endpoints.length }, { passed, size });
      endpoints.push(...found.endpoints);
      fitting += found.fitting;
      if (found.last === undefined) break;
      passed = found.last;
      size = Math.min(this.usual.portion, size * 4);
    }
    return { endpoints, fitting };
  }

  private async read(asked: Asked, portion?: Portion): Promise<Found & { readonly last: NetworkPlace | undefined }> {
    const rows = await this.database.read<PageRow>(pageOf(asked, portion));
    const { fitting, last } = rows[0] ?? { fitting: null, last: null };
    return {
      endpoints: rows.flatMap(toPlaced),
      fitting: Number(fitting ?? 0),
      last: last === null ? undefined : (JSON.parse(last) as NetworkPlace),
    };
  }
}

/** What a page is read by. */
interface Asked {
  readonly selection: EndpointSelection;
  readonly hostNames: HostNames;
  readonly end: PageEnd | undefined;
  /** Rows. */
  readonly limit: number;
}

/** The next networks of a list. */
interface Portion {
  /** The last one that was looked at. */
  readonly passed: NetworkPlace | undefined;
  /** How many there are in it. */
  readonly size: number;
}

/** Host, name and id of a network. */
type NetworkPlace = readonly [hostName: string, name: string, id: string];

/** The last row of the page before, with name and id of the container. */
type PageEnd = readonly [...NetworkPlace, containerName: string, containerId: string];
const COUNTED = 'number';
const END = ['string', 'string', 'string', 'string', 'string'] as const;
const isEnd = (end: PageEnd | readonly []): end is PageEnd => end.length > 0;

const endOf = ({
  hostName,
  network: { name, id },
  endpoint: { containerName, containerId },
}: PlacedEndpoint): PageEnd => [hostName, name, id, containerName, containerId];

function toPlaced({ fitting: _fitting, last: _last, ...row }: PageRow): PlacedEndpoint[] {
  const { hostName, name, id, driver, ...endpoint } = row;
  return hostName === null ? [] : [{ hostName, network: { id, name }, driver, endpoint: toEndpoint(endpoint) }];
}

const NETWORK_ORDER = Prisma.sql`n."hostName", n."name", n."id"`;
const ORDER = Prisma.sql`${NETWORK_ORDER}, e."containerName", e."containerId"`;

/** Columns of a network that a row of a page needs. */
const PLACE = Prisma.sql`n."seq", n."hostName", n."name", n."id", n."driver"`;

/**
 * The page, if it is the first the number of all that fit, and the last network of a portion, in one statement and so of
 * one moment. First the networks that the page is on: each has at least one endpoint that fits, but for the one that the
 * page before ended in.
 * @param portion of the networks: the page as far as it lies on them
 */
function pageOf(asked: Asked, portion?: Portion): Prisma.Sql {
  const { selection, end, limit } = asked;
  const searched = selection.sets.length > 0 || selection.endpoints.length > 0;
  const hostNames = notPassed(asked.hostNames, portion?.passed ?? end);
  const rest = portion?.passed === undefined ? notBefore(end) : [after(portion.passed)];
  const rows = searched
    ? Prisma.sql`"hit" n WHERE n."fitting" > 0`
    : networks(selection, hostNames, [Prisma.sql`n."endpointCount" > 0`, ...rest]);
  const all = searched ? Prisma.sql`(SELECT TOTAL("fitting") FROM "hit")` : sum(selection, hostNames);
  const behind = end === undefined ? [] : [Prisma.sql`(${ORDER}) > (${Prisma.join([...end])})`];
  return Prisma.sql`WITH ${searched ? hits(selection, hostNames, rest, portion?.size) : Prisma.empty}
    "part" AS MATERIALIZED (SELECT ${PLACE} FROM ${rows} ORDER BY ${NETWORK_ORDER} LIMIT ${limit + 1}),
    "page" AS MATERIALIZED (
      SELECT n."hostName", n."name", n."id", n."driver", e.* FROM "part" n CROSS JOIN "Endpoint" e ON e."networkSeq" = n."seq"
        ${where([...selection.endpoints, ...behind])} ORDER BY ${ORDER} LIMIT ${limit})
    SELECT ${end === undefined ? all : NULL} AS "fitting", ${portion === undefined ? NULL : LAST} AS "last", "page".*
      FROM (SELECT 1) LEFT JOIN "page" ON true
      ORDER BY "hostName", "name", "id", "containerName", "containerId"`;
}

const LAST = Prisma.sql`(SELECT json_array("hostName", "name", "id") FROM "hit"
  ORDER BY "hostName" DESC, "name" DESC, "id" DESC LIMIT 1)`;
const NULL = Prisma.raw('NULL');

const notBefore = (end: PageEnd | undefined): Prisma.Sql[] =>
  end === undefined ? [] : [Prisma.sql`(${NETWORK_ORDER}) >= (${Prisma.join(end.slice(0, 3))})`];

const after = (place: NetworkPlace): Prisma.Sql => Prisma.sql`(${NETWORK_ORDER}) > (${Prisma.join([...place])})`;

const notPassed = (hostNames: HostNames, place: NetworkPlace | PageEnd | undefined): HostNames =>
  place === undefined ? hostNames : hostNames?.filter((name) => name >= place[0]);

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
    ? Prisma.sql`(SELECT TOTAL(n."endpointCount") FROM ${networks(selection, hostNames)})`
    : Prisma.sql`(SELECT TOTAL("endpointCount") FROM "Host" ${where(onHosts('"name"', hostNames))})`;

/**
 * The networks that may hold endpoints that fit, each with how many do.
 * @param rest what bounds them to those that are still to be looked at
 * @param size the first so many; -1: all
 */
function hits(selection: EndpointSelection, hostNames: HostNames, rest: readonly Prisma.Sql[], size = -1): Prisma.Sql {
  const { sets, endpoints } = selection;
  const fitting =
    endpoints.length === 0
      ? Prisma.sql`n."endpointCount"`
      : Prisma.sql`(SELECT COUNT(*) FROM "Endpoint" e ${where([Prisma.sql`e."networkSeq" = n."seq"`, ...endpoints])})`;
  const among = [Prisma.sql`n."endpointCount" > 0`, ...rest];
  const chosen =
    sets.length === 0
      ? Prisma.sql`(SELECT ${PLACE}, n."endpointCount" FROM ${networks(selection, hostNames, among)}
          ORDER BY ${NETWORK_ORDER} LIMIT ${size}) n`
      : Prisma.sql`(${Prisma.join(
          sets.map((set) => Prisma.sql`SELECT "seq" FROM (${set})`),
          ' INTERSECT ',
        )}) AS chosen CROSS JOIN "Network" n ON n."seq" = chosen."seq"
          ${where([...onHosts('n."hostName"', hostNames), ...selection.networks, ...among])}`;
  return Prisma.sql`"hit" AS MATERIALIZED (SELECT ${PLACE}, ${fitting} AS "fitting" FROM ${chosen}),`;
}
