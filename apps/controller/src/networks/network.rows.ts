import { type ContainerState, type Endpoint, type Network, type NetworkAttributes } from '@fairlead/domain';
import { Prisma } from '../database/index.js';

/** The columns of a row of `"Network" n`. */
export const NETWORK_COLUMNS = Prisma.sql`n."seq", n."hostName", n."id", n."predefined", n."endpointCount", n."activeEndpointCount", n."firstSeenAt", n."unusedSinceAt", n."record"`;

/** A row of the list: the columns that queries touch, and the record as JSON text. */
export interface NetworkRow {
  readonly seq: number | bigint;
  readonly hostName: string;
  readonly id: string;
  readonly predefined: boolean | number | bigint;
  readonly endpointCount: number | bigint;
  readonly activeEndpointCount: number | bigint;
  readonly firstSeenAt: number | bigint;
  readonly unusedSinceAt: number | bigint | null;
  readonly record: unknown;
}

export interface EndpointRow {
  readonly networkSeq: number | bigint;
  readonly containerId: string;
  readonly containerName: string;
  readonly state: string;
  readonly endpointId: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly mac: string;
  readonly aliases: unknown;
  readonly project: string;
  readonly service: string;
}

/** What only the controller knows of a network. Milliseconds since the epoch. */
export interface Standing {
  readonly firstSeenAt: number;
  /** Since when every look has shown no container on it, later by the time without looks; null while there is one. */
  readonly unusedSinceAt: number | null;
}

/** A network of one host with what the controller noted about it. */
export interface StoredNetwork extends Standing {
  /** Key of its row; other tables name it by this. */
  readonly seq: number;
  readonly hostName: string;
  readonly attributes: NetworkAttributes;
  readonly predefined: boolean;
  readonly endpointCount: number;
  readonly activeEndpointCount: number;
}

/** JSON columns come as text from raw SQL and as values from the client. */
const parsed = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);

export const toStored = (row: NetworkRow): StoredNetwork => ({
  seq: Number(row.seq),
  hostName: row.hostName,
  attributes: parsed(row.record) as NetworkAttributes,
  predefined: Boolean(Number(row.predefined)),
  endpointCount: Number(row.endpointCount),
  activeEndpointCount: Number(row.activeEndpointCount),
  firstSeenAt: Number(row.firstSeenAt),
  unusedSinceAt: row.unusedSinceAt === null ? null : Number(row.unusedSinceAt),
});

export function toEndpoint({ networkSeq: _network, ...row }: EndpointRow): Endpoint {
  return { ...row, state: row.state as ContainerState, aliases: parsed(row.aliases) as string[] };
}

/** The standing of a network as it is seen at `at`, from the one that it had before, if it was there. */
export const standingAt = (
  { endpoints }: Pick<Network, 'endpoints'>,
  before: Standing | undefined,
  at: number,
): Standing => ({
  firstSeenAt: before?.firstSeenAt ?? at,
  unusedSinceAt: endpoints.length > 0 ? null : (before?.unusedSinceAt ?? at),
});

/** The standing after `ms` in which nobody looked, seen at `at`: that time counts as use. */
export const unseenFor = <S extends Standing>(standing: S, ms: number, at: number): S => ({
  ...standing,
  unusedSinceAt: standing.unusedSinceAt === null ? null : Math.min(standing.unusedSinceAt + ms, at),
});

export const toNetwork = (attributes: NetworkAttributes, endpoints: readonly EndpointRow[]): Network => ({
  ...attributes,
  endpoints: endpoints.map(toEndpoint),
});
