import { type PolicySpecView } from '@fairlead/api';
import { matchesSelector, parseSelector, type Selector } from '@fairlead/domain';
import { effectiveLabels, type Labelled } from '../hosts/effective-labels.js';
import { meetsWindow, toSchedule } from './policy-schedule.js';
import { type StoredPolicy } from './stored-policy.js';

/** What is odd about a policy as the fleet is now, a sentence each. @param now milliseconds since the epoch */
export function warningsOf(policy: StoredPolicy, hosts: readonly Labelled[], now: number): string[] {
  return [...ofHosts(policy.spec, hosts), ...ofSchedule(policy, now), ...ofCaps(policy.spec)];
}

/** A run that has not begun to remove anything. */
export interface WaitingRun {
  readonly id: string;
  readonly version: number;
  readonly state: string;
}

/** What a change of a policy means for runs that wait, a sentence each. */
export const ofOlderRuns = ({ version }: StoredPolicy, waiting: readonly WaitingRun[]): string[] =>
  waiting
    .filter((run) => run.version !== version)
    .map(({ id, version: older, state }) =>
      state === 'awaiting-approval'
        ? `Run ${id} waits for an approval of version ${older}: it cannot be approved any more.`
        : `Run ${id} was going to begin by version ${older}: it ends without removing anything.`,
    );

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
