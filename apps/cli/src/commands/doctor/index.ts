import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { type HostFlags, withClient, withHosts } from '../../flags.js';
import { checkConsistency } from './consistency.js';

interface Flags extends ClientFlags, HostFlags {
  readonly consistency?: boolean;
}

const HELP = `
Checks: --consistency compares what Fairlead shows of each host with what its engine says at this moment. Without a
check it makes all of them, and without hosts it looks at the whole fleet. Nothing is changed.

Exit codes: 0 nothing was found, 1 something was, or a host could not be checked.

Examples:
  fairlead doctor
  fairlead doctor --consistency --on env=prod
  fairlead doctor -o json`;

export function registerDoctor(program: Command, cli: Cli): void {
  withClient(
    withHosts(program.command('doctor').description('Look for faults of the fleet and of what is known of it')),
  )
    .option('--consistency', 'compare the inventory with the engines')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => checkConsistency(cli, flags)));
}
