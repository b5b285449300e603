import { describe, expect, it } from '@jest/globals';
import { type RunOutcome } from '@fairlead/api';
import { type Notice, type NotificationEvent } from '../notifications/notice.js';
import { NO_ITEMS } from './run.js';
import { eventOfEnd, noticesOf } from './run-notices.js';

const RUN = { id: '0199-r', policyId: '0199-p', policyName: 'nightly', version: 3, reason: 'so it was' } as const;

function told(outcome: RunOutcome | null, event: NotificationEvent, counts = NO_ITEMS): Notice[] {
  const made: Notice[] = [];
  const outbox = (notice: Notice) => (made.push(notice), []);
  const notify = [{ channel: 'ops', on: [event] }];
  void noticesOf({ outbox }, { ...RUN, outcome }, { notify }, event, counts, 0);
  return made;
}

describe('the notice of a run', () => {
  it.each([
    ['reported', 0, 'finished', 'has finished'],
    ['done', 0, 'finished', 'has finished'],
    ['done', 1, 'failed', 'has failed in part'],
    ['cancelled', 0, 'finished', 'was cancelled'],
    ['cancelled', 1, 'failed', 'was cancelled'],
    ['stopped', 1, 'failed', 'was stopped'],
    ['expired', 0, 'failed', 'has expired'],
    ['capped', 0, 'cap-reached', 'would remove more than it may'],
  ] as const)('that has ended as %s, with %d failed, says how', (outcome, failed, event, words) => {
    const counts = { ...NO_ITEMS, failed };
    expect(eventOfEnd(outcome, counts)).toBe(event);
    expect(told(outcome, event, counts)).toMatchObject([
      { event, outcome, title: `Cleanup policy 'nightly' ${words}`, text: 'so it was' },
    ]);
  });

  it.each([
    ['held', 'is held'],
    ['approval-needed', 'needs an approval'],
  ] as const)('that goes on (%s) has no outcome, though it may be known how it will end', (event, words) => {
    for (const outcome of [null, 'cancelled'] as const) {
      expect(told(outcome, event)).toMatchObject([{ outcome: null, title: `Cleanup policy 'nightly' ${words}` }]);
    }
  });
});
