import { type PlanSummaryView } from '@fairlead/api';
import { counted } from '@fairlead/domain';
import { type ItemCounts } from './run.js';

const OUTCOMES = ['removed', 'kept', 'undone', 'failed', 'skipped'] as const;

/** `12 networks removed, 1 kept` */
export function describeCounts(counts: ItemCounts): string {
  const parts = OUTCOMES.filter((outcome) => counts[outcome] > 0 || outcome === 'removed').map(
    (outcome, index) => `${index === 0 ? counted(counts[outcome], 'network') : counts[outcome]} ${outcome}`,
  );
  return parts.join(', ');
}

/** `; 2 hosts were left out, since they were not live` */
export const describeLeftOut = ({ leftOutTotal: hosts }: PlanSummaryView): string =>
  hosts === 0 ? '' : `; ${counted(hosts, 'host')} ${hosts === 1 ? 'was' : 'were'} left out as not live`;
