import { parseDuration } from '@fairlead/domain';
import { toSchedule } from '../policies/policy-schedule.js';
import { instantsBetween, jitterOf, windowAt } from '../policies/schedule/index.js';
import { type StoredPolicy } from '../policies/stored-policy.js';

/** Instants that have come since the last look, the last one apart. Milliseconds since the epoch. */
export interface Due {
  /** All that were missed; a range of one has the same `first` and `last`. */
  readonly missed: { readonly first: number; readonly last: number; readonly count: number } | undefined;
  /** The one that runs, at `dueAt`, or is skipped for that reason; undefined: it was missed too. */
  readonly last: { readonly instant: number; readonly dueAt: number; readonly skipped: string | undefined } | undefined;
  readonly until: number;
}

/** What has come of a policy's schedule: however many instants were missed, one run at most. */
export function dueOf(policy: StoredPolicy, now: number): Due | undefined {
  const { id, anchorAt, scheduledThrough } = policy;
  if (policy.spec.schedule === null || policy.paused) return undefined;
  const schedule = toSchedule(policy.spec.schedule);
  const range = instantsBetween(schedule, scheduledThrough, now, anchorAt);
  if (range === undefined) return undefined;
  const { first, last: instant } = range;
  const inTime = now - instant <= parseDuration(policy.spec.schedule.startWithin);
  if (!inTime) return { missed: { first, last: instant, count: range.count }, last: undefined, until: instant };
  const before = instantsBetween(schedule, scheduledThrough, instant - 1, anchorAt);
  const missed = before && { first, last: before.last, count: before.count };
  const dueAt = instant + jitterOf(schedule, id, instant, anchorAt);
  return { missed, last: { instant, dueAt, skipped: whySkipped(policy, now) }, until: instant };
}

/** A plan that waits for an approval may be made at any time: it waits for the window then. */
function whySkipped({ spec }: StoredPolicy, now: number): string | undefined {
  if (spec.schedule === null || spec.mode === 'approve') return undefined;
  const { window, zone } = spec.schedule;
  if (window === null || windowAt(toSchedule(spec.schedule), now).open) return undefined;
  return `it is outside of the window (${window.from} to ${window.to}, ${zone})`;
}
