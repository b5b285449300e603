import { API_PREFIX, type PolicySpecView, type RunOutcome } from '@fairlead/api';
import { v7 as uuidv7 } from 'uuid';
import { type Statement } from '../database/index.js';
import { type NotificationEvent } from '../notifications/notice.js';
import { type Notifier } from '../notifications/notifier.js';
import { type ItemCounts, type StoredRun } from './run.js';

const TITLES: Readonly<Record<Exclude<NotificationEvent, 'failed'>, string>> = {
  finished: 'has finished',
  'approval-needed': 'needs an approval',
  'cap-reached': 'would remove more than it may',
  held: 'is held',
};

/** Ends that somebody has to look at, and how they are told. */
const FAILURES: Readonly<Partial<Record<RunOutcome, string>>> = {
  stopped: 'was stopped',
  failed: 'has failed',
  expired: 'has expired',
  missed: 'was missed',
};

/** What is told of a run that has come to its end. */
export function eventOfEnd(outcome: RunOutcome, { failed, undone }: ItemCounts): NotificationEvent {
  if (outcome === 'capped') return 'cap-reached';
  return FAILURES[outcome] !== undefined || failed + undone > 0 ? 'failed' : 'finished';
}

/** What is told of a run. */
type Told = Pick<StoredRun, 'id' | 'policyId' | 'policyName' | 'version' | 'outcome' | 'reason'>;

const titleOf = ({ outcome }: Told, event: NotificationEvent): string =>
  event === 'failed' ? ((outcome && FAILURES[outcome]) ?? 'has failed in part') : TITLES[event];

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
  const { total: _total, done: _done, ...outcomes } = counts;
  const notice = {
    id: uuidv7(),
    event,
    at,
    policy: { id: run.policyId, name: run.policyName, version: run.version },
    runId: run.id,
    title: `Cleanup policy '${run.policyName}' ${titleOf(run, event)}`,
    text: run.reason,
    counts: Object.fromEntries(Object.entries(outcomes).filter(([, count]) => count > 0)),
    link: `${API_PREFIX}/runs/${run.id}`,
  };
  return notifier.outbox(notice, channels);
}
