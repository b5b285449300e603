import type { Cli, ClientFlags } from '../../cli.js';
import { toData } from '../../output/format.js';
import { lines } from '../../output/rows.js';
import { type PlanWays, renderPlan, type ShownPlan } from './plan-output.js';
import type { PlanWish } from './read-plan.js';

/** What of a plan is printed, and how. */
export interface PlanFlags extends Pick<ClientFlags, 'output'> {
  readonly all?: boolean;
  readonly host?: readonly string[];
  readonly limit?: number;
  readonly quiet?: boolean;
}

/** Rows for people, unless they ask for another number. */
export const SHOWN = 200;

/** What has to be read of a plan to print it so: data forms are of all of it. */
export function wishOf(flags: PlanFlags): PlanWish {
  const { all, host: hosts = [] } = flags;
  const [data, names] = [dataOf(flags), isOfNames(flags)];
  const limit = flags.limit ?? (data || names ? Infinity : SHOWN);
  const action = data || (all && !names) ? undefined : 'remove';
  return { hosts, limit, ...(action && { action }) };
}

/** @param ways to what it does not show, other than those of a stored policy */
export function printPlan({ terminal, around }: Cli, flags: PlanFlags, shown: ShownPlan, ways?: PlanWays): void {
  const data = dataOf(flags);
  if (isOfNames(flags)) terminal.write(lines(shown.items.map(({ host, network }) => `${host}/${network.name}`)));
  else if (data) terminal.write(toData(data, withoutCut(shown)));
  else terminal.write(renderPlan(shown, around.now(), ways));
}

const dataOf = ({ output, quiet }: PlanFlags): 'json' | 'yaml' | undefined =>
  !quiet && (output === 'json' || output === 'yaml') ? output : undefined;

const isOfNames = (flags: PlanFlags): boolean => !dataOf(flags) && (flags.quiet || flags.output === 'name');

const withoutCut = ({ cut: _cut, ...plan }: ShownPlan): Omit<ShownPlan, 'cut'> => plan;
