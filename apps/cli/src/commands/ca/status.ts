import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { printCa } from './output.js';

const HELP = `
The root is changed in three steps, while all hosts stay connected:
  1. fairlead ca prepare   makes a new root, which agents come to trust beside the old one
  2. fairlead ca activate  issues certificates from it; open join tokens are void
  3. fairlead ca retire    trusts the old one no longer
A step is refused while it would leave hosts behind; they are listed here.

Examples:
  fairlead ca status
  fairlead ca status -o json`;

export function registerCaStatus(parent: Command, cli: Cli): void {
  withClient(parent.command('status').description('Show the roots, and the hosts that the next step waits for'))
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: ClientFlags) => printCa(cli, flags, await cli.client(flags).getCa())));
}
