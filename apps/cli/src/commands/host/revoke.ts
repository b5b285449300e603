import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { gather } from '../../fleet/each-host.js';
import { withClient } from '../../flags.js';
import { printViews } from '../../output/rows.js';
import { confirm, DECLINED } from '../confirm.js';

interface Flags extends ClientFlags {
  readonly force?: boolean;
}

const HELP = `
The session ends at once and the certificate is dead for ever. The inventory stays, as it was last seen. To let the machine
in again, forget the host with 'fairlead host rm' and have it join anew.

Examples:
  fairlead host revoke web-9
  fairlead host revoke web-9 --force`;

export function registerHostRevoke(parent: Command, cli: Cli): void {
  const command = parent
    .command('revoke')
    .argument('<host...>', 'hosts that have joined')
    .description('Revoke the identities of hosts, such as of a machine that was stolen');
  withClient(command)
    .option('-f, --force', 'do not ask')
    .addHelpText('after', HELP)
    .action(cli.action(async (hosts: string[], flags: Flags) => revoke(cli, hosts, flags)));
}

async function revoke(cli: Cli, hosts: string[], flags: Flags): Promise<number> {
  const question = `Revoke the identity of ${hosts.join(', ')} for ever?`;
  if (!(await confirm(cli, { force: flags.force, question, unattended: 'refuse' }))) return DECLINED;
  const client = cli.client(flags);
  const { terminal } = cli;
  const options = { terminal, format: flags.output, nameOf: (host: string) => host };
  const { results, exitCode } = await gather(options, hosts, (host) => client.revokeHost({ params: { host } }));
  printViews(terminal, flags.output, {
    views: results,
    several: hosts.length > 1,
    name: ({ name }) => name,
    describe: ({ name }) => [`${name}: revoked`],
  });
  return exitCode;
}
