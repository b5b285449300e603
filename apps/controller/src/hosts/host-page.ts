import { type HostQuery } from '@fairlead/api';
import { pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { type StoredHost } from './hosts.store.js';

export interface HostPage {
  readonly hosts: readonly StoredHost[];
  readonly nextCursor: string | null;
}

/**
 * A page of hosts that are in order of name. The cursor is the last name before it, so that hosts that come or go between
 * two pages move no other.
 * @throws FairleadError `invalid_argument` for a cursor that no page ended with
 */
export function pageOf(hosts: readonly StoredHost[], query: Pick<HostQuery, 'limit' | 'cursor'>): HostPage {
  const cursor = new PageCursor('hosts', query);
  const begin = query.cursor === undefined ? 0 : firstAfter(hosts, cursor.read(query.cursor, ['string'])[0]);
  const rest = hosts.slice(begin, begin + query.limit + 1);
  const { items, nextCursor } = pageFrom(rest, query.limit, ({ name }) => cursor.write(name));
  return { hosts: items, nextCursor };
}

/** Place of the first host whose name comes after this one. */
function firstAfter(hosts: readonly StoredHost[], name: string): number {
  let [low, high] = [0, hosts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hosts[middle]!.name <= name) low = middle + 1;
    else high = middle;
  }
  return low;
}
