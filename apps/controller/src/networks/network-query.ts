import { type NetworkFilters } from '@fairlead/api';
import {
  type AddressRange,
  enclosingRanges,
  FairleadError,
  parseAddress,
  parseCidr,
  parseDuration,
  parseLabelFilter,
  rangeKeys,
} from '@fairlead/domain';
import { listed, Prisma } from '../database/index.js';
import { ID_DIGITS, matchOf, namedOrBegun, wordsOf } from '../inventory/network-text.js';

/** What a query chooses networks by, apart from their hosts. */
export interface Selection {
  /** Conditions on columns of `"Network" n` that lie in the indexes by name, host and driver. */
  readonly columns: readonly Prisma.Sql[];
  /** Statements that each give keys of networks as `seq`, none of them twice. A network must be in all. */
  readonly sets: readonly Prisma.Sql[];
  /** The same for those that have been unused for long enough, as a condition: there may be very many of them. */
  readonly unused: Prisma.Sql | undefined;
}

/** Filters on what a row itself says; hosts, `on`, `freshness` and `simulated` are about hosts. */
export type RowFilters = Omit<NetworkFilters, 'host' | 'on' | 'freshness' | 'simulated'>;

/**
 * @param now milliseconds since the epoch
 * @throws FairleadError `invalid_argument`
 */
export const selectionOf = (query: RowFilters, now: number): Selection => ({
  columns: [
    ...list('driver', query.driver),
    ...list('scope', query.scope),
    ...when(query.name, (name) => named(Prisma.sql`n."name"`, name)),
    ...when(query.inUse, (used) => (used ? Prisma.sql`n."endpointCount" > 0` : Prisma.sql`n."endpointCount" = 0`)),
    ...when(query.predefined, (built) => Prisma.sql`n."predefined" = ${Number(built)}`),
    ...wordsOf(query.q ?? '').symbols.map((word) => Prisma.sql`instr(n."name", ${word}) > 0`),
  ],
  sets: [
    ...when(query.id, (id) => Prisma.sql`SELECT "seq" FROM "Network" WHERE ${begins(Prisma.sql`"id"`, id)}`),
    ...query.label.map(labelled),
    ...when(
      query.project,
      (text) => Prisma.sql`SELECT "networkSeq" AS "seq" FROM "NetworkProject" WHERE "project" = ${text}`,
    ),
    ...when(query.container, holdsContainer),
    ...when(query.address, (text) => around(addressOf(text))),
    ...when(query.overlaps, (text) => overlapping(parseCidr(text))),
    ...mentioned(query.q ?? ''),
  ],
  unused:
    query.unusedFor === undefined
      ? undefined
      : Prisma.sql`n."unusedSinceAt" <= ${now - parseDuration(query.unusedFor)}`,
});

const when = <T>(value: T | undefined, condition: (value: T) => Prisma.Sql | Prisma.Sql[]): Prisma.Sql[] =>
  value === undefined ? [] : [condition(value)].flat();

const list = (column: string, values: readonly string[]): Prisma.Sql[] =>
  values.length === 0 ? [] : [Prisma.sql`n.${Prisma.raw(`"${column}"`)} IN ${listed(values)}`];

/** `*` and `?` are wildcards, as in a shell; brackets stand for themselves. */
const glob = (text: string): string => text.replace(/\[/g, '[[]');

/** A name with wildcards. What stands before the first of them bounds the part of an index that is looked at. */
export function named(column: Prisma.Sql, pattern: string): Prisma.Sql[] {
  const wild = pattern.search(/[*?]/);
  if (wild < 0) return [Prisma.sql`${column} = ${pattern}`];
  const matches = Prisma.sql`${column} GLOB ${glob(pattern)}`;
  return wild === 0 ? [matches] : [begins(column, pattern.slice(0, wild)), matches];
}

/** That a text begins with another, as a range, which an index can serve. No text of ours holds U+10FFFF. */
export const begins = (column: Prisma.Sql, prefix: string): Prisma.Sql =>
  Prisma.sql`(${column} >= ${prefix} AND ${column} < ${`${prefix}\u{10ffff}`})`;

function labelled(text: string): Prisma.Sql {
  const { key, value } = parseLabelFilter(text);
  const valued = value === undefined ? Prisma.empty : Prisma.sql` AND "value" = ${value}`;
  return Prisma.sql`SELECT "networkSeq" AS "seq" FROM "NetworkLabel" WHERE "key" = ${key}${valued}`;
}

/** The text index leaves few; what it does not know (names in letters newer than its tables) is not found. */
const holdsContainer = (reference: string): Prisma.Sql => Prisma.sql`
  SELECT t.rowid AS "seq" FROM "NetworkText" t WHERE t."NetworkText" MATCH ${namedOrBegun(reference)}
    AND EXISTS (SELECT 1 FROM "Endpoint" e WHERE e."networkSeq" = t.rowid
      AND (e."containerName" = ${reference} OR ${begins(Prisma.sql`e."containerId"`, reference)}))`;

/** @throws FairleadError `invalid_argument` */
export function addressOf(text: string): AddressRange {
  const range = parseAddress(text);
  if (range !== undefined) return range;
  throw new FairleadError('invalid_argument', `'${text}' is not an address`, {
    hint: 'Write an IPv4 or IPv6 address in full, such as 10.20.3.7 or fd00:1::7.',
  });
}

/** Networks with a subnet that contains a whole range. */
export const around = (range: AddressRange): Prisma.Sql => {
  const pairs = enclosingRanges(range).map((each) => Object.values(rangeKeys(each)));
  return Prisma.sql`SELECT DISTINCT s."networkSeq" AS "seq" FROM json_each(${JSON.stringify(pairs)}) r
    CROSS JOIN "Subnet" s ON s."firstAddress" = r.value->>0 AND s."lastAddress" = r.value->>1`;
};

function overlapping(range: AddressRange): Prisma.Sql {
  const { first, last } = rangeKeys(range);
  return Prisma.sql`${around(range)} UNION
    SELECT "networkSeq" FROM "Subnet" WHERE "firstAddress" >= ${first} AND "firstAddress" <= ${last}`;
}

/** Networks that fit all words: by the text index; an address also by the subnets that contain it. */
function mentioned(q: string): Prisma.Sql[] {
  const { plain, ids } = wordsOf(q);
  const addresses = plain.filter((word) => parseAddress(word) !== undefined);
  const others = plain.filter((word) => !addresses.includes(word));
  return [
    ...(others.length === 0 ? [] : [found(matchOf(others))]),
    ...addresses.map((word) => Prisma.sql`${found(matchOf([word]))} UNION ${around(addressOf(word))}`),
    ...ids.map(identified),
  ];
}

/** Networks that the text index finds. */
export const found = (match: string): Prisma.Sql =>
  Prisma.sql`SELECT rowid AS "seq" FROM "NetworkText" WHERE "NetworkText" MATCH ${match}`;

/** The text index holds the beginning of an id only; the rest is looked at on the rows. */
const identified = (id: string): Prisma.Sql => Prisma.sql`${found(matchOf([id]))} UNION
  SELECT t.rowid FROM "NetworkText" t WHERE t."NetworkText" MATCH ${matchOf([id.slice(0, ID_DIGITS)])} AND (
    EXISTS (SELECT 1 FROM "Network" n WHERE n."seq" = t.rowid AND ${begins(Prisma.sql`n."id"`, id)})
    OR EXISTS (SELECT 1 FROM "Endpoint" e WHERE e."networkSeq" = t.rowid AND ${begins(Prisma.sql`e."containerId"`, id)}))`;
