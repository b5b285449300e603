import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { removeEach } from '../remove-each.js';

interface Flags extends ClientFlags {
  readonly force?: boolean;
}

const HELP = `
The session of a host that has joined ends at once, and its certificate is dead for ever: it has to join anew. Operations
and audit stay. Asks first on a terminal.

Examples:
  fairlead host rm web-9
  fairlead host rm web-8 web-9 --force`;

export function registerHostRm(parent: Command, cli: Cli): void {
  const command = parent
    .command('rm')
    .argument('<host...>', 'hosts')
    .description('Forget hosts and their identities. Nothing is done on them; stop agents on a Unix socket first');
  withClient(command)
    .option('-f, --force', 'do not ask')
    .addHelpText('after', HELP)
    .action(cli.action(async (hosts: string[], flags: Flags) => remove(cli, hosts, flags)));
}

function remove(cli: Cli, hosts: string[], flags: Flags): Promise<number> {
  const client = cli.client(flags);
  return removeEach(cli, flags, {
    items: hosts,
    question: `Forget ${hosts.join(', ')}?`,
    remove: (host) => client.removeHost({ params: { host } }),
  });
}
