import type { PolicyDryRunRequest, PolicyDryRunView, PolicyView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { lines } from '../../output/rows.js';
import { printComing } from './coming.js';
import { printWarnings } from './spec-source.js';
import { printPlan, wishOf } from './print-plan.js';
import { capFlags } from './raise-caps.js';
import { readPlanPages } from './read-plan.js';

/** Coming times that are told. */
const NEXT = 5;

const WAYS = { rest: '-o json', raise: capFlags } as const;

export interface DryRunFlag {
  readonly dryRun?: boolean;
}

export const withDryRun = (command: Command): Command =>
  command.option('--dry-run', `store nothing, only show what it would do: its plan, and its next ${NEXT} times`);

/** A policy that is not stored, and how to ask for what it would do. */
export interface DryRun extends Pick<PolicyView, 'spec' | 'paused'> {
  readonly ask: (plan: PolicyDryRunRequest['plan'], query: { readonly next: number }) => Promise<PolicyDryRunView>;
  /** As a sentence: that nothing came of it. */
  readonly end: string;
}

/** Prints the plan as `policy plan` does, the coming times as `policy inspect --next` does, and the warnings. */
export async function printDryRun(cli: Cli, flags: ClientFlags, { spec, paused, ask, end }: DryRun): Promise<void> {
  const shown = await readPlanPages(wishOf(flags), (plan) => ask(plan, { next: NEXT }));
  const { policy, next, warnings } = shown;
  const isForPeople = (flags.output ?? 'table') === 'table';
  printPlan(cli, flags, shown, WAYS);
  if (isForPeople) {
    cli.terminal.write('\n');
    printComing(cli, [{ name: policy.name, spec, paused, next }]);
  }
  printWarnings(cli, warnings);
  if (isForPeople) cli.terminal.warn(lines([end]));
}
