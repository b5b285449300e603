import type { Client, NetworkView } from '@fairlead/api';
import { readPages } from '../../fleet/pages.js';
import type { SilentHosts } from '../../output/silent-hosts.js';
import { type LsFlags, queryOf } from './ls-flags.js';

export interface Listing {
  readonly networks: readonly NetworkView[];
  readonly silent: SilentHosts;
}

/** As many pages as it takes. */
export async function readListing(client: Client, flags: LsFlags, signal?: AbortSignal): Promise<Listing> {
  const { rows, last } = await readPages(flags.limit ?? Infinity, (page) =>
    client.listNetworks({ query: { ...queryOf(flags), ...page }, signal }),
  );
  return { networks: rows, silent: last };
}
