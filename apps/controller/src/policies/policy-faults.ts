import { type Fault, type PolicySpecView, toNetworkRule } from '@fairlead/api';
import { FairleadError, matchesEverything } from '@fairlead/domain';
import { scheduleFaults } from './schedule/index.js';
import { toSchedule } from './policy-schedule.js';

/**
 * Checks what no schema can: all faults at once.
 * @param channels names of those that notices can go to
 * @throws FairleadError `invalid_argument`
 */
export function checkSpec(spec: PolicySpecView, channels: readonly string[]): void {
  refuse([...faultsOfRules(spec), ...faultsOfSchedule(spec), ...faultsOfChannels(spec, channels)]);
}

/** The same of a new policy, which has to begin in the mode `report`. @throws FairleadError `invalid_argument` */
export function checkNewSpec(name: string, spec: PolicySpecView, channels: readonly string[]): void {
  const faults = [...faultsOfRules(spec), ...faultsOfSchedule(spec), ...faultsOfChannels(spec, channels)];
  refuse([...faultsOfMode(name, spec), ...faults]);
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new FairleadError('invalid_argument', `The policy is not valid: ${list}`, { faults });
}

function faultsOfMode(name: string, { mode }: PolicySpecView): Fault[] {
  if (mode === 'report') return [];
  const then = `look at 'fairlead policy plan ${name}', then 'fairlead policy edit ${name} --mode ${mode}'`;
  return [{ path: '/spec/mode', message: `a new policy begins in the mode report: ${then}` }];
}

export function faultsOfRules({ match, matchAll }: Pick<PolicySpecView, 'match' | 'matchAll'>): Fault[] {
  if (matchAll || !matchesEverything({ match: match.map(toNetworkRule) })) return [];
  return [match.length === 0 ? NO_RULE : WIDE_RULE];
}

const NO_RULE = {
  path: '/spec/matchAll',
  message: 'no rule says which networks are meant: add one to match, or set matchAll to mean every unused network',
} as const;
const WIDE_RULE = {
  path: '/spec/match',
  message: 'a rule of match leaves out next to no network: narrow it, or set matchAll to say that so many are meant',
} as const;

export function faultsOfSchedule({ schedule }: Pick<PolicySpecView, 'schedule'>): Fault[] {
  if (schedule === null) return [];
  return scheduleFaults(toSchedule(schedule)).map(({ path, message }) =>
    path === '/jitterMs'
      ? { path: '/spec/schedule/jitter', message: 'is more than a day' }
      : { path: `/spec/schedule${path}`, message },
  );
}

function faultsOfChannels({ notify }: PolicySpecView, channels: readonly string[]): Fault[] {
  const known = channels.length === 0 ? 'it knows none' : `it knows ${[...channels].sort().join(', ')}`;
  return notify.flatMap(({ channel }, index) =>
    channels.includes(channel)
      ? []
      : [
          {
            path: `/spec/notify/${index}/channel`,
            message: `the controller has no channel '${channel}': ${known} (--notifications)`,
          },
        ],
  );
}
