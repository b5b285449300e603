import { type CreatePolicyRequest, type PolicySpecView, type UpdatePolicyRequest } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { checkNewSpec, checkSpec } from './policy-faults.js';
import { type StoredPolicy } from './stored-policy.js';

/** What a policy is made or changed by, beside what was asked for. */
export interface Occasion {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  /** Names of those that notices can go to. */
  readonly channels: readonly string[];
}

/** @throws FairleadError `invalid_argument` */
export function newPolicy(
  id: string,
  { name, spec }: CreatePolicyRequest,
  { at, by, channels }: Occasion,
): StoredPolicy {
  checkNewSpec(name, spec, channels);
  const made = { createdAt: at, createdBy: by, updatedAt: at, updatedBy: by };
  return { id, name, version: 1, paused: false, spec, ...made, anchorAt: at, scheduledThrough: at };
}

/**
 * The policy as it is from then on; itself where nothing changes.
 * @throws FairleadError `invalid_argument`, `plan_stale` where it is at another version by now
 */
export function changedPolicy(
  before: StoredPolicy,
  { spec = before.spec, paused = before.paused, version }: UpdatePolicyRequest,
  { at, by, channels }: Occasion,
): StoredPolicy {
  if (version !== undefined && version !== before.version) throw outdated(before, version);
  const isNewVersion = !isSame(spec, before.spec);
  if (isNewVersion) checkSpec(spec, channels);
  if (!isNewVersion && paused === before.paused) return before;
  return { ...changedAt(before, spec, paused, at), updatedAt: at, updatedBy: by };
}

/**
 * The policy from `at` on. Instants that passed while it was paused, or that its schedule did not have before, were not
 * missed; where its interval is another one, it counts from now.
 */
function changedAt(before: StoredPolicy, spec: PolicySpecView, paused: boolean, at: number): StoredPolicy {
  const isRescheduled = !isSame(timesOf(spec), timesOf(before.spec));
  const begins = isRescheduled || (before.paused && !paused);
  return {
    ...before,
    spec,
    paused,
    version: isSame(spec, before.spec) ? before.version : before.version + 1,
    anchorAt: isRescheduled ? at : before.anchorAt,
    scheduledThrough: begins ? Math.max(before.scheduledThrough, at) : before.scheduledThrough,
  };
}

const timesOf = ({ schedule }: PolicySpecView) => schedule && [schedule.when, schedule.zone];

/** Both were read by one schema, so that their keys are in one order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const outdated = ({ name, version }: StoredPolicy, asked: number): FairleadError =>
  new FairleadError(
    'plan_stale',
    `Policy '${name}' is at version ${version} by now; version ${asked} was to be changed`,
    {
      hint: `Nothing was changed. Look at 'fairlead policy inspect ${name}' and change that.`,
    },
  );
