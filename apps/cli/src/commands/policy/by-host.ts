import type { PolicyPlanItemView } from '@fairlead/api';
import { renderTable } from '../../output/table.js';

/** More networks than that are counted by host before a question. */
export const MOST_LISTED = 20;
/** Most that are counted: more would be many pages of a plan. */
export const MOST_COUNTED = 2_000;

interface Removal extends Pick<PolicyPlanItemView, 'restorability'> {
  readonly host: string;
}

interface Count {
  readonly host: string;
  readonly networks: number;
  readonly exactly: number;
}

/** How many networks would go on each host, and how many of them could be restored exactly. */
export const renderByHost = (removals: readonly Removal[]): string => renderTable(COLUMNS, countByHost(removals));

const COLUMNS = [
  { header: 'HOST', cell: ({ host }: Count) => host },
  { header: 'NETWORKS', cell: ({ networks }: Count) => String(networks) },
  {
    header: 'RESTORABLE',
    cell: ({ networks, exactly }: Count) =>
      networks === exactly ? 'exactly' : `${exactly} exactly, ${networks - exactly} not`,
  },
];

/** In the order in which the hosts come. */
function countByHost(removals: readonly Removal[]): Count[] {
  const counts = new Map<string, Count>();
  for (const { host, restorability } of removals) {
    const { networks, exactly } = counts.get(host) ?? { networks: 0, exactly: 0 };
    counts.set(host, { host, networks: networks + 1, exactly: exactly + (restorability === 'exactly' ? 1 : 0) });
  }
  return [...counts.values()];
}
