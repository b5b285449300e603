import { type ContainerState, type Endpoint, type Network, type NetworkAttributes } from '@fairlead/domain';

/** A row of the list: the columns that queries touch, and the record as JSON text. */
export interface NetworkRow {
  readonly hostName: string;
  readonly id: string;
  readonly predefined: boolean | number | bigint;
  readonly endpointCount: number | bigint;
  readonly activeEndpointCount: number | bigint;
  readonly firstSeenAt: number | bigint;
  readonly record: unknown;
}

export interface EndpointRow {
  readonly hostName: string;
  readonly networkId: string;
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

/** A network of one host with what the controller noted about it. */
export interface StoredNetwork {
  readonly hostName: string;
  readonly attributes: NetworkAttributes;
  readonly predefined: boolean;
  readonly endpointCount: number;
  readonly activeEndpointCount: number;
  /** Milliseconds since the epoch. */
  readonly firstSeenAt: number;
}

/** JSON columns come as text from raw SQL and as values from the client. */
const parsed = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);

export const toStored = (row: NetworkRow): StoredNetwork => ({
  hostName: row.hostName,
  attributes: parsed(row.record) as NetworkAttributes,
  predefined: Boolean(Number(row.predefined)),
  endpointCount: Number(row.endpointCount),
  activeEndpointCount: Number(row.activeEndpointCount),
  firstSeenAt: Number(row.firstSeenAt),
});

export function toEndpoint({ hostName: _host, networkId: _network, ...row }: EndpointRow): Endpoint {
  return { ...row, state: row.state as ContainerState, aliases: parsed(row.aliases) as string[] };
}

export const toNetwork = (attributes: NetworkAttributes, endpoints: readonly EndpointRow[]): Network => ({
  ...attributes,
  endpoints: endpoints.map(toEndpoint),
});
