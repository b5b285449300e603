import { type NetworkQuery } from '@fairlead/api';
import { type Clock } from '../clock.js';
import { type Database, listed, Prisma, where } from '../database/index.js';
import { type Page, pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { NetworkOrder, type NetworkSort, type PageEnd } from './network-order.js';
import { type RowFilters, type Selection, selectionOf } from './network-query.js';
import { NETWORK_COLUMNS, type NetworkRow, type StoredNetwork, toStored } from './network.rows.js';

export interface NetworkPage extends Page<StoredNetwork> {
  readonly total: number;
}

/** The hosts that a query's host filters leave, or undefined for all. */
export type HostNames = readonly string[] | undefined;

/**
 * Rows up to which it is quicker to take all that fit and sort them than to walk along the index of the order, which
 * looks at rows that do not fit on its way.
 */
const MOST_SORTED = 5_000;

/** Hosts whose networks are fewer than those that any other filter leaves, as a rule. */
const FEW_HOSTS = 100;

/** Reads pages of networks, on the thread for reads. Ages are not known here: whoever shows a row adds its host's. */
export class NetworkPagesStore {
  /** @param mostSorted other than the usual only in tests */
  constructor(
    private readonly database: Pick<Database, 'read'>,
    private readonly now: Clock,
    private readonly mostSorted = MOST_SORTED,
  ) {}

  /** @throws FairleadError `invalid_argument` for a filter or cursor that cannot be read */
  async page(query: NetworkQuery, hostNames: HostNames): Promise<NetworkPage> {
    const order = new NetworkOrder(query.sort);
    const cursor = new PageCursor('networks', query);
    const end = query.cursor === undefined ? undefined : cursor.read(query.cursor, order.endTypes);
    const chosen = new Chosen(query, hostNames, this.now());
    const total = await this.count(chosen);
    const found = await this.readAfter(end, query.limit + 1, chosen, order, total);
    return { ...pageFrom(found, query.limit, (last) => cursor.write(...order.endOf(last))), total };
  }

  /** All that fit, so many at a time. They are counted once, and not again with each part. */
  async *parts(filters: RowFilters, sort: NetworkSort, hostNames: HostNames, size: number) {
    const order = new NetworkOrder(sort);
    const chosen = new Chosen(filters, hostNames, this.now());
    const total = await this.count(chosen);
    for (let end: PageEnd | undefined; ;) {
      const part = await this.readAfter(end, size, chosen, order, total);
      yield part;
      const last = part.at(-1);
      if (part.length < size || last === undefined) return;
      end = order.endOf(last);
    }
  }

  /** How many networks fit. */
  async total(filters: RowFilters, hostNames: HostNames): Promise<number> {
    return this.count(new Chosen(filters, hostNames, this.now()));
  }

  /** How many of the networks that fit have each value of a column of `"Network" n`. */
  async countBy(filters: RowFilters, hostNames: HostNames, column: 'driver' | 'scope' | 'hostName' | 'inUse') {
    const value = column === 'inUse' ? Prisma.sql`n."endpointCount" > 0` : Prisma.raw(`n."${column}"`);
    return this.grouped(Prisma.sql`SELECT ${value} AS value, COUNT(*) AS count
      FROM ${new Chosen(filters, hostNames, this.now()).rows} GROUP BY value`);
  }

  /** The same by Compose project: a network with several counts for each, one without under the empty text. */
  async countByProject(filters: RowFilters, hostNames: HostNames) {
    return this.grouped(Prisma.sql`SELECT IFNULL(p."project", '') AS value, COUNT(*) AS count
      FROM (SELECT n."seq" FROM ${new Chosen(filters, hostNames, this.now()).rows}) c
        LEFT JOIN "NetworkProject" p ON p."networkSeq" = c."seq" GROUP BY value`);
  }

  private async grouped(sql: Prisma.Sql): Promise<Map<string, number>> {
    const rows = await this.database.read<{ value: string | number; count: number }>(sql);
    return new Map(rows.map(({ value, count }) => [String(value), Number(count)]));
  }

  private async count(chosen: Chosen): Promise<number> {
    const [row] = await this.database.read<{ total: number }>(Prisma.sql`SELECT COUNT(*) AS total FROM ${chosen.rows}`);
    return Number(row?.total ?? 0);
  }

  private async readAfter(
    end: PageEnd | undefined,
    limit: number,
    chosen: Chosen,
    order: NetworkOrder,
    total: number,
  ): Promise<StoredNetwork[]> {
    if (total === 0) return [];
    const few = chosen.isNarrow || total <= this.mostSorted;
    const rows = few ? await this.sorted(chosen, order, end, limit) : await this.walk(chosen, order, end, limit);
    return rows.map(toStored);
  }

  /** All that fit, sorted, and of them those on the page. */
  private sorted(chosen: Chosen, order: NetworkOrder, end: PageEnd | undefined, limit: number): Promise<NetworkRow[]> {
    return this.database.read(Prisma.sql`
      WITH "candidate" AS (
        SELECT n."seq", ${order.value} AS "value", n."hostName", n."name", n."id" FROM ${chosen.rows})
      SELECT ${NETWORK_COLUMNS} FROM (
        SELECT * FROM "candidate" ${where(order.candidatesAfter(end))} ${order.ofCandidates} LIMIT ${limit}) AS c
      CROSS JOIN "Network" n ON n."seq" = c."seq"`);
  }

  /** Along the index of the order, until there are enough. */
  private async walk(
    chosen: Chosen,
    order: NetworkOrder,
    end: PageEnd | undefined,
    limit: number,
  ): Promise<NetworkRow[]> {
    const rows: NetworkRow[] = [];
    for (const { bounds, order: along } of order.stretches(end)) {
      if (rows.length >= limit) break;
      const place = Prisma.sql`"Network" n INDEXED BY ${order.index}`;
      const found = await this.database.read<NetworkRow>(Prisma.sql`SELECT ${NETWORK_COLUMNS} FROM (
          SELECT n."seq" FROM ${place} ${where([...chosen.conditions, ...bounds])} ${along} LIMIT ${limit - rows.length}) AS c
        CROSS JOIN "Network" n ON n."seq" = c."seq"`);
      rows.push(...found);
    }
    return rows;
  }
}

/** What a query leaves, as SQL over `"Network" n`. */
class Chosen {
  private readonly selection: Selection;
  private readonly hosts: Prisma.Sql[];
  private readonly index: string;

  constructor(filters: RowFilters, hostNames: HostNames, now: number) {
    this.selection = selectionOf(filters, now);
    this.hosts = hostNames === undefined ? [] : [Prisma.sql`n."hostName" IN ${listed(hostNames)}`];
    this.index = indexFor(filters, hostNames);
  }

  /** Whether what fits is looked up rather than searched for. */
  get isNarrow(): boolean {
    return this.selection.sets.length > 0;
  }

  get conditions(): Prisma.Sql[] {
    const { columns, unused } = this.selection;
    return [...this.hosts, ...columns, ...(unused === undefined ? [] : [unused])];
  }

  /** To stand behind FROM. */
  get rows(): Prisma.Sql {
    if (!this.isNarrow)
      return Prisma.sql`"Network" n INDEXED BY ${Prisma.raw(`"${this.index}"`)} ${where(this.conditions)}`;
    const sets = this.selection.sets.map((set) => Prisma.sql`SELECT "seq" FROM (${set})`);
    return Prisma.sql`(${Prisma.join(sets, ' INTERSECT ')}) AS chosen
      CROSS JOIN "Network" n ON n."seq" = chosen."seq" ${where(this.conditions)}`;
  }
}

/** The index by which the rows that fit are found where no set gives their keys. */
function indexFor({ unusedFor, driver }: RowFilters, hostNames: HostNames): string {
  if (hostNames !== undefined && hostNames.length <= FEW_HOSTS) return 'Network_by_host';
  if (unusedFor !== undefined) return 'Network_by_unused';
  if (driver.length > 0) return 'Network_by_driver';
  return hostNames === undefined ? 'Network_by_name' : 'Network_by_host';
}
