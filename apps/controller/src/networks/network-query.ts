import { type NetworkQuery } from '@fairlead/api';
import { FairleadError, parseAddress, parseLabelFilter, rangeKeys } from '@fairlead/domain';
import { Prisma } from '../database/index.js';

/** Where the page before ended: the sort value and the three columns that make every row's place unique. */
export interface PageEnd {
  readonly sort: NetworkQuery['sort'];
  readonly value: string;
  readonly hostName: string;
  readonly name: string;
  readonly id: string;
}

const COLUMNS = {
  name: 'name',
  host: 'hostName',
  driver: 'driver',
  created: 'createdAt',
  unused: 'unusedSinceAt',
} as const;

export function sortOf(sort: NetworkQuery['sort']): { readonly column: string; readonly descending: boolean } {
  const descending = sort.startsWith('-');
  return { column: COLUMNS[(descending ? sort.slice(1) : sort) as keyof typeof COLUMNS], descending };
}

export const encodeCursor = (end: PageEnd): string =>
  Buffer.from(JSON.stringify(Object.values(end))).toString('base64url');

/** @throws FairleadError `invalid_argument` for a cursor that no page of this sort order ended with */
export function decodeCursor(cursor: string, sort: NetworkQuery['sort']): PageEnd {
  const parts = readParts(cursor);
  const [given, value, hostName, name, id] = parts;
  if (given === sort && value !== undefined && hostName !== undefined && name !== undefined && id !== undefined) {
    return { sort, value, hostName, name, id };
  }
  throw new FairleadError('invalid_argument', 'The cursor does not belong to this query', {
    hint: 'Begin again without a cursor; pass nextCursor back as it was given, with the same sort order.',
  });
}

function readParts(cursor: string): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}

/** Text for LIKE, in which `%`, `_` and `\` stand for themselves. */
const contains = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
/** `*` and `?` are wildcards, as in a shell; brackets stand for themselves. */
const glob = (text: string): string => text.replace(/\[/g, '[[]');

const ofNetwork = Prisma.sql`"networkSeq" = n."seq"`;

/**
 * The conditions of a query on `"Network" n`.
 * @param hostNames the hosts that the query's host filters leave, or undefined where it has none
 */
export function conditionsOf(query: NetworkQuery, hostNames: readonly string[] | undefined): Prisma.Sql[] {
  const list = (column: string, values: readonly string[]): Prisma.Sql[] =>
    values.length === 0
      ? []
      : [Prisma.sql`n.${Prisma.raw(`"${column}"`)} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`];
  return [
    ...(hostNames === undefined
      ? []
      : [Prisma.sql`n."hostName" IN (SELECT value FROM json_each(${JSON.stringify(hostNames)}))`]),
    ...list('driver', query.driver),
    ...list('scope', query.scope),
    ...when(query.id, (id) => Prisma.sql`substr(n."id", 1, ${id.length}) = ${id}`),
    ...when(query.name, (name) => Prisma.sql`n."name" GLOB ${glob(name)}`),
    ...query.label.map(hasLabel),
    ...when(query.project, ofProject),
    ...when(query.container, hasContainer),
    ...when(query.address, holdsAddress),
    ...when(query.inUse, (used) => (used ? Prisma.sql`n."endpointCount" > 0` : Prisma.sql`n."endpointCount" = 0`)),
    ...when(query.predefined, (built) => Prisma.sql`n."predefined" = ${Number(built)}`),
    ...when(query.q, mentions),
  ];
}

const when = <T>(value: T | undefined, condition: (value: T) => Prisma.Sql): Prisma.Sql[] =>
  value === undefined ? [] : [condition(value)];

function hasLabel(text: string): Prisma.Sql {
  const { key, value } = parseLabelFilter(text);
  const valued = value === undefined ? Prisma.empty : Prisma.sql` AND "value" = ${value}`;
  return Prisma.sql`EXISTS (SELECT 1 FROM "NetworkLabel" WHERE ${ofNetwork} AND "key" = ${key}${valued})`;
}

const ofProject = (project: string): Prisma.Sql => Prisma.sql`(
  EXISTS (SELECT 1 FROM "Endpoint" WHERE ${ofNetwork} AND "project" = ${project})
  OR EXISTS (SELECT 1 FROM "NetworkLabel" WHERE ${ofNetwork} AND "key" = 'com.docker.compose.project' AND "value" = ${project}))`;

const hasContainer = (reference: string): Prisma.Sql => Prisma.sql`EXISTS (SELECT 1 FROM "Endpoint" WHERE ${ofNetwork}
  AND ("containerName" = ${reference} OR substr("containerId", 1, ${reference.length}) = ${reference}))`;

function holdsAddress(text: string): Prisma.Sql {
  const range = parseAddress(text);
  if (range === undefined) throw new FairleadError('invalid_argument', `'${text}' is not an address`);
  const { first } = rangeKeys(range);
  return Prisma.sql`EXISTS (SELECT 1 FROM "Subnet" WHERE ${ofNetwork} AND "firstAddress" <= ${first} AND "lastAddress" >= ${first})`;
}

function mentions(text: string): Prisma.Sql {
  const like = contains(text);
  return Prisma.sql`(n."name" LIKE ${like} ESCAPE '\\' OR n."id" LIKE ${like} ESCAPE '\\' OR n."hostName" LIKE ${like} ESCAPE '\\'
    OR n."driver" LIKE ${like} ESCAPE '\\'
    OR EXISTS (SELECT 1 FROM "Subnet" WHERE ${ofNetwork} AND "cidr" LIKE ${like} ESCAPE '\\')
    OR EXISTS (SELECT 1 FROM "NetworkLabel" WHERE ${ofNetwork} AND ("key" LIKE ${like} ESCAPE '\\' OR "value" LIKE ${like} ESCAPE '\\'))
    OR EXISTS (SELECT 1 FROM "Endpoint" WHERE ${ofNetwork} AND "containerName" LIKE ${like} ESCAPE '\\'))`;
}

/** Rows behind the end of the page before, in the order of the sort. */
export function after(end: PageEnd): Prisma.Sql {
  const { column, descending } = sortOf(end.sort);
  const name = Prisma.raw(`n."${column}"`);
  const beyond = descending ? Prisma.sql`${name} < ${end.value}` : Prisma.sql`${name} > ${end.value}`;
  return Prisma.sql`(${beyond} OR (${name} = ${end.value} AND (n."hostName", n."name", n."id") > (${end.hostName}, ${end.name}, ${end.id})))`;
}

export function orderOf(sort: NetworkQuery['sort']): Prisma.Sql {
  const { column, descending } = sortOf(sort);
  return Prisma.raw(`ORDER BY n."${column}" ${descending ? 'DESC' : 'ASC'}, n."hostName", n."name", n."id"`);
}
