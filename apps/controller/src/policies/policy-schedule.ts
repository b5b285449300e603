import { type PolicyScheduleView } from '@fairlead/api';
import { parseDuration } from '@fairlead/domain';
import { nextInstant, nextInstants, type Schedule, windowAt } from './schedule/index.js';
import { type StoredPolicy } from './stored-policy.js';

/** Openings of a window that are looked at for an instant that falls into one. */
const MOST_OPENINGS = 60;

export const toSchedule = ({ when, zone, jitter, window }: PolicyScheduleView): Schedule => ({
  when,
  zone,
  jitterMs: jitter === null ? null : parseDuration(jitter),
  window,
});

/** The coming instants of a policy, before jitter; none while it is paused. */
export function comingInstants({ spec, paused, anchorAt }: StoredPolicy, now: number, count: number): number[] {
  if (spec.schedule === null || paused) return [];
  return nextInstants(toSchedule(spec.schedule), now, anchorAt, count);
}

/** Whether an instant falls into the window while that opens so many times. A schedule without a window has it open. */
export function meetsWindow(schedule: Schedule, now: number, anchorAt: number): boolean {
  let after = now;
  for (let openings = 0; openings < MOST_OPENINGS; openings += 1) {
    const instant = nextInstant(schedule, after, anchorAt);
    if (instant === undefined) return false;
    const { open, until } = windowAt(schedule, instant);
    if (open) return true;
    if (until === Infinity) return false;
    after = until - 1;
  }
  return false;
}
