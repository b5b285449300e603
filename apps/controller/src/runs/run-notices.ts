import { API_PREFIX, type PolicySpecView, type RunOutcome } from '@fairlead/api';
import { v7 as uuidv7 } from 'uuid';
import { type Statement } from '../database/index.js';
import { type NotificationEvent } from '../notifications/notice.js';
import { type Notifier } from '../notifications/notifier.js';
import { type ItemCounts, type StoredRun } from './run.js';

const TITLES: Readonly<Record<NotificationEvent, string>> = {
  finished: 'has finished',
  failed: 'has failed in part',
  'approval-needed': 'needs an approval',
  'cap-reached': 'would remove more than it may',
  held: 'is held',
};

/** Ends that are told by words of their own. */
const ENDS: Readonly<Partial<Record<RunOutcome, string>>> = {
  stopped: 'was stopped',
  cancelled: 'was cancelled',
  failed: 'has failed',
  expired: 'has expired',
  missed: 'was missed',
};

/** Ends that somebody has to look at. */
const FAILURES: ReadonlySet<RunOutcome> = new Set<RunOutcome>(['stopped', 'failed', 'expired', 'missed']);

/** What is told of a run that has come to its end. */
export function eventOfEnd(outcome: RunOutcome, { failed, undone }: ItemCounts): NotificationEvent {
  if (outcome === 'capped') return 'cap-reached';
  return FAILURES.has(outcome) || failed + undone > 0 ? 'failed' : 'finished';
}

/** What is told of a run. */
type Told = Pick<StoredRun, 'id' | 'policyId' | 'policyName' | 'version' | 'outcome' | 'reason'>;

/** A run that goes on may have the outcome that it is going to have. */
const isOver = (event: NotificationEvent): boolean => event !== 'held' && event !== 'approval-needed';

/** The notices of a step of a run, for the transaction in which it is written. */
export function noticesOf(
  notifier: Pick<Notifier, 'outbox'>,
  run: Told,
  { notify }: Pick<PolicySpecView, 'notify'>,
  event: NotificationEvent,
  counts: ItemCounts,
  at: number,
): readonly Statement[] {
  const channels = notify.filter(({ on }) => on.includes(event)).map(({ channel }) => channel);
  if (channels.length === 0) return [];
  const outcome = isOver(event) ? run.outcome : null;
  const { total: _total, done: _done, ...outcomes } = counts;
  const notice = {
    id: uuidv7(),
    event,
    at,
    policy: { id: run.policyId, name: run.policyName, version: run.version },
    runId: run.id,
    outcome,
    title: `Cleanup policy '${run.policyName}' ${(outcome && ENDS[outcome]) ?? TITLES[event]}`,
    text: run.reason,
    counts: Object.fromEntries(Object.entries(outcomes).filter(([, count]) => count > 0)),
    link: `${API_PREFIX}/runs/${run.id}`,
  };
  return notifier.outbox(notice, channels);
}
