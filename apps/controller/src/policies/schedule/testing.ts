import { type Schedule } from './schedule.js';

/** A schedule for tests: always allowed to act, jitter by default. */
export const scheduleOf = (when: string, zone = 'UTC', rest: Partial<Schedule> = {}): Schedule => ({
  when,
  zone,
  jitterMs: null,
  window: null,
  ...rest,
});

/** An instant as people write it, to the minute: `2026-03-08T07:00Z`. */
export const isoOf = (instant: number): string => new Date(instant).toISOString().replace(':00.000Z', 'Z');
