import { type HistoryQuery } from '@fairlead/api';
import { parseUntil } from '@fairlead/domain';
import { listed, Prisma } from '../database/index.js';
import { type HostBounds } from '../hosts/hosts.service.js';
import { Pattern } from './pattern.js';

/** What of the history a query leaves. */
export interface HistorySelection {
  /** Conditions on columns of `"HistoryEntry" h`, but for hosts. */
  readonly conditions: readonly Prisma.Sql[];
  /** The hosts that it is about; undefined: all that there ever were. */
  readonly bounds: HostBounds | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly network: Pattern | undefined;
  readonly container: Pattern | undefined;
  readonly actors: readonly string[];
  readonly operation: string | undefined;
  readonly byOperation: boolean;
}

/**
 * @param now milliseconds since the epoch
 * @throws FairleadError `invalid_argument`
 */
export function selectionOf(query: HistoryQuery, bounds: HostBounds | undefined, now: number): HistorySelection {
  const { kind, actor, by, operation } = query;
  const since = query.since === undefined ? undefined : parseUntil(query.since, now);
  const until = query.until === undefined ? undefined : parseUntil(query.until, now);
  const network = query.network === undefined ? undefined : new Pattern(query.network);
  const container = query.container === undefined ? undefined : new Pattern(query.container);
  return {
    conditions: [
      ...(kind.length === 0 ? [] : [among('kind', kind)]),
      ...(actor.length === 0 ? [] : [among('actor', actor)]),
      ...(by === undefined ? [] : [Prisma.sql`h."operationId" IS ${by === 'outside' ? NULL : NOT_NULL}`]),
      ...(operation === undefined ? [] : [Prisma.sql`h."operationId" = ${operation}`]),
      ...(since === undefined ? [] : [Prisma.sql`h."at" >= ${since}`]),
      ...(until === undefined ? [] : [Prisma.sql`h."at" <= ${until}`]),
      ...(network === undefined ? [] : [network.fits(Prisma.sql`h."networkName"`, Prisma.sql`h."networkId"`)]),
      ...(container === undefined ? [] : [onContainer(container)]),
    ],
    bounds,
    since,
    until,
    network,
    container,
    actors: actor,
    operation,
    byOperation: by === 'operation',
  };
}

const NULL = Prisma.raw('NULL');
const NOT_NULL = Prisma.raw('NOT NULL');

/** `*` does not fit the empty name of what is about the network itself. */
const onContainer = (pattern: Pattern): Prisma.Sql =>
  Prisma.sql`h."containerId" <> '' AND ${pattern.fits(Prisma.sql`h."containerName"`, Prisma.sql`h."containerId"`)}`;

export const among = (column: string, values: readonly (string | number)[]): Prisma.Sql =>
  Prisma.sql`h.${Prisma.raw(`"${column}"`)} IN ${listed(values)}`;
