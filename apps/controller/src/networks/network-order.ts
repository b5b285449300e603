import { type NetworkQuery } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { Prisma } from '../database/index.js';
import { type StoredNetwork } from './network.rows.js';

export type NetworkSort = NetworkQuery['sort'];

/** Where the page before ended: the sort value and the three columns that make every row's place unique. */
export interface PageEnd {
  readonly sort: NetworkSort;
  /** A number where it is sorted by the time since when a network is unused. */
  readonly value: string | number;
  readonly hostName: string;
  readonly name: string;
  readonly id: string;
}

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

  constructor(private readonly sort: NetworkSort) {
    this.descending = sort.startsWith('-');
    this.by = (this.descending ? sort.slice(1) : sort) as keyof typeof VALUES;
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
    return this.behind(['"value"', '"hostName"', '"name"', '"id"'], end && [end.value, end.hostName, end.name, end.id]);
  }

  /**
   * The walk along the index behind the end of the page before: one stretch, or two where the sort value may be null.
   * The columns are the index's own, so that SQLite sorts nothing but rows of one host and name.
   */
  stretches(end: PageEnd | undefined): Stretch[] {
    if (this.by !== 'unused') return [this.along(end)];
    const passedUnused = end !== undefined && (this.descending ? end.value !== IN_USE : end.value === IN_USE);
    const unused = this.stretch(
      ['n."unusedSinceAt"', 'n."hostName"', 'n."name"', 'n."id"'],
      end === undefined || end.value === IN_USE ? undefined : [end.value, end.hostName, end.name, end.id],
      Prisma.sql`n."unusedSinceAt" IS NOT NULL`,
    );
    const used = this.stretch(
      ['n."hostName"', 'n."name"', 'n."id"'],
      end?.value === IN_USE ? [end.hostName, end.name, end.id] : undefined,
      Prisma.sql`n."unusedSinceAt" IS NULL`,
    );
    const [first, second] = this.descending ? [used, unused] : [unused, used];
    return passedUnused ? [second] : [first, second];
  }

  endOf(stored: StoredNetwork): PageEnd {
    const { name, id } = stored.attributes;
    return { sort: this.sort, value: valueOf[this.by](stored), hostName: stored.hostName, name, id };
  }

  private along(end: PageEnd | undefined): Stretch {
    const columns = [...new Set([VALUES[this.by], 'n."hostName"', 'n."name"', 'n."id"'])];
    const places = new Map<string, string | number>();
    if (end !== undefined) {
      places.set('n."hostName"', end.hostName).set('n."name"', end.name).set('n."id"', end.id);
      places.set(VALUES[this.by], end.value);
    }
    return this.stretch(columns, end && columns.map((column) => places.get(column)!));
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

export const encodeCursor = (end: PageEnd): string =>
  Buffer.from(JSON.stringify([end.sort, end.value, end.hostName, end.name, end.id])).toString('base64url');

/** @throws FairleadError `invalid_argument` for a cursor that no page of this sort order ended with */
export function decodeCursor(cursor: string, sort: NetworkSort): PageEnd {
  const [given, value, ...place] = readParts(cursor);
  const fits = typeof value === (sort.endsWith('unused') ? 'number' : 'string');
  if (given === sort && fits && place.length === 3 && place.every((part) => typeof part === 'string')) {
    const [hostName, name, id] = place as [string, string, string];
    return { sort, value: value as string | number, hostName, name, id };
  }
  throw new FairleadError('invalid_argument', 'The cursor does not belong to this query', {
    hint: 'Begin again without a cursor; pass nextCursor back as it was given, with the same sort order.',
  });
}

function readParts(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
