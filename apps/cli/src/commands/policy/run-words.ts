import type { RunItemView, RunView } from '@fairlead/api';
import { describeOutcome } from '../network/prune-output.js';

/** `12 removed, 1 kept, 1 failed of 14`; empty where the plan has nothing to remove, or is not there yet. */
export function describeProgress({ progress, outcome }: Pick<RunView, 'progress' | 'outcome'>): string {
  if (progress.total === 0) return '';
  if (outcome === 'reported') return `${progress.total} would go`;
  const rest = (['kept', 'failed', 'undone', 'skipped'] as const).filter((outcome) => progress[outcome] > 0);
  const counts = rest.map((outcome) => `, ${progress[outcome]} ${outcome}`).join('');
  return `${progress.removed} removed${counts} of ${progress.total}`;
}

/** `nightly 019ab2c4-…: running, 3 removed of 14`. */
export function describeRun(run: RunView): string {
  const { policy, id, reason } = run;
  // Of these the reason has the counts.
  const told = reason !== '' && (run.outcome === 'reported' || run.outcome === 'done') ? '' : describeProgress(run);
  return `${policy.name} ${id}: ${[run.outcome ?? run.state, told, reason].filter((part) => part !== '').join(', ')}`;
}

/** The instant of the schedule, or who ran it. */
export function describeInstant({ trigger, actor, scheduledFor, scheduledUntil, instants }: RunView): string {
  if (trigger === 'person' || scheduledFor === null) return actor;
  return scheduledUntil === null ? scheduledFor : `${scheduledFor} to ${scheduledUntil} (${instants} times)`;
}

/** `web-1/ci-42: kept, container one uses it`. */
export const describeItem = (item: RunItemView): string =>
  `${item.host}/${item.network.name}: ${describeOutcome({ ...item, outcome: item.outcome ?? item.state })}`;

/**
 * 0: all is done, or only told. 1: something failed or was undone, or the run ended in its midst. 4: it removed nothing, by
 * its rules or since nobody approved it. 75: of some network nobody knows what became of it.
 * @param items at least those that were not removed
 */
export function exitOf({ outcome, progress, state }: RunView, items: readonly RunItemView[]): number {
  if (items.some(({ code }) => code === 'outcome_unknown')) return 75;
  switch (outcome) {
    case null:
      return state === 'awaiting-approval' ? 4 : 75;
    case 'reported':
      return 0;
    case 'done':
      return progress.failed + progress.undone > 0 ? 1 : 0;
    case 'stopped':
    case 'cancelled':
    case 'failed':
      return 1;
    case 'capped':
    case 'expired':
    case 'missed':
    case 'skipped':
      return 4;
  }
}
