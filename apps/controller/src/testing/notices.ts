import { type Notice } from '../notifications/notice.js';
import { noticesOf } from '../runs/run-notices.js';
import { NO_ITEMS } from '../runs/run.js';
import { describeCounts } from '../runs/run-words.js';

const AT = Date.parse('2026-11-24T01:00:09Z');
const COUNTS = { ...NO_ITEMS, total: 14, done: 14, removed: 12, kept: 2 };
const RUN = {
  id: '0199-r',
  policyId: '0199-p',
  policyName: 'nightly',
  version: 3,
  outcome: 'done',
  reason: describeCounts(COUNTS),
} as const;
const SPEC = { notify: [{ channel: 'ops', on: ['finished'] }] } as const;

/** What is told of a run that removed something. */
export function aNotice(more: Partial<Notice> = {}): Notice {
  const made: Notice[] = [];
  const outbox = (notice: Notice) => (made.push(notice), []);
  void noticesOf({ outbox }, RUN, SPEC, 'finished', COUNTS, AT);
  return { ...made[0]!, ...more };
}
