import type { PolicyView } from '@fairlead/api';
import type { Cli } from '../../cli.js';
import { lines } from '../../output/rows.js';
import { describeTimeLeft, renderTable } from '../../output/table.js';
import { inZone } from '../../output/zoned-time.js';

type Coming = Pick<PolicyView, 'name' | 'spec' | 'next' | 'paused'>;

/** The coming times of policies, soonest first, by the clock of each one's zone and in UTC. */
export function printComing({ terminal, around }: Cli, policies: readonly Coming[]): void {
  const now = around.now();
  const rows = policies
    .flatMap(({ name, spec, next }) => next.map((at) => ({ name, at, zone: spec.schedule?.zone ?? 'UTC' })))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const columns = [
    { header: 'POLICY', cell: ({ name }: (typeof rows)[number]) => name },
    { header: 'TIME', cell: ({ at, zone }: (typeof rows)[number]) => `${inZone(at, zone)} ${zone}` },
    { header: 'UTC', cell: ({ at }: (typeof rows)[number]) => at },
    { header: 'FROM NOW', cell: ({ at }: (typeof rows)[number]) => describeTimeLeft(at, now) },
  ];
  terminal.write(renderTable(columns, rows));
  terminal.warn(lines(policies.flatMap(describeRest)));
}

/** Why a policy has no coming times, or will let them pass. */
function describeRest({ name, spec, next, paused }: Coming): string[] {
  if (spec.schedule === null) return [`${name} has no schedule`];
  if (paused) return [`${name} is paused: it will not run at these times`];
  return next.length === 0 ? [`${name} has no time to come`] : [];
}
