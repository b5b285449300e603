import type { Client, NetworkView } from '@fairlead/api';
import { readPages } from '../../fleet/pages.js';
import { NO_SILENT_HOSTS, type SilentHosts } from '../../output/silent-hosts.js';
import { type LsFlags, queryOf } from './ls-flags.js';

export interface Listing {
  readonly networks: readonly NetworkView[];
  readonly silent: SilentHosts;
}

/** As many pages as it takes. */
export async function readListing(client: Client, flags: LsFlags, signal?: AbortSignal): Promise<Listing> {
  let silent: SilentHosts = NO_SILENT_HOSTS;
  const networks = await readPages(flags.limit ?? Infinity, async (page) => {
    const answer = await client.listNetworks({ query: { ...queryOf(flags), ...page }, signal });
    silent = answer;
    return answer;
  });
  return { networks, silent };
}
