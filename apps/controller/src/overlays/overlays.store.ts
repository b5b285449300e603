import { type OverlayQuery } from '@fairlead/api';
import { FairleadError, shortId } from '@fairlead/domain';
import { type Database, listed, Prisma, where } from '../database/index.js';
import { type PlacedEndpoint } from '../endpoints/endpoint-pages.store.js';
import { type HostNames } from '../networks/network-pages.store.js';
import { begins, named } from '../networks/network-query.js';
import {
  type EndpointRow,
  NETWORK_COLUMNS,
  type NetworkRow,
  type StoredNetwork,
  toEndpoint,
  toStored,
} from '../networks/network.rows.js';
import { AmbiguousNetwork } from '../networks/networks.store.js';
import { pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';

/** Ids of the networks on one page. */
export interface OverlayPage {
  readonly ids: readonly string[];
  readonly total: number;
  readonly nextCursor: string | null;
}

interface Place {
  readonly id: string;
  readonly name: string;
  readonly hostName: string;
}

/** Reads networks of swarms, on the thread for reads. A swarm's network has a row for every host that shows it. */
export class OverlaysStore {
  constructor(private readonly database: Pick<Database, 'read'>) {}

  /**
   * @param hostNames one of which shows what is found
   * @throws FairleadError `invalid_argument` for a cursor that no page of this query ended with
   */
  async page(query: OverlayQuery, hostNames: HostNames): Promise<OverlayPage> {
    const cursor = new PageCursor('overlays', query);
    const end = query.cursor === undefined ? undefined : cursor.read(query.cursor, ['string', 'string']);
    const behind = end === undefined ? [] : [Prisma.sql`("name", "id") > (${Prisma.join([...end])})`];
    const conditions = [
      Prisma.sql`n."scope" = 'swarm'`,
      ...(query.name === undefined ? [] : named(Prisma.sql`n."name"`, query.name)),
      ...among(hostNames),
    ];
    const rows = await this.database.read<{ total: number; id: string | null; name: string }>(Prisma.sql`
      WITH "found" AS MATERIALIZED (SELECT n."id", MIN(n."name") AS "name"
        FROM "Network" n INDEXED BY "Network_scope_name_idx" ${where(conditions)} GROUP BY n."id")
      SELECT (SELECT COUNT(*) FROM "found") AS "total", "page".* FROM (SELECT 1)
        LEFT JOIN (SELECT * FROM "found" ${where(behind)} ORDER BY "name", "id" LIMIT ${query.limit + 1}) AS "page"
        ON true ORDER BY "name", "id"`);
    const found = rows.flatMap(({ id, name }) => (id === null ? [] : { id, name }));
    const { items, nextCursor } = pageFrom(found, query.limit, ({ name, id }) => cursor.write(name, id));
    return { ids: items.map(({ id }) => id), total: Number(rows[0]?.total ?? 0), nextCursor };
  }

  /**
   * The id that a reference means: full id, then name, then unique beginning of an id.
   * @throws FairleadError `network_not_found`; AmbiguousNetwork
   */
  async resolve(reference: string, hostNames: HostNames): Promise<string> {
    const found = await this.database.read<Place>(Prisma.sql`
      SELECT n."id", n."name", n."hostName" FROM (
        SELECT "seq" FROM "Network" WHERE "scope" = 'swarm' AND "name" = ${reference}
        UNION SELECT "seq" FROM "Network" WHERE ${begins(Prisma.sql`"id"`, reference)}) AS chosen
      CROSS JOIN "Network" n ON n."seq" = chosen."seq"
      ${where([Prisma.sql`n."scope" = 'swarm'`, ...among(hostNames)])} ORDER BY n."id", n."hostName"`);
    const fitting =
      [found.filter(({ id }) => id === reference), found.filter(({ name }) => name === reference), found].find(
        ({ length }) => length > 0,
      ) ?? [];
    const ids = new Set(fitting.map(({ id }) => id));
    const [only] = ids;
    if (only === undefined) {
      throw new FairleadError('network_not_found', `No swarm has a network '${reference}'`, {
        hint: "See 'fairlead network ls --overlays'.",
      });
    }
    if (ids.size === 1) return only;
    const candidates = [...ids].map((id) => fitting.find((place) => place.id === id)!);
    const places = candidates.map(({ id, hostName }) => `${shortId(id)} (on ${hostName})`).join(', ');
    throw new AmbiguousNetwork(`'${reference}' fits several networks: ${places}`, candidates);
  }

  /** Rows of these networks on these hosts, in order of host. */
  async networks(ids: readonly string[], hostNames: HostNames): Promise<StoredNetwork[]> {
    const conditions = [Prisma.sql`n."id" IN ${listed(ids)}`, Prisma.sql`n."scope" = 'swarm'`, ...among(hostNames)];
    const rows = await this.database.read<NetworkRow>(
      Prisma.sql`SELECT ${NETWORK_COLUMNS} FROM "Network" n ${where(conditions)} ORDER BY n."hostName"`,
    );
    return rows.map(toStored);
  }

  /** All endpoints of these rows, in order of host and container. */
  async endpoints(rows: readonly StoredNetwork[]): Promise<PlacedEndpoint[]> {
    const bySeq = new Map(rows.map((row) => [row.seq, row]));
    const found = await this.database.read<EndpointRow>(Prisma.sql`
      SELECT e.* FROM "Endpoint" e CROSS JOIN "Network" n ON n."seq" = e."networkSeq"
      WHERE e."networkSeq" IN ${listed([...bySeq.keys()])}
      ORDER BY n."hostName", e."containerName", e."containerId"`);
    return found.flatMap((row) => {
      const at = bySeq.get(Number(row.networkSeq));
      if (at === undefined) return [];
      const { id, name, driver } = at.attributes;
      return { hostName: at.hostName, network: { id, name }, driver, endpoint: toEndpoint(row) };
    });
  }

  /** Hosts that show any network of a swarm which one of these shows: those of the same swarm, as all show `ingress`. */
  async sharing(hostNames: readonly string[]): Promise<string[]> {
    const rows = await this.database.read<{ hostName: string }>(Prisma.sql`
      SELECT DISTINCT n."hostName" FROM (
        SELECT DISTINCT "id" FROM "Network" WHERE "hostName" IN ${listed(hostNames)} AND "scope" = 'swarm') AS shared
      CROSS JOIN "Network" n ON n."id" = shared."id"`);
    return rows.map(({ hostName }) => hostName);
  }
}

const among = (hostNames: HostNames): Prisma.Sql[] =>
  hostNames === undefined ? [] : [Prisma.sql`n."hostName" IN ${listed(hostNames)}`];
