import { type HostQuery } from '@fairlead/api';
import { checkHostName, FairleadError } from '@fairlead/domain';
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
export function pageOf(hosts: readonly StoredHost[], { limit, cursor }: Pick<HostQuery, 'limit' | 'cursor'>): HostPage {
  const begin = cursor === undefined ? 0 : firstAfter(hosts, nameIn(cursor));
  const page = hosts.slice(begin, begin + limit);
  const last = page.at(-1);
  const more = begin + limit < hosts.length;
  return { hosts: page, nextCursor: more && last ? Buffer.from(last.name).toString('base64url') : null };
}

function nameIn(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString();
  try {
    checkHostName(name);
  } catch {
    throw new FairleadError('invalid_argument', 'The cursor does not belong to this query', {
      hint: 'Begin again without a cursor; pass nextCursor back as it was given.',
    });
  }
  return name;
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
