import { type EndpointQuery } from '@fairlead/api';
import { type AddressRange, canonicalAddress, FairleadError } from '@fairlead/domain';
import { listed, Prisma } from '../database/index.js';
import { isIndexed, matchOfGlob, namedOrBegun, phrase } from '../inventory/network-text.js';
import { addressOf, around, begins, found, named } from '../networks/network-query.js';

/** What a query chooses endpoints by, apart from their hosts. */
export interface EndpointSelection {
  /** Statements that each give keys of networks as `seq`, none of them twice: whatever fits is on one that is in all. */
  readonly sets: readonly Prisma.Sql[];
  /** Conditions on columns of `"Network" n` that lie in the indexes by name and host. */
  readonly networks: readonly Prisma.Sql[];
  /** The network's name where there can be but one. */
  readonly networkName: string | undefined;
  /** Conditions on `"Endpoint" e`. */
  readonly endpoints: readonly Prisma.Sql[];
}

/** Filters on what a row itself says; the others are about hosts. */
export type EndpointFilters = Pick<
  EndpointQuery,
  'address' | 'container' | 'mac' | 'network' | 'project' | 'service' | 'state'
>;

type Part = Partial<EndpointSelection>;

/** @throws FairleadError `invalid_argument` */
export function selectionOf(query: EndpointFilters): EndpointSelection {
  const parts: readonly Part[] = [
    ...given(query.address, holding),
    ...given(query.container, ofContainer),
    ...given(query.mac, (mac) => ({ endpoints: [Prisma.sql`e."mac" IN ${listed(macTexts(mac))}`] })),
    ...given(query.network, onNetwork),
    ...given(query.project, (project) => ({
      sets: [Prisma.sql`SELECT "networkSeq" AS "seq" FROM "NetworkProject" WHERE "project" = ${project}`],
      endpoints: [Prisma.sql`e."project" = ${project}`],
    })),
    ...given(query.service, (service) => ({
      sets: isIndexed(service) ? [found(phrase(service))] : [],
      endpoints: [Prisma.sql`e."service" = ${service}`],
    })),
    query.state.length === 0 ? {} : { endpoints: [Prisma.sql`e."state" IN ${listed(query.state)}`] },
  ];
  return {
    sets: parts.flatMap(({ sets = [] }) => sets),
    networks: parts.flatMap(({ networks = [] }) => networks),
    networkName: parts.find(({ networkName }) => networkName !== undefined)?.networkName,
    endpoints: parts.flatMap(({ endpoints = [] }) => endpoints),
  };
}

const given = <T>(value: T | undefined, part: (value: T) => Part): Part[] => (value === undefined ? [] : [part(value)]);

/** Through the text index, where it knows a word of it whole or by its beginning. */
function ofContainer(reference: string): Part {
  const isPattern = /[*?]/.test(reference);
  const name = Prisma.sql`e."containerName"`;
  const endpoints = isPattern
    ? named(name, reference)
    : [Prisma.sql`(${name} = ${reference} OR ${begins(Prisma.sql`e."containerId"`, reference)})`];
  const match = isPattern ? matchOfGlob(reference) : isIndexed(reference) ? namedOrBegun(reference) : undefined;
  return { sets: match === undefined ? [] : [found(match)], endpoints };
}

/** By name, or by the beginning of an id where it may be one. */
function onNetwork(reference: string): Part {
  const name = Prisma.sql`n."name"`;
  if (/[*?]/.test(reference)) return { networks: named(name, reference) };
  if (!/^[0-9a-z]{12,64}$/.test(reference)) {
    return { networks: [Prisma.sql`${name} = ${reference}`], networkName: reference };
  }
  return {
    sets: [
      Prisma.sql`SELECT "seq" FROM "Network" INDEXED BY "Network_by_name" WHERE "name" = ${reference}
        UNION SELECT "seq" FROM "Network" WHERE ${begins(Prisma.sql`"id"`, reference)}`,
    ],
  };
}

/** Engines write addresses as Go does, in their canonical form. */
function holding(text: string): Part {
  const range = addressOf(text);
  const column = Prisma.raw(range.family === 4 ? 'e."ipv4"' : 'e."ipv6"');
  return {
    sets: [Prisma.sql`${around(range)} UNION ${unpooled(range)}`],
    endpoints: [Prisma.sql`${column} = ${canonicalAddress(text)}`],
  };
}

/** Drivers whose networks have no addresses at all, and Docker's own that give none without a pool. */
const ADDRESSLESS = ['host', 'null'];
const POOLED = ['bridge', 'overlay'];

/**
 * Networks that may give addresses of a family without a pool of it that we know: of macvlan, plugins and the like, and
 * Podman's bridges. The drivers that there are are read off the index, from each to the next.
 */
const unpooled = ({ family }: AddressRange): Prisma.Sql => Prisma.sql`
  SELECT "seq" FROM (
    WITH RECURSIVE "known"("driver") AS (
      SELECT MIN("driver") FROM "Network"
      UNION ALL SELECT (SELECT MIN("driver") FROM "Network" WHERE "driver" > "known"."driver") FROM "known"
        WHERE "driver" IS NOT NULL)
    SELECT n."seq" FROM "known" CROSS JOIN "Network" n INDEXED BY "Network_by_driver" ON n."driver" = "known"."driver"
      WHERE "known"."driver" NOT IN ${listed([...ADDRESSLESS, ...POOLED])} AND ${hasNoPool(family)}
    UNION SELECT n."seq" FROM "Host" h CROSS JOIN "Network" n INDEXED BY "Network_by_driver" ON n."hostName" = h."name"
      WHERE h."engineKind" = 'podman' AND n."driver" IN ${listed(POOLED)} AND ${hasNoPool(family)})`;

const hasNoPool = (family: 4 | 6): Prisma.Sql => Prisma.sql`n."endpointCount" > 0
  AND NOT EXISTS (SELECT 1 FROM "Subnet" s WHERE s."networkSeq" = n."seq" AND s."family" = ${family})`;

/**
 * As engines write it: with colons, on Windows with dashes.
 * @throws FairleadError `invalid_argument`
 */
function macTexts(text: string): string[] {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5,19}$/i.test(text)) {
    throw new FairleadError('invalid_argument', `'${text}' is not a MAC address`, {
      hint: 'Write it in full, such as 02:42:ac:12:00:02.',
    });
  }
  const colons = text.replaceAll('-', ':');
  return [colons, text.replaceAll(':', '-')].flatMap((form) => [form.toLowerCase(), form.toUpperCase()]);
}
