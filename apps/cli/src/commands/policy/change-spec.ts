import { fromIssues, policySpec, type PolicySpecView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { explainByFlags } from './flag-faults.js';
import { type SpecFlags } from './spec-flags.js';

/** What a policy says where nothing is said. */
export const EMPTY_SPEC: PolicySpecView = policySpec.parse({});

/** What a policy says with what the flags say in its place. @throws FairleadError `invalid_argument` */
export function changeSpec(base: PolicySpecView, flags: SpecFlags): PolicySpecView {
  const spec = {
    ...base,
    ...given({ hosts: flags.on, match: listOf(flags.match), matchAll: flags.matchAll, exempt: listOf(flags.exempt) }),
    ...given({ unusedFor: flags.unusedFor, minAge: flags.minAge, mode: flags.mode }),
    ...given({ approveWithin: flags.approveWithin, canary: flags.canary, notify: listOf(flags.notify) }),
    schedule: scheduleOf(base.schedule, flags),
    caps: {
      ...base.caps,
      ...given({ networks: flags.maxNetworks, hostPercent: flags.maxHostPercent, fleetPercent: flags.maxFleetPercent }),
    },
    stop: { ...base.stop, ...given(stopOf(flags)) },
  };
  const { data, error } = policySpec.safeParse(spec);
  if (data !== undefined) return data;
  throw explainByFlags(fromIssues('policy', error.issues));
}

const listOf = <T>(list: T[] | readonly T[] | false | undefined): readonly T[] | undefined =>
  list === false ? [] : list;

const stopOf = ({ stopFailures, stopFailedPercent, stopUnreachablePercent }: SpecFlags) => ({
  failures: stopFailures,
  failedPercent: stopFailedPercent,
  unreachablePercent: stopUnreachablePercent,
});

type Schedule = PolicySpecView['schedule'];

/** A schedule by the schema, which fills what is not said; nothing but `when` is needed. */
function scheduleOf(base: Schedule, flags: SpecFlags): Partial<NonNullable<Schedule>> | null {
  if (flags.schedule === false) return null;
  const { schedule: when, zone, jitter, startWithin } = flags;
  const changes = given({ when, zone, jitter, startWithin, window: windowOf(base?.window ?? null, flags) });
  if (Object.keys(changes).length === 0) return base;
  if (base === null && when === undefined) {
    throw new FairleadError('invalid_argument', 'There is no schedule that zone, jitter or window could belong to', {
      hint: "Say when it runs, such as --schedule '0 2 * * *' or --schedule 'every 6h'.",
    });
  }
  return { ...base, ...changes };
}

type Window = NonNullable<Schedule>['window'];

/** undefined: as it is. */
function windowOf(base: Window, { window, windowDays: days }: SpecFlags): Window | undefined {
  if (window === false) return null;
  if (window === undefined && days === undefined) return undefined;
  const times = window ?? base;
  if (times !== null) return { ...times, days: days ?? base?.days ?? [] };
  throw new FairleadError('invalid_argument', '--window-days are days of a window, and there is none', {
    hint: 'Say its times too, such as --window 01:00-05:00.',
  });
}

/** The entries that are there. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Whether the flags say anything of the policy. */
export const saysAnything = (flags: SpecFlags): boolean => SPEC_FLAGS.some((flag) => flags[flag] !== undefined);

const SPEC_FLAGS = [
  ...([
    'on',
    'match',
    'matchAll',
    'exempt',
    'unusedFor',
    'minAge',
    'schedule',
    'zone',
    'jitter',
    'startWithin',
  ] as const),
  ...(['window', 'windowDays', 'mode', 'approveWithin', 'maxNetworks', 'maxHostPercent', 'maxFleetPercent'] as const),
  ...(['canary', 'stopFailures', 'stopFailedPercent', 'stopUnreachablePercent', 'notify'] as const),
] satisfies readonly (keyof SpecFlags)[];
