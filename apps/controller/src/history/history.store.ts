import { type HistoryQuery } from '@fairlead/api';
import { type HistoryKind } from '@fairlead/domain';
import { type Database, Prisma, where } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';
import { type Page, pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { boundHosts } from './bound-hosts.js';
import { type HistorySelection, selectionOf } from './history-query.js';
import { HistoryLookups, type Lookup } from './history-lookups.js';

/** A row of the history. Instants are milliseconds since the epoch. */
export interface StoredEntry {
  readonly seq: number;
  readonly at: number;
  readonly notBefore: number | null;
  readonly hostName: string;
  readonly kind: HistoryKind;
  readonly networkId: string;
  readonly networkName: string;
  /** Empty where it is about the network itself, like containerName. */
  readonly containerId: string;
  readonly containerName: string;
  readonly detail: Readonly<Record<string, readonly [unknown, unknown]>>;
  readonly operationId: string | null;
  readonly actor: string | null;
}

/** First and last entry kept, and when the first was noticed; undefined: there is none. */
export interface Extent {
  readonly first: number;
  readonly last: number;
  readonly firstAt: number;
}

/** Entries between two seqs, the second not included. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** How much is looked at, in rows. */
export interface HistoryLimits {
  /** So few that all are looked at, rather than going back stretch by stretch. */
  readonly few: number;
  /** By one read, so that others have their turn. */
  readonly atOnce: number;
  /** For one page: one that has not been filled by then ends where it is, and the next one goes on. */
  readonly forPage: number;
}

const LIMITS: HistoryLimits = { few: 2_000, atOnce: 10_000, forPage: 100_000 };
/** Of the first stretch that is looked at; the ones after it grow while they hold little. */
const FIRST_SPAN = 2_000;
/** Rows up to which lookups are told apart by how many they give. */
const MOST_COUNTED = 20_000;

/**
 * Reads the history, on the thread for reads, newest first. There may be millions of entries, and the filters leave
 * what they leave: so it goes back stretch by stretch, along the index that has the fewest rows for the query, and looks
 * at a bounded number of them for a page.
 */
export class HistoryStore {
  private readonly lookups: HistoryLookups;

  /** @param limits other than the usual only in tests */
  constructor(
    private readonly database: Pick<Database, 'read'>,
    private readonly limits = LIMITS,
  ) {
    this.lookups = new HistoryLookups(database);
  }

  /**
   * A page; one with fewer entries than asked for, even none, is not the last one while it has a cursor.
   *
   * @param bounds the hosts that it may be about; undefined: all that there ever were
   * @param now milliseconds since the epoch
   * @throws FairleadError `invalid_argument` for a filter or cursor that cannot be read
   */
  async page(query: HistoryQuery, bounds: HostBounds | undefined, now: number): Promise<Page<StoredEntry>> {
    const cursor = new PageCursor('history', query);
    const end = query.cursor === undefined ? Infinity : cursor.read(query.cursor, ['number'])[0];
    const selection = selectionOf(query, bounds, now);
    const extent = bounds?.length === 0 ? undefined : await this.extent();
    if (extent === undefined) return { items: [], nextCursor: null };
    const all = { from: extent.first, to: Math.min(end, extent.last + 1) };
    const { found, rest } = await this.search(selection, all, query.limit + 1);
    const { items, nextCursor } = pageFrom(found, query.limit, ({ seq }) => cursor.write(seq));
    return { items, nextCursor: nextCursor ?? (rest.from < rest.to ? cursor.write(rest.to) : null) };
  }

  async extent(): Promise<Extent | undefined> {
    const [row] = await this.database.read<Extent>(Prisma.sql`
      SELECT f."seq" AS "first", f."at" AS "firstAt", (SELECT MAX("seq") FROM "HistoryEntry") AS "last"
      FROM "HistoryEntry" f ORDER BY f."seq" LIMIT 1`);
    return row;
  }

  /** When this database began to keep a history, in milliseconds since the epoch. */
  async begunAt(): Promise<number> {
    const [row] = await this.database.read<{ at: number }>(
      Prisma.sql`SELECT "finished_at" AS "at" FROM "_prisma_migrations" WHERE "migration_name" LIKE '%\\_fleet\\_inventory' ESCAPE '\\'`,
    );
    return row?.at ?? 0;
  }

  /** @returns as many as wanted, if there are, and what was not looked at */
  private async search(selection: HistorySelection, all: Stretch, wanted: number) {
    const lookup = await this.narrowest(selection, all);
    const found: StoredEntry[] = [];
    let rest = all;
    let span = lookup?.few === true ? Infinity : FIRST_SPAN;
    for (let looked = 0; rest.from < rest.to && looked < this.limits.forPage;) {
      const stretch = { from: Math.max(rest.from, rest.to - span), to: rest.to };
      const size = lookup === undefined || lookup.few ? stretch.to - stretch.from : await this.count(lookup, stretch);
      if (size > this.limits.atOnce && lookup?.few !== true && span > 1) {
        span = Math.ceil(span / 4);
        continue;
      }
      found.push(...(await this.read(selection, lookup, stretch, wanted - found.length)));
      if (found.length >= wanted) break;
      const isFirst = looked === 0;
      looked += Math.max(1, size);
      rest = { from: rest.from, to: stretch.from };
      if (isFirst) rest = await this.within(selection, rest);
      if (size < this.limits.atOnce / 4) span *= 4;
    }
    return { found, rest };
  }

  /** The lookup with the fewest rows, and whether they are so few that all can be looked at. */
  private async narrowest(selection: HistorySelection, { from, to }: Stretch) {
    let best: (Lookup & { readonly rows: number; readonly few: boolean }) | undefined;
    for (const lookup of await this.lookups.of(selection)) {
      const most = best?.rows ?? MOST_COUNTED;
      const rows = await this.count(lookup, { from, to }, most);
      if (best === undefined || rows < best.rows) best = { ...lookup, rows, few: rows <= this.limits.few };
    }
    return best;
  }

  /** How many rows a lookup gives, counted up to `most`. */
  private async count({ index, condition }: Lookup, { from, to }: Stretch, most = -1): Promise<number> {
    const bounds = [condition, Prisma.sql`h."seq" >= ${from}`, Prisma.sql`h."seq" < ${to}`];
    const [row] = await this.database.read<{ rows: number }>(Prisma.sql`
      SELECT COUNT(*) AS "rows" FROM (SELECT 1 FROM "HistoryEntry" h INDEXED BY ${index} ${where(bounds)} LIMIT ${most})`);
    return row?.rows ?? 0;
  }

  private async read(
    { conditions, bounds }: HistorySelection,
    lookup: Lookup | undefined,
    { from, to }: Stretch,
    limit: number,
  ): Promise<StoredEntry[]> {
    const along = lookup === undefined ? Prisma.raw('NOT INDEXED') : Prisma.sql`INDEXED BY ${lookup.index}`;
    const hosts = boundHosts(bounds, Prisma.sql`h."hostName"`, Prisma.sql`h."at"`);
    const all = [
      ...(lookup === undefined ? [] : [lookup.condition]),
      Prisma.sql`h."seq" >= ${from}`,
      Prisma.sql`h."seq" < ${to}`,
      ...conditions,
    ];
    const rows = await this.database.read<Omit<StoredEntry, 'detail'> & { readonly detail: string }>(Prisma.sql`
      ${hosts.before} SELECT h.* FROM "HistoryEntry" h ${along} ${hosts.join} ${where(all)}
      ORDER BY h."seq" DESC LIMIT ${limit}`);
    return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as StoredEntry['detail'] }));
  }

  /**
   * The part of a stretch in which there can be entries of the time asked for. Their order by seq is theirs by time only
   * as long as nobody sets the clock, so the whole index of that time is looked at; which is done where the newest entries
   * were not enough.
   */
  private async within({ since, until }: HistorySelection, rest: Stretch): Promise<Stretch> {
    if ((since === undefined && until === undefined) || rest.from >= rest.to) return rest;
    const times = [Prisma.sql`"at" >= ${since ?? 0}`, ...(until === undefined ? [] : [Prisma.sql`"at" <= ${until}`])];
    const [row] = await this.database.read<{ first: number | null; last: number | null }>(Prisma.sql`
      SELECT MIN("seq") AS "first", MAX("seq") AS "last" FROM "HistoryEntry" INDEXED BY "HistoryEntry_at_idx" ${where(times)}`);
    const { first = null, last = null } = row ?? {};
    if (first === null || last === null) return { from: rest.from, to: rest.from };
    return { from: Math.max(rest.from, first), to: Math.min(rest.to, last + 1) };
  }
}
