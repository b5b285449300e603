import { counted } from '@fairlead/domain';
import { v7 as uuidv7 } from 'uuid';
import { zoneRules } from '../policies/schedule/index.js';
import { type StoredPolicy } from '../policies/stored-policy.js';
import { SCHEDULE, type StoredRun } from './run.js';

/** What is the same of all new runs of a policy as it is now. */
export const aRun = ({ id, name, version, spec }: StoredPolicy, at: number): StoredRun => ({
  id: uuidv7(),
  policyId: id,
  policyName: name,
  version,
  trigger: 'schedule',
  scheduledFor: null,
  scheduledUntil: null,
  instants: 1,
  zoneRules: null,
  mode: spec.mode,
  state: 'planning',
  outcome: null,
  reason: '',
  dueAt: at,
  planHash: null,
  plannedAt: null,
  summary: null,
  approvedBy: null,
  approvedAt: null,
  expiresAt: null,
  owner: null,
  leaseUntil: null,
  fence: 0,
  actor: SCHEDULE,
  createdAt: at,
  startedAt: null,
  finishedAt: null,
});

/** A run of an instant, which begins when it is due. */
export function scheduledRun(policy: StoredPolicy, instant: number, dueAt: number, at: number): StoredRun {
  const run = { ...aRun(policy, at), scheduledFor: instant, zoneRules: zoneRules(), dueAt };
  return dueAt > at ? { ...run, state: 'waiting', reason: 'it waits for its time, which varies a little' } : run;
}

/** An instant at which none ran since it may not. */
export const skippedRun = (policy: StoredPolicy, instant: number, why: string, at: number): StoredRun => ({
  ...scheduledRun(policy, instant, at, at),
  state: 'finished',
  outcome: 'skipped',
  reason: why,
  finishedAt: at,
});

/** Instants at which nobody was there to run anything. */
export function missedRuns(
  policy: StoredPolicy,
  { first, last, count }: { readonly first: number; readonly last: number; readonly count: number },
  at: number,
): StoredRun {
  const what = count === 1 ? 'its time' : `${counted(count, 'instant')} of its schedule`;
  return {
    ...scheduledRun(policy, first, at, at),
    scheduledUntil: count === 1 ? null : last,
    instants: count,
    state: 'finished',
    outcome: 'missed',
    reason: `the controller was not there, or its clock was set forward, at ${what}`,
    finishedAt: at,
  };
}
