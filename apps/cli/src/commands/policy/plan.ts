import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { collect, positive, withClient } from '../../flags.js';
import { type PlanFlags, printPlan, SHOWN, wishOf } from './print-plan.js';
import { readPlan } from './read-plan.js';

interface Flags extends ClientFlags, PlanFlags {}

const HELP = `
Nothing is stored and nothing is done. Every network of the policy's hosts is in the plan, to be removed or kept, with the
reason; the table has those that would go, and with --all the others too. With -o json or yaml it is the whole plan.

Examples:
  fairlead policy plan nightly
  fairlead policy plan nightly --all --host web-1
  fairlead policy plan nightly -q
  fairlead policy plan nightly -o json | jq -r '.items[] | select(.action == "keep") | .explanation'`;

export function registerPolicyPlan(parent: Command, cli: Cli): void {
  const command = parent
    .command('plan')
    .argument('<policy>', 'name or id')
    .description('Show what a policy would remove now, why, and why the rest is kept');
  withClient(command)
    .option('-a, --all', 'the networks that are kept too')
    .option('--host <name>', 'only the networks of this host; may be repeated', collect)
    .option('-n, --limit <n>', `so many networks at most (default: ${SHOWN} in a table)`, positive)
    .option('-q, --quiet', 'print HOST/NETWORK of what would be removed only')
    .addHelpText('after', HELP)
    .action(cli.action(async (policy: string, flags: Flags) => plan(cli, policy, flags)));
}

async function plan(cli: Cli, policy: string, flags: Flags): Promise<void> {
  printPlan(cli, flags, await readPlan(cli.client(flags), policy, wishOf(flags)));
}
