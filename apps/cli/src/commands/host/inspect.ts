import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { inspectEach } from '../inspect.js';

export function registerHostInspect(parent: Command, cli: Cli): void {
  const command = parent
    .command('inspect')
    .argument('<host...>', 'hosts')
    .description('Show all that is known of hosts');
  withClient(command, 'json')
    .addHelpText('after', '\nExamples:\n  fairlead host inspect web-1\n  fairlead host inspect web-1 web-2 -o yaml')
    .action(cli.action(async (hosts: string[], flags: ClientFlags) => inspect(cli, hosts, flags)));
}

function inspect(cli: Cli, hosts: string[], flags: ClientFlags): Promise<number> {
  const client = cli.client(flags);
  return inspectEach(cli, flags, {
    items: hosts,
    several: hosts.length > 1,
    nameOf: (host) => host,
    read: (host) => client.getHost({ params: { host } }),
  });
}
