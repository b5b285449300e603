import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../../cli.js';
import { collect, durationText, integer, toRecord, withClient } from '../../../flags.js';
import { printJoinCommand } from './command.js';

interface Flags extends ClientFlags {
  readonly label?: readonly string[];
  readonly host?: string;
  readonly uses?: number;
  readonly expires?: string;
  readonly controller?: string;
}

const HELP = `
Standard output is the one command to run on the host, as a user who may use its engine. The token in it stands in a
variable, since every user of a machine may read arguments. It is good for one host and one hour unless told otherwise, and
holds the digest of the controller's root, so that the agent sends it to this controller only.

Examples:
  fairlead host join-token create
  fairlead host join-token create --host web-2 --label env=prod
  fairlead host join-token create --uses 20 --expires 24h --label env=test
  fairlead host join-token create --controller fairlead.example.org:7801 | ssh web-2 sh`;

export function registerJoinTokenCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command('create')
    .description('Make a join token, and print the command that lets a host join with it');
  withClient(command)
    .option('--label <key=value>', 'label of hosts that join by it; may be repeated', collect)
    .option('--host <name>', 'good for a host of this name only')
    .option('--uses <number>', 'hosts that may join by it (default: 1)', integer)
    .option('--expires <duration>', 'at most 24h (default: 1h)', durationText)
    .option('--controller <address>', 'address of the controller as hosts reach it (default: as it knows it itself)')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => create(cli, flags)));
}

async function create(cli: Cli, flags: Flags): Promise<void> {
  const { label, host, uses, expires, controller } = flags;
  const body = {
    labels: toRecord('--label', label),
    ...(host !== undefined && { host }),
    ...(uses !== undefined && { maxUses: uses }),
    ...(expires !== undefined && { expiresIn: expires }),
    ...(controller !== undefined && { controller }),
  };
  printJoinCommand(cli, flags, await cli.client(flags).createJoinToken({ body }));
}
