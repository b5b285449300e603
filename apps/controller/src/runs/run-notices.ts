import { API_PREFIX, type PolicySpecView } from '@fairlead/api';
import { v7 as uuidv7 } from 'uuid';
import { type Statement } from '../database/index.js';
import { type NotificationEvent } from '../notifications/notice.js';
import { type Notifier } from '../notifications/notifier.js';
import { type ItemCounts, type StoredRun } from './run.js';

const TITLES: Readonly<Record<NotificationEvent, string>> = {
  finished: 'has finished',
  failed: 'was stopped',
  'approval-needed': 'needs an approval',
  'cap-reached': 'would remove more than it may',
  held: 'is held',
};

/** The notices of a step of a run, for the transaction in which it is written. */
export function noticesOf(
  notifier: Pick<Notifier, 'outbox'>,
  run: StoredRun,
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
    title: `Cleanup policy '${run.policyName}' ${TITLES[event]}`,
    text: run.reason,
    counts: Object.fromEntries(Object.entries(outcomes).filter(([, count]) => count > 0)),
    link: `${API_PREFIX}/runs/${run.id}`,
  };
  return notifier.outbox(notice, channels);
}
