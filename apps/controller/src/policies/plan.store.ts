import { type HostContext, type Network, type NetworkAttributes, projectOf } from '@fairlead/domain';
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
  readonly predefined: number;
  /** Others that containers are on, running or not. */
  readonly used: number;
  /** Of these, how many only stopped containers are on. */
  readonly stopped: number;
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

/** A candidate, or how many others there are. */
interface PortionRow {
  readonly host: string;
  /** `stopped` is a part of `used`. */
  readonly part: 'predefined' | 'used' | 'stopped' | 'candidate';
  readonly count: number;
  readonly digest: string;
  readonly unusedSinceAt: number | null;
  readonly record: string;
}

/** Of a host of which nothing matters. */
export const NO_CONTEXT: HostContext = { configsInUse: new Set(), projectsInUse: new Set(), inSwarm: false };

/**
 * Reads what plans are made of, on the thread for reads. Whole rows are read only of candidates: of the rest, ten times as
 * many, an index says all that is counted.
 */
export class PlanStore {
  constructor(private readonly database: Pick<Database, 'read'>) {}

  /** All networks of these hosts, in their order. Of each host what one commit left; what is said of its use is no older. */
  async portion(hostNames: readonly string[]): Promise<HostNetworks[]> {
    const rows = await this.database.read<PortionRow>(portionOf(hostNames));
    const counts = new Map(hostNames.map((host) => [host, { predefined: 0, used: 0, stopped: 0 }]));
    const candidates = new Map(hostNames.map((host) => [host, [] as Candidate[]]));
    for (const row of rows) {
      if (row.part === 'candidate') candidates.get(row.host)?.push(toCandidate(row));
      else counts.get(row.host)![row.part] = row.count;
    }
    const placed = Array.from(candidates, ([host, some]) => some.map(({ attributes }) => ({ host, attributes })));
    const contexts = await this.contextsOf(placed.flat());
    return hostNames.map((host) => ({
      host,
      ...counts.get(host)!,
      candidates: candidates.get(host)!,
      context: contexts.get(host) ?? NO_CONTEXT,
    }));
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
    return this.whole(rows);
  }

  /** Those of these networks that are there, whole, with their digests. @param wanted host and id of each */
  async these(
    wanted: readonly (readonly [host: string, id: string])[],
  ): Promise<(PlacedNetwork & Pick<Candidate, 'digest'>)[]> {
    const rows = await this.database.read<NetworkRow & Pick<Candidate, 'digest'>>(Prisma.sql`
      SELECT ${NETWORK_COLUMNS}, n."digest" FROM json_each(${JSON.stringify(wanted)}) wanted
        CROSS JOIN "Network" n ON n."hostName" = wanted.value->>0 AND n."id" = wanted.value->>1`);
    const networks = await this.whole(rows);
    return networks.map((network, index) => ({ ...network, digest: rows[index]!.digest }));
  }

  /** What the hosts of these networks know of their use beyond them; a host of which nothing matters is left out. */
  async contextsOf(networks: readonly Placed[]): Promise<Map<string, HostContext>> {
    const configured = new Set(networks.filter(({ attributes }) => attributes.configOnly).map(({ host }) => host));
    const [configs, swarmed, projects] = await Promise.all([
      this.configsInUse(configured),
      this.inSwarm(configured),
      this.projectsInUse(networks),
    ]);
    const hosts = new Set([...configs.keys(), ...swarmed, ...projects.keys()]);
    const of = (host: string): HostContext => ({
      configsInUse: configs.get(host) ?? new Set(),
      projectsInUse: projects.get(host) ?? new Set(),
      inSwarm: swarmed.has(host),
    });
    return new Map(Array.from(hosts, (host) => [host, of(host)]));
  }

  /** Who is on them is read after them: one that comes meanwhile is seen. */
  private async whole(rows: readonly NetworkRow[]): Promise<PlacedNetwork[]> {
    const stored = rows.map(toStored);
    const endpoints = await this.endpointsOf(stored.map(({ seq }) => seq));
    return stored.map(({ seq, hostName, attributes, unusedSinceAt }) => ({
      host: hostName,
      network: toNetwork(attributes, endpoints.get(seq) ?? []),
      unusedSinceAt,
    }));
  }

  private async configsInUse(hosts: ReadonlySet<string>): Promise<Map<string, Set<string>>> {
    if (hosts.size === 0) return new Map();
    const rows = await this.database.read<{ host: string; value: string }>(Prisma.sql`
      SELECT n."hostName" AS "host", n."configFrom" AS "value" FROM "Network" n
      WHERE n."hostName" IN ${listed([...hosts])} AND n."configFrom" <> ''`);
    return grouped(rows);
  }

  /** Those of these hosts that are members of a swarm. */
  private async inSwarm(hosts: ReadonlySet<string>): Promise<Set<string>> {
    if (hosts.size === 0) return new Set();
    const rows = await this.database.read<{ name: string }>(Prisma.sql`
      SELECT "name" FROM "Host" WHERE "name" IN ${listed([...hosts])} AND "swarmNodeId" <> ''`);
    return new Set(rows.map(({ name }) => name));
  }

  /**
   * Projects that a container belongs to, running or not, of the hosts of which one of these networks belongs to any. Along
   * the index of hosts: to look each project up by itself takes four times as long.
   */
  private async projectsInUse(networks: readonly Placed[]): Promise<Map<string, Set<string>>> {
    const hosts = new Set(networks.filter(({ attributes }) => projectOf(attributes.labels)).map(({ host }) => host));
    if (hosts.size === 0) return new Map();
    const rows = await this.database.read<{ host: string; value: string }>(Prisma.sql`
      SELECT DISTINCT n."hostName" AS "host", p."project" AS "value" FROM "Network" n INDEXED BY "Network_by_host"
        CROSS JOIN "NetworkProject" p ON p."networkSeq" = n."seq"
      WHERE n."hostName" IN ${listed([...hosts])} AND n."endpointCount" > 0 AND EXISTS (
        SELECT 1 FROM "Endpoint" e WHERE e."networkSeq" = n."seq" AND e."project" = p."project")`);
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

/**
 * One statement, so that no network is in two parts, or in none, when it changes meanwhile. What the index by host tells
 * is counted along it; which of those in use have only stopped containers, the rows say.
 */
function portionOf(hostNames: readonly string[]): Prisma.Sql {
  const along = Prisma.sql`FROM "Network" n INDEXED BY "Network_by_host" WHERE n."hostName" IN ${listed(hostNames)}`;
  const counted = (part: PortionRow['part']): Prisma.Sql =>
    Prisma.sql`SELECT n."hostName" AS "host", ${part} AS "part", COUNT(*) AS "count", '' AS "digest",
      NULL AS "unusedSinceAt", '' AS "record" ${along}`;
  return Prisma.sql`
    ${counted('predefined')} AND n."predefined" = 1 GROUP BY n."hostName"
    UNION ALL ${counted('used')} AND n."predefined" = 0 AND n."endpointCount" > 0 GROUP BY n."hostName"
    UNION ALL ${counted('stopped')} AND n."predefined" = 0 AND n."endpointCount" > 0 AND n."activeEndpointCount" = 0
      AND NOT EXISTS (SELECT 1 FROM "Endpoint" e
        WHERE e."networkSeq" = n."seq" AND e."state" NOT IN ('created', 'exited', 'dead')) GROUP BY n."hostName"
    UNION ALL SELECT n."hostName", 'candidate', 1, n."digest", n."unusedSinceAt", n."record" ${along}
      AND n."predefined" = 0 AND n."endpointCount" = 0`;
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
