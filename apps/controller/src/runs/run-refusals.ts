import { counted, FairleadError } from '@fairlead/domain';
import { type FleetPlan } from '../policies/fleet-plan.js';
import { type StaleRemoval } from '../policies/planner.js';
import { type StoredPolicy } from '../policies/stored-policy.js';
import { type StoredRun } from './run.js';

/** Networks that a refusal names. */
const MOST_NAMED = 5;

export const stale = (message: string): FairleadError =>
  new FairleadError('plan_stale', `${message}. Nothing was removed.`, { hint: 'Look at a new plan.' });

export const notWaiting = ({ id, state, outcome, reason }: StoredRun): FairleadError =>
  stale(
    `Run '${id}' does not wait for an approval: it is ${state === 'finished' ? outcome : state}${reason && `: ${reason}`}`,
  );

/** Of a plan of another version than the policy has now. @param now undefined: it was removed */
export function outdated(
  planned: Pick<StoredPolicy, 'name' | 'version'>,
  now: StoredPolicy | undefined,
): FairleadError {
  if (now === undefined) return stale(`Policy '${planned.name}' was removed`);
  return stale(`Policy '${now.name}' is at version ${now.version} by now; the plan is of version ${planned.version}`);
}

/** @param shown hash of the plan that somebody has seen @throws FairleadError `plan_stale` */
export function assertShown({ name }: StoredPolicy, { hash }: FleetPlan, shown: string): void {
  if (hash !== shown) throw stale(`Policy '${name}' would not remove the same networks by now that were shown`);
}

/** @throws FairleadError `caps_exceeded` */
export function assertWithinCaps({ name }: StoredPolicy, { summary }: FleetPlan): void {
  if (summary.overCaps.length === 0) return;
  throw new FairleadError('caps_exceeded', `Nothing was removed: ${summary.overCaps.join('; ')}`, {
    hint: `See 'fairlead policy plan ${name}'.`,
  });
}

export function changedSince(gone: readonly StaleRemoval[]): FairleadError {
  const named = gone
    .slice(0, MOST_NAMED)
    .map(({ removal, why }) => `${removal.hostName}/${removal.networkName}: ${why}`);
  const rest = gone.length > MOST_NAMED ? `; and ${gone.length - MOST_NAMED} more` : '';
  return stale(`${counted(gone.length, 'network')} of the plan would not go by now: ${named.join('; ')}${rest}`);
}
