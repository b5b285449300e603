import { type Database, Prisma, where } from '../database/index.js';
import { among, type HistorySelection } from './history-query.js';
import { type Pattern } from './pattern.js';

/** An index and what is looked up in it: all rows that fit the query are among those that it gives. */
export interface Lookup {
  readonly index: Prisma.Sql;
  readonly condition: Prisma.Sql;
}

/** Columns that the history has an index of, each followed by seq. */
const INDEXES = {
  hostName: 'HistoryEntry_hostName_seq_idx',
  networkId: 'HistoryEntry_networkId_seq_idx',
  networkName: 'HistoryEntry_networkName_seq_idx',
  containerName: 'HistoryEntry_containerName_seq_idx',
  actor: 'HistoryEntry_by_actor',
  operationId: 'HistoryEntry_by_operation',
} as const;
type Column = keyof typeof INDEXES;

/** Most values that one lookup has: each is a step into the index. */
const MOST_VALUES = 200;
/** Most values that are held against a pattern with wildcards. */
const MOST_TRIED = 2_000;

const BY_OPERATION = Prisma.sql`h."operationId" IS NOT NULL`;

/** Finds what of a query can be looked up in an index. */
export class HistoryLookups {
  constructor(private readonly database: Pick<Database, 'read'>) {}

  async of({ bounds, network, container, actors, operation, byOperation }: HistorySelection): Promise<Lookup[]> {
    const found = [
      operation === undefined ? undefined : lookup('operationId', [operation]),
      network && (await this.ofNetwork(network)),
      // There is no index of the ids of containers.
      container === undefined || container.isId ? undefined : await this.ofNames('containerName', container),
      bounds && bounds.length <= MOST_VALUES
        ? lookup(
            'hostName',
            bounds.map(({ name }) => name),
          )
        : undefined,
      actors.length > 0 ? lookup('actor', actors) : byOperation ? await this.ofActors() : undefined,
    ];
    return found.filter((each) => each !== undefined);
  }

  /** Not where one network's id begins like another one's name: no lookup gives the rows of both. */
  private async ofNetwork(pattern: Pattern): Promise<Lookup | undefined> {
    if (!pattern.isId) return this.ofNames('networkName', pattern);
    const ids = await this.values('networkId', pattern.text);
    if (ids.length === 0) return lookup('networkName', [pattern.text]);
    const names = await this.values('networkName', pattern.text);
    return names.includes(pattern.text) || ids.length > MOST_VALUES ? undefined : lookup('networkId', ids);
  }

  /** By the names that fit, where they are not too many. */
  private async ofNames(column: Column, pattern: Pattern): Promise<Lookup | undefined> {
    if (!pattern.isWild) return lookup(column, [pattern.text]);
    const names = await this.values(column, pattern.prefix, MOST_TRIED);
    if (names.length > MOST_TRIED) return undefined;
    const fitting = await this.fitting(names, pattern);
    return fitting.length > MOST_VALUES ? undefined : lookup(column, fitting);
  }

  private async ofActors(): Promise<Lookup | undefined> {
    const actors = await this.values('actor', '');
    return actors.length > MOST_VALUES ? undefined : lookup('actor', actors);
  }

  /** Those of a list that a pattern fits, as the database understands it. */
  private async fitting(names: readonly string[], pattern: Pattern): Promise<string[]> {
    const rows = await this.database.read<{ value: string }>(
      Prisma.sql`SELECT n.value FROM json_each(${JSON.stringify(names)}) n
        WHERE ${pattern.fits(Prisma.raw('n.value'), Prisma.raw('n.value'))}`,
    );
    return rows.map(({ value }) => value);
  }

  /** Texts of a column that begin so, each found by one step along its index; one more than `most` where there are more. */
  private async values(column: Column, prefix: string, most = MOST_VALUES): Promise<string[]> {
    const next = (after: Prisma.Sql): Prisma.Sql => {
      const name = Prisma.raw(`h."${column}"`);
      const bounds = [after, Prisma.sql`${name} < ${`${prefix}\u{10ffff}`}`, ...given(column)];
      return Prisma.sql`(SELECT ${name} FROM "HistoryEntry" h INDEXED BY ${indexOf(column)} ${where(bounds)} ORDER BY ${name} LIMIT 1)`;
    };
    const name = Prisma.raw(`h."${column}"`);
    const rows = await this.database.read<{ value: string }>(Prisma.sql`
      WITH RECURSIVE "known"("value") AS (
        SELECT ${next(Prisma.sql`${name} >= ${prefix}`)}
        UNION ALL SELECT ${next(Prisma.sql`${name} > "known"."value"`)} FROM "known" WHERE "known"."value" IS NOT NULL
      ) SELECT "value" FROM "known" WHERE "value" IS NOT NULL LIMIT ${most + 1}`);
    return rows.map(({ value }) => value);
  }
}

const indexOf = (column: Column): Prisma.Sql => Prisma.raw(`"${INDEXES[column]}"`);

/** What has to stand in a query for an index of some of the rows. */
const given = (column: Column): Prisma.Sql[] => (column === 'actor' || column === 'operationId' ? [BY_OPERATION] : []);

const lookup = (column: Column, values: readonly string[]): Lookup => ({
  index: indexOf(column),
  condition: Prisma.join([among(column, values), ...given(column)], ' AND '),
});
