import type { NETWORK_SORTS, NetworkQuery } from '@fairlead/api';
import type { ClientFlags } from '../../cli.js';
import type { HostFlags } from '../../flags.js';
import type { OutputFormat } from '../../output/format.js';
import { toNetworkQuery } from './query.js';

export interface LsFlags extends Omit<ClientFlags, 'output'>, HostFlags {
  readonly output?: OutputFormat | 'csv' | undefined;
  readonly filter?: readonly string[];
  readonly search?: string;
  readonly sort: (typeof NETWORK_SORTS)[number];
  readonly limit?: number;
  readonly overlays?: boolean;
  readonly removed?: boolean;
  readonly watch?: boolean;
  readonly quiet?: boolean;
  readonly trunc: boolean;
}

/** Which networks are asked for, and in which order. */
export const queryOf = (flags: LsFlags): Partial<Omit<NetworkQuery, 'limit' | 'cursor'>> => ({
  ...toNetworkQuery(flags.filter, flags),
  q: flags.search,
  sort: flags.sort,
});
