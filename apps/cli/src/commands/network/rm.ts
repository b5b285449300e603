import { DEFAULT_DEADLINE_MS, operationResult, type OperationView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { chooseNetworks, targetName } from '../../fleet/networks.js';
import { type HostFlags, timeoutOption, withClient, withHosts } from '../../flags.js';
import { commandEach, operationName } from '../command.js';

interface Flags extends ClientFlags, HostFlags {
  readonly force?: boolean;
  readonly timeout?: number;
}

const HELP = `
A network that containers use, running or stopped, is not removed: the answer names them. --force detaches them first.
Built-in networks are never removed. The full record of a removed network is kept.

Examples:
  fairlead network rm my-net
  fairlead network rm web-1/my-net web-2/my-net
  fairlead network rm my-net --on env=test
  fairlead network rm my-net --force`;

export function registerRm(parent: Command, cli: Cli): void {
  const command = parent
    .command('rm')
    .aliases(['remove'])
    .argument('<network...>', 'HOST/NETWORK, or NETWORK where only one host has it')
    .description('Remove networks');
  withClient(withHosts(command))
    .option('-f, --force', 'detach all containers first')
    .addOption(timeoutOption('30s'))
    .addHelpText('after', HELP)
    .action(cli.action(async (networks: string[], flags: Flags) => remove(cli, networks, flags)));
}

async function remove(cli: Cli, references: string[], flags: Flags): Promise<number> {
  const client = cli.client(flags);
  const { targets, several } = await chooseNetworks(client, references, flags);
  const query = { force: flags.force ?? false, deadlineMs: flags.timeout ?? DEFAULT_DEADLINE_MS };
  const { exitCode } = await commandEach(cli, flags, {
    client,
    items: targets,
    several,
    things: 'networks',
    nameOf: targetName,
    send: (params) => (options) => client.removeNetwork({ params, query, ...options }),
    doing: 'removing',
    options: query,
    describe: (view) => [describeRemoved(view)],
  });
  return exitCode;
}

function describeRemoved(view: OperationView): string {
  const detached = operationResult(view, 'remove')?.detached ?? [];
  return `${operationName(view)}${detached.length > 0 ? ` (detached: ${detached.join(', ')})` : ''}`;
}
