import { type NetworkQuery } from '@fairlead/api';
import { Prisma } from '../database/index.js';
import { type StoredNetwork } from './network.rows.js';

export type NetworkSort = NetworkQuery['sort'];

/**
 * Where the page before ended: the sort value (a number where it is sorted by the time since when a network is unused) and
 * the three columns that make every row's place unique.
 */
export type PageEnd = readonly [value: string | number, hostName: string, name: string, id: string];

/** The place of networks in use among those sorted by the time since when they are unused: behind all. */
const IN_USE = Number.MAX_SAFE_INTEGER;

const VALUES = {
  name: 'n."name"',
  host: 'n."hostName"',
  driver: 'n."driver"',
  created: 'n."createdAt"',
  unused: `IFNULL(n."unusedSinceAt", ${IN_USE})`,
} as const;

/** The index that lies in the order of a sort. */
const INDEXES = {
  name: 'Network_by_name',
  host: 'Network_by_host',
  driver: 'Network_by_driver',
  created: 'Network_by_created',
  unused: 'Network_by_unused',
} as const;

const valueOf: { readonly [K in keyof typeof VALUES]: (stored: StoredNetwork) => string | number } = {
  name: ({ attributes }) => attributes.name,
  host: ({ hostName }) => hostName,
  driver: ({ attributes }) => attributes.driver,
  created: ({ attributes }) => attributes.createdAt,
  unused: ({ unusedSinceAt }) => unusedSinceAt ?? IN_USE,
};

/** One stretch of a walk along an index: what bounds it, and the columns that its rows are ordered by. */
export interface Stretch {
  readonly bounds: readonly Prisma.Sql[];
  readonly order: Prisma.Sql;
}

/**
 * The order of a list: a sort value, then host, name and id; turned round as a whole, so that an index serves both
 * ways.
 */
export class NetworkOrder {
  private readonly by: keyof typeof VALUES;
  private readonly descending: boolean;

  constructor(sort: NetworkSort) {
    this.descending = sort.startsWith('-');
    this.by = (this.descending ? sort.slice(1) : sort) as keyof typeof VALUES;
  }

  /** Of the parts of a PageEnd. */
  get endTypes() {
    return [this.by === 'unused' ? 'number' : 'string', 'string', 'string', 'string'] as const;
  }

  get index(): Prisma.Sql {
    return Prisma.raw(`"${INDEXES[this.by]}"`);
  }

  /** The sort value of a row of `"Network" n`. */
  get value(): Prisma.Sql {
    return Prisma.raw(VALUES[this.by]);
  }

  /** The order of rows that have the columns `value`, `hostName`, `name` and `id`. */
  get ofCandidates(): Prisma.Sql {
    return this.orderBy(['"value"', '"hostName"', '"name"', '"id"']);
  }

  /** What lies behind the end of the page before, of such rows. */
  candidatesAfter(end: PageEnd | undefined): Prisma.Sql[] {
    return this.behind(['"value"', '"hostName"', '"name"', '"id"'], end);
  }

  /**
   * The walk along the index behind the end of the page before: one stretch, or two where the sort value may be null.
   * The columns are the index's own, so that SQLite sorts nothing but rows of one host and name.
   */
  stretches(end: PageEnd | undefined): Stretch[] {
    if (this.by !== 'unused') return [this.along(end)];
    const endsInUse = end?.[0] === IN_USE;
    const passedFirst = end !== undefined && endsInUse !== this.descending;
    const unused = this.stretch(
      ['n."unusedSinceAt"', 'n."hostName"', 'n."name"', 'n."id"'],
      endsInUse ? undefined : end,
      Prisma.sql`n."unusedSinceAt" IS NOT NULL`,
    );
    const used = this.stretch(
      ['n."hostName"', 'n."name"', 'n."id"'],
      endsInUse ? end.slice(1) : undefined,
      Prisma.sql`n."unusedSinceAt" IS NULL`,
    );
    const [first, second] = this.descending ? [used, unused] : [unused, used];
    return passedFirst ? [second] : [first, second];
  }

  endOf(stored: StoredNetwork): PageEnd {
    const { name, id } = stored.attributes;
    return [valueOf[this.by](stored), stored.hostName, name, id];
  }

  private along(end: PageEnd | undefined): Stretch {
    const all = [VALUES[this.by], 'n."hostName"', 'n."name"', 'n."id"'];
    const columns = [...new Set(all)];
    return this.stretch(columns, end && columns.map((column) => end[all.indexOf(column)]!));
  }

  private stretch(columns: string[], end: readonly (string | number)[] | undefined, ...bounds: Prisma.Sql[]): Stretch {
    return { bounds: [...bounds, ...this.behind(columns, end)], order: this.orderBy(columns) };
  }

  private behind(columns: readonly string[], end: readonly (string | number)[] | undefined): Prisma.Sql[] {
    if (end === undefined) return [];
    const side = Prisma.raw(this.descending ? '<' : '>');
    return [Prisma.sql`(${Prisma.raw(columns.join(', '))}) ${side} (${Prisma.join([...end])})`];
  }

  private orderBy(columns: readonly string[]): Prisma.Sql {
    const direction = this.descending ? ' DESC' : '';
    return Prisma.raw(`ORDER BY ${columns.map((column) => column + direction).join(', ')}`);
  }
}
