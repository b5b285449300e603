import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { chooseNetworks, targetName } from '../../fleet/networks.js';
import { type HostFlags, withClient, withHosts } from '../../flags.js';
import { inspectEach } from '../inspect.js';

interface Flags extends ClientFlags, HostFlags {
  readonly live?: boolean;
}

export function registerInspect(parent: Command, cli: Cli): void {
  const command = parent
    .command('inspect')
    .argument('<network...>', 'HOST/NETWORK, or NETWORK where only one host has it')
    .description('Show networks with their subnets, options and everybody who is on them, running or stopped');
  withClient(withHosts(command), 'json')
    .option('--live', 'ask the engine now instead of answering from the inventory')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead network inspect my-net\n  fairlead network inspect web-1/bridge web-2/bridge\n  fairlead network inspect bridge --all-hosts -o yaml',
    )
    .action(cli.action(async (networks: string[], flags: Flags) => inspect(cli, networks, flags)));
}

async function inspect(cli: Cli, references: string[], flags: Flags): Promise<number> {
  const client = cli.client(flags);
  const { targets, several } = await chooseNetworks(client, references, flags);
  return inspectEach(cli, flags, {
    items: targets,
    several,
    nameOf: targetName,
    read: (params) => client.getNetwork({ params, query: { live: flags.live } }),
  });
}
