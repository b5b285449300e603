import {
  type CleanupReason,
  type HostContext,
  type Network,
  type NetworkAttributes,
  projectOf,
} from '@fairlead/domain';
import { type Database, listed, Prisma } from '../database/index.js';
import { type EndpointRow, NETWORK_COLUMNS, type NetworkRow, toNetwork, toStored } from '../networks/network.rows.js';

/** A network that nobody is on and no engine made itself: one that a plan may remove. */
export interface Candidate {
  readonly attributes: NetworkAttributes;
  /** Of its record (`networkDigest`). */
  readonly digest: string;
  /** Milliseconds since the epoch; null: not known. */
  readonly unusedSinceAt: number | null;
}

/** The networks of one host, as a plan looks at them. */
export interface HostNetworks {
  readonly host: string;
  /** How many there are of the others, by why they are kept. */
  readonly others: ReadonlyMap<CleanupReason, number>;
  readonly candidates: readonly Candidate[];
  /** What the host knows beyond them, as far as it matters for the candidates. */
  readonly context: HostContext;
}

/** A network of a page, whole. */
export interface PlacedNetwork {
  readonly host: string;
  readonly network: Network;
  readonly unusedSinceAt: number | null;
}

/** Where a page ended. */
export type Place = readonly [host: string, name: string, id: string];

type Placed = { readonly host: string; readonly attributes: NetworkAttributes };

/** Of a candidate, or of how many others are kept for one reason. */
interface PortionRow {
  readonly host: string;
  readonly reason: CleanupReason | null;
  readonly count: number;
  readonly digest: string;
  readonly unusedSinceAt: number | null;
  readonly record: string;
}

/** Of a host of which nothing matters. */
export const NO_CONTEXT: HostContext = { configsInUse: new Set(), projectsInUse: new Set() };

/**
 * Reads what plans are made of, on the thread for reads. Whole rows are read only of candidates: of the rest, ten times as
 * many, an index says all that is counted.
 */
export class PlanStore {
  constructor(private readonly database: Pick<Database, 'read'>) {}

  /** All networks of these hosts, in their order. Of each host what one commit left; what is said of its use is no older. */
  async portion(hostNames: readonly string[]): Promise<HostNetworks[]> {
    const hosts = new Map(
      hostNames.map((host) => [host, { others: new Map<CleanupReason, number>(), candidates: [] as Candidate[] }]),
    );
    for (const row of await this.database.read<PortionRow>(portionOf(hostNames))) {
      const of = hosts.get(row.host)!;
      if (row.reason === null) of.candidates.push(toCandidate(row));
      else of.others.set(row.reason, row.count);
    }
    const all = Array.from(hosts, ([host, { candidates }]) =>
      candidates.map(({ attributes }) => ({ host, attributes })),
    );
    const contexts = await this.contextsOf(all.flat());
    return Array.from(hosts, ([host, of]) => ({ host, ...of, context: contexts.get(host) ?? NO_CONTEXT }));
  }

  /** Networks of these hosts behind a place, whole, in order of host, name and id. */
  async page(hostNames: readonly string[], after: Place | undefined, limit: number): Promise<PlacedNetwork[]> {
    const behind =
      after === undefined
        ? Prisma.empty
        : Prisma.sql`AND (n."hostName", n."name", n."id") > (${Prisma.join([...after])})`;
    const rows = await this.database.read<NetworkRow>(Prisma.sql`
      SELECT ${NETWORK_COLUMNS} FROM "Network" n INDEXED BY "Network_by_host"
      WHERE n."hostName" IN ${listed(hostNames)} ${behind}
      ORDER BY n."hostName", n."name", n."id" LIMIT ${limit}`);
    const stored = rows.map(toStored);
    const endpoints = await this.endpointsOf(stored.map(({ seq }) => seq));
    return stored.map(({ seq, hostName, attributes, unusedSinceAt }) => ({
      host: hostName,
      network: toNetwork(attributes, endpoints.get(seq) ?? []),
      unusedSinceAt,
    }));
  }

  /** What the hosts of these networks know of their use beyond them; a host of which nothing matters is left out. */
  async contextsOf(networks: readonly Placed[]): Promise<Map<string, HostContext>> {
    const [configs, projects] = await Promise.all([this.configsInUse(networks), this.projectsInUse(networks)]);
    const hosts = new Set([...configs.keys(), ...projects.keys()]);
    return new Map(
      Array.from(hosts, (host) => [
        host,
        { configsInUse: configs.get(host) ?? new Set(), projectsInUse: projects.get(host) ?? new Set() },
      ]),
    );
  }

  private async configsInUse(networks: readonly Placed[]): Promise<Map<string, Set<string>>> {
    const hosts = new Set(networks.filter(({ attributes }) => attributes.configOnly).map(({ host }) => host));
    if (hosts.size === 0) return new Map();
    const rows = await this.database.read<{ host: string; value: string }>(Prisma.sql`
      SELECT n."hostName" AS "host", n."configFrom" AS "value" FROM "Network" n
      WHERE n."hostName" IN ${listed([...hosts])} AND n."configFrom" <> ''`);
    return grouped(rows);
  }

  /** Of the projects that these networks belong to those that a container of the host belongs to, running or not. */
  private async projectsInUse(networks: readonly Placed[]): Promise<Map<string, Set<string>>> {
    const asked = new Set<string>();
    for (const { host, attributes } of networks) {
      const project = projectOf(attributes.labels);
      if (project) asked.add(JSON.stringify([host, project]));
    }
    if (asked.size === 0) return new Map();
    const rows = await this.database.read<{ host: string; value: string }>(Prisma.sql`
      SELECT w."value"->>0 AS "host", w."value"->>1 AS "value" FROM json_each(${`[${[...asked].join(',')}]`}) w
      WHERE EXISTS (SELECT 1 FROM "Network" n INDEXED BY "Network_by_host"
        CROSS JOIN "NetworkProject" p ON p."networkSeq" = n."seq" AND p."project" = w."value"->>1
        WHERE n."hostName" = w."value"->>0 AND n."endpointCount" > 0 AND EXISTS (SELECT 1 FROM "Endpoint" e
          WHERE e."networkSeq" = n."seq" AND e."project" = w."value"->>1))`);
    return grouped(rows);
  }

  private async endpointsOf(seqs: readonly number[]): Promise<Map<number, EndpointRow[]>> {
    const rows = await this.database.read<EndpointRow>(Prisma.sql`SELECT * FROM "Endpoint"
      WHERE "networkSeq" IN ${listed(seqs)} ORDER BY "networkSeq", "containerName", "containerId"`);
    const byNetwork = new Map<number, EndpointRow[]>();
    for (const row of rows) {
      const some = byNetwork.get(Number(row.networkSeq));
      if (some) some.push(row);
      else byNetwork.set(Number(row.networkSeq), [row]);
    }
    return byNetwork;
  }
}

/** One statement, so that no network is in both parts, or in none, when it changes meanwhile. */
function portionOf(hostNames: readonly string[]): Prisma.Sql {
  const hosts = listed(hostNames);
  return Prisma.sql`
    SELECT n."hostName" AS "host",
      CASE WHEN n."predefined" = 1 THEN 'predefined' WHEN n."activeEndpointCount" > 0 OR EXISTS (SELECT 1 FROM "Endpoint" e
        WHERE e."networkSeq" = n."seq" AND e."state" NOT IN ('created', 'exited', 'dead')) THEN 'in-use'
        ELSE 'stopped-containers' END AS "reason",
      COUNT(*) AS "count", '' AS "digest", NULL AS "unusedSinceAt", '' AS "record"
    FROM "Network" n WHERE n."hostName" IN ${hosts} AND (n."predefined" = 1 OR n."endpointCount" > 0) GROUP BY 1, 2
    UNION ALL
    SELECT n."hostName", NULL, 1, n."digest", n."unusedSinceAt", n."record"
    FROM "Network" n INDEXED BY "Network_by_host"
    WHERE n."hostName" IN ${hosts} AND n."predefined" = 0 AND n."endpointCount" = 0`;
}

const toCandidate = ({ digest, unusedSinceAt, record }: PortionRow): Candidate => ({
  digest,
  unusedSinceAt,
  attributes: JSON.parse(record) as NetworkAttributes,
});

function grouped(rows: readonly { readonly host: string; readonly value: string }[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { host, value } of rows) groups.set(host, (groups.get(host) ?? new Set()).add(value));
  return groups;
}
