import { type PolicySpecView } from '@fairlead/api';
import { matchesSelector, parseSelector, type Selector } from '@fairlead/domain';
import { effectiveLabels, type Labelled } from '../hosts/effective-labels.js';
import { meetsWindow, toSchedule } from './policy-schedule.js';
import { type StoredPolicy } from './stored-policy.js';

/** What is odd about a policy as the fleet is now, a sentence each. @param now milliseconds since the epoch */
export function warningsOf(policy: StoredPolicy, hosts: readonly Labelled[], now: number): string[] {
  return [...ofHosts(policy.spec, hosts), ...ofSchedule(policy, now), ...ofCaps(policy.spec)];
}

/** A run that is not finished. */
export interface OpenRun {
  readonly id: string;
  readonly version: number;
  readonly state: string;
}

const BEGUN: readonly string[] = ['running', 'held', 'paused'];

/**
 * What a change of a policy means for runs of an older version, a sentence each.
 * @param before those that were open just before it @param after those that are open since: what has not begun begins no more
 */
export function ofOlderRuns(policy: StoredPolicy, before: readonly OpenRun[], after: readonly OpenRun[]): string[] {
  const begun = after.filter(({ state }) => BEGUN.includes(state));
  const waiting = before.filter(({ id, state }) => !BEGUN.includes(state) && begun.every((run) => run.id !== id));
  return [...begun, ...waiting]
    .filter(({ version }) => version !== policy.version)
    .map((run) => ofOlderRun(run, policy.name));
}

function ofOlderRun({ id, version, state }: OpenRun, policyName: string): string {
  if (BEGUN.includes(state)) {
    return `Run ${id} goes on by version ${version}, but for what this version keeps: 'fairlead policy cancel ${policyName}' stops it.`;
  }
  const was = state === 'awaiting-approval' ? 'waited for an approval of' : 'was going to begin by';
  return `Run ${id} ${was} version ${version}: it ends without removing anything.`;
}

function ofHosts({ hosts: selector, canary }: PolicySpecView, hosts: readonly Labelled[]): string[] {
  const meant = parseSelector(selector);
  if (!fitsAny(meant, hosts)) {
    return hosts.length === 0
      ? ['There is no host yet.']
      : [`No host fits '${selector}' now: a run has nothing to look at.`];
  }
  if (canary === '' || fitsAny([...meant, ...parseSelector(canary)], hosts)) return [];
  return [`No host of this policy fits the canary selector '${canary}' now: a run begins with the first host by name.`];
}

const fitsAny = (selector: Selector, hosts: readonly Labelled[]): boolean =>
  hosts.some((host) => matchesSelector(selector, effectiveLabels(host)));

function ofSchedule({ spec: { schedule, mode }, anchorAt }: StoredPolicy, now: number): string[] {
  if (schedule === null) {
    return mode === 'report'
      ? []
      : [`It is in the mode ${mode} and has no schedule: it runs only when somebody runs it.`];
  }
  if (schedule.window === null || meetsWindow(toSchedule(schedule), now, anchorAt)) return [];
  const { from, to } = schedule.window;
  return [`Its window (${from} to ${to}) is closed whenever its schedule comes: nothing is removed by itself.`];
}

function ofCaps({ caps }: PolicySpecView): string[] {
  const none = Object.entries(caps)
    .filter(([, cap]) => cap === 0)
    .map(([name]) => `caps.${name}`);
  return none.length === 0
    ? []
    : [`${none.join(' and ')} ${none.length > 1 ? 'are' : 'is'} 0: no run removes anything.`];
}
