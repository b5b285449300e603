import { endpointQuery } from '@fairlead/api';
import { type FleetSite } from './fleet-site.js';

/** One question about the fleet, as REST is asked it. */
export interface Query {
  readonly what: string;
  readonly list: 'networks' | 'endpoints';
  readonly query: Readonly<Record<string, string>>;
}

/** What people ask, and what is dear: no filter, in each order, far into the list, by text, by address. */
const OF_NETWORKS: readonly Omit<Query, 'list'>[] = [
  { what: 'all, by name', query: {} },
  { what: 'all, newest first', query: { sort: '-created' } },
  { what: 'all, by host', query: { sort: 'host' } },
  { what: 'all, by driver', query: { sort: 'driver' } },
  { what: 'all, longest unused first', query: { sort: 'unused' } },
  { what: 'driver macvlan on env=prod', query: { driver: 'macvlan', on: 'env=prod' } },
  { what: 'driver bridge, in use, on role=db', query: { driver: 'bridge', inUse: 'true', on: 'role=db' } },
  { what: 'who holds 10.20.3.7', query: { address: '10.20.3.7' } },
  { what: 'overlaps 192.168.16.0/24', query: { overlaps: '192.168.16.0/24' } },
  { what: 'unused, by host', query: { inUse: 'false', predefined: 'false', sort: 'host' } },
  { what: 'unused for 30 d', query: { unusedFor: '30d' } },
  { what: 'unused for 1 s', query: { unusedFor: '1s' } },
  { what: 'project shop', query: { project: 'shop' } },
  { what: 'name shop_*', query: { name: 'shop_*' } },
  { what: 'container shop-api-1', query: { container: 'shop-api-1' } },
  { what: 'text "grafana exporter"', query: { q: 'grafana exporter' } },
  { what: 'label owner=data, newest first', query: { label: 'owner=data', sort: '-created' } },
];

/** Of endpoints: what lies in the order of the list, and what is found through the networks that may hold it. */
const OF_ENDPOINTS: readonly Omit<Query, 'list'>[] = [
  { what: 'all endpoints', query: {} },
  { what: 'all endpoints on env=prod', query: { on: 'env=prod' } },
  { what: 'endpoint with 10.20.3.7', query: { address: '10.20.3.7' } },
  { what: 'endpoint with 172.18.0.5', query: { address: '172.18.0.5' } },
  { what: 'endpoints of container shop-api-1', query: { container: 'shop-api-1' } },
  { what: 'endpoints of containers shop-*-1', query: { container: 'shop-*-1' } },
  { what: 'endpoints of project shop', query: { project: 'shop' } },
  { what: 'stopped ones of project shop on role=db', query: { project: 'shop', state: 'exited', on: 'role=db' } },
  { what: 'endpoints on networks shop_*', query: { network: 'shop_*' } },
];

/** Of endpoints, for whose number every endpoint of the fleet is looked at. */
const DEAR: readonly Omit<Query, 'list'>[] = [
  { what: 'endpoints that run', query: { state: 'running' } },
  { what: 'endpoints that run on env=prod', query: { state: 'running', on: 'env=prod' } },
  { what: 'endpoint with MAC 02:42:ac:12:00:05', query: { mac: '02:42:ac:12:00:05' } },
  { what: 'endpoints of containers *eb*', query: { container: '*eb*' } },
];

const of =
  (list: Query['list']) =>
  (query: Omit<Query, 'list'>): Query => ({ list, ...query });
export const QUERIES: readonly Query[] = [...OF_NETWORKS.map(of('networks')), ...OF_ENDPOINTS.map(of('endpoints'))];

/** Those, and the page behind the first of each that has more: it has the number from there. */
export async function dearQueries({ site }: FleetSite): Promise<Query[]> {
  const queries: Query[] = [];
  for (const { what, query } of DEAR) {
    queries.push({ list: 'endpoints', what, query });
    const { nextCursor } = await site.client.listEndpoints({ query: endpointQuery.parse(query) });
    if (nextCursor === null) continue;
    queries.push({ list: 'endpoints', what: `${what}, second page`, query: { ...query, cursor: nextCursor } });
  }
  return queries;
}

/** Pages that are turned before a deep one is measured. */
const DEEP_PAGES = 40;

/** A page far behind the first. */
export async function deepQuery({ site }: FleetSite): Promise<Query> {
  let cursor: string | undefined;
  for (let page = 0; page < DEEP_PAGES; page++) {
    const query = { limit: 500, sort: '-created' as const, ...(cursor !== undefined && { cursor }) };
    const { nextCursor } = await site.client.listNetworks({ query });
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return {
    list: 'networks',
    what: `page behind ${DEEP_PAGES * 500} others`,
    query: { sort: '-created', ...(cursor !== undefined && { cursor }) },
  };
}

export const pathOf = ({ list, query }: Query): string => `${list}?${new URLSearchParams(query).toString()}`;
