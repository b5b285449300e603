export { checkSchedule, scheduleFaults, type ScheduleFault } from './check.js';
export { describeSchedule } from './describe.js';
export { COUNT_LIMIT, type InstantRange, instantsBetween, nextInstant, nextInstants } from './instants.js';
export { jitterOf, jitterRange } from './jitter.js';
export { type Schedule } from './schedule.js';
export { windowAt, type WindowState } from './window.js';
export { zoneRules } from './zone.js';
