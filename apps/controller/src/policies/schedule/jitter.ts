import { createHash } from 'node:crypto';
import { nextInstant } from './instants.js';
import { MINUTE, type Schedule } from './schedule.js';
import { windowAt } from './window.js';

const MOST_BY_DEFAULT = 5 * MINUTE;
/** Bytes of the hash that fit into a number. */
const HASH_BYTES = 6;

/**
 * How long after its instant a run may start, in ms (excluded): never past the next instant, so that runs keep their
 * order, nor past the end of the window that the instant falls into, since it could not act any more.
 */
export function jitterRange(schedule: Schedule, instant: number, anchor: number): number {
  const period = (nextInstant(schedule, instant, anchor) ?? Infinity) - instant;
  const { open, until } = windowAt(schedule, instant);
  const left = open ? until - instant : Infinity;
  return Math.min(schedule.jitterMs ?? Math.min(period / 10, MOST_BY_DEFAULT), period, left);
}

/**
 * How long after its instant a run starts, in ms: the same for everybody who asks, spread evenly over policies and
 * instants.
 */
export function jitterOf(schedule: Schedule, policyId: string, instant: number, anchor: number): number {
  const hash = createHash('sha256').update(`${policyId} ${instant}`).digest();
  const share = hash.readUIntBE(0, HASH_BYTES) / 2 ** (8 * HASH_BYTES);
  return Math.floor(share * jitterRange(schedule, instant, anchor));
}
