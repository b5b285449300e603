import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { alarms } from '../../output/identity.js';
import { lines } from '../../output/rows.js';
import { inspectEach } from '../inspect.js';

const HELP = `
\`identity\` is by what the controller knows the host: its state, its certificate and until when that lives, and for a
quarantined one the machines that use it. \`policy\` is what a file on the host itself allows.

Examples:
  fairlead host inspect web-1
  fairlead host inspect web-1 web-2 -o yaml`;

export function registerHostInspect(parent: Command, cli: Cli): void {
  const command = parent
    .command('inspect')
    .argument('<host...>', 'hosts')
    .description('Show all that is known of hosts');
  withClient(command, 'json')
    .addHelpText('after', HELP)
    .action(cli.action(async (hosts: string[], flags: ClientFlags) => inspect(cli, hosts, flags)));
}

function inspect(cli: Cli, hosts: string[], flags: ClientFlags): Promise<number> {
  const client = cli.client(flags);
  return inspectEach(cli, flags, {
    items: hosts,
    several: hosts.length > 1,
    nameOf: (host) => host,
    read: async (name) => {
      const host = await client.getHost({ params: { host: name } });
      if (flags.output === undefined) cli.terminal.warn(lines(alarms([host])));
      return host;
    },
  });
}
