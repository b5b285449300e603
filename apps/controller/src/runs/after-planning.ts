import { type NotificationEvent } from '../notifications/notice.js';
import { type PlanSummaryView } from '@fairlead/api';
import { counted, parseDuration, type PolicyRunMode } from '@fairlead/domain';
import { toTimestamp } from '../clock.js';
import { type RunChange } from './run-rows.js';
import { describeLeftOut } from './run-words.js';

/** Where a run goes from its plan, and what is told of it. */
export interface Decision {
  readonly change: RunChange & Pick<Required<RunChange>, 'state' | 'reason'>;
  readonly event: NotificationEvent | undefined;
}

/**
 * What a plan leads to. Nothing has been done yet: a plan above a cap ends here, whatever the mode.
 * @param approveWithin as the policy says it @param at milliseconds since the epoch
 */
export function afterPlanning(
  mode: PolicyRunMode,
  summary: PlanSummaryView,
  approveWithin: string,
  at: number,
): Decision {
  const { remove, overCaps } = summary;
  const end = (outcome: 'reported' | 'done' | 'capped', reason: string): Decision => ({
    change: { state: 'finished', outcome, reason: `${reason}${describeLeftOut(summary)}`, finishedAt: at },
    event: outcome === 'capped' ? 'cap-reached' : 'finished',
  });
  if (mode === 'report') return end('reported', describeReport(summary));
  if (remove === 0) return end('done', 'there was nothing to remove');
  if (overCaps.length > 0) return end('capped', `nothing was removed: ${overCaps.join('; ')}`);
  if (mode === 'apply') return { change: { state: 'running', reason: '', startedAt: at }, event: undefined };
  const expiresAt = at + parseDuration(approveWithin);
  const reason = `the removal of ${counted(remove, 'network')} waits for approval until ${toTimestamp(expiresAt)}`;
  return { change: { state: 'awaiting-approval', reason, expiresAt }, event: 'approval-needed' };
}

function describeReport({ remove, overCaps }: PlanSummaryView): string {
  const told = `the policy only reports: ${counted(remove, 'network')} would have been removed`;
  return overCaps.length === 0 ? told : `${told}, but for the caps: ${overCaps.join('; ')}`;
}
