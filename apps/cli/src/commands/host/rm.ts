import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { gather } from '../../fleet/each-host.js';
import { withClient } from '../../flags.js';
import { lines } from '../../output/rows.js';

export function registerHostRm(parent: Command, cli: Cli): void {
  const command = parent
    .command('rm')
    .argument('<host...>', 'hosts')
    .description('Forget hosts that are gone. Nothing is done on them; stop their agents first');
  withClient(command)
    .addHelpText('after', '\nExamples:\n  fairlead host rm web-9')
    .action(cli.action(async (hosts: string[], flags: ClientFlags) => remove(cli, hosts, flags)));
}

async function remove(cli: Cli, hosts: string[], flags: ClientFlags): Promise<number> {
  const client = cli.client(flags);
  const { terminal } = cli;
  const { exitCode } = await gather({ terminal, format: flags.output, nameOf: (host) => host }, hosts, async (host) => {
    await client.removeHost({ params: { host } });
    terminal.write(lines([host]));
  });
  return exitCode;
}
