import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { collect, toRecord, withClient } from '../../flags.js';
import { printJoinCommand } from './join-token/command.js';

interface Flags extends ClientFlags {
  readonly address: string;
  readonly label?: readonly string[];
}

const HELP = `
For sites that forbid hosts to dial out: the agent listens, the controller dials, both over TLS with certificates. The
address has to be in a range that the controller may dial ('fairlead controller --dial-range CIDR').

Standard output is the one command to run on the host. It holds a secret that is good for an hour.

Examples:
  fairlead host add web-3 --address 10.20.0.7:7802
  fairlead host add web-3 --address 10.20.0.7:7802 --label env=prod`;

export function registerHostAdd(parent: Command, cli: Cli): void {
  const command = parent
    .command('add')
    .argument('<host>', 'name of the host, new in the fleet')
    .description('Add a host whose agent listens, and print the command that starts it');
  withClient(command)
    .requiredOption('--address <address:port>', 'where its agent listens')
    .option('--label <key=value>', 'label of the host; may be repeated', collect)
    .addHelpText('after', HELP)
    .action(cli.action(async (name: string, flags: Flags) => add(cli, name, flags)));
}

async function add(cli: Cli, name: string, { address, label, ...flags }: Flags): Promise<void> {
  const body = { name, address, labels: toRecord('--label', label) };
  const made = await cli.client(flags).addHost({ body });
  printJoinCommand(cli, flags, made, [`${name} is added, and dialled at ${address} from now on.`]);
}
