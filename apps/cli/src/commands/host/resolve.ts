import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { printViews } from '../../output/rows.js';
import { confirm, DECLINED } from '../confirm.js';

interface Flags extends ClientFlags {
  readonly keep: string;
  readonly force?: boolean;
}

const HELP = `
A host is quarantined when two machines use its identity, as after a machine was copied. Nothing is done on it until you say
which of them it is. That one gets a new key at once; the other is refused from then on and has to join anew.

Examples:
  fairlead host inspect web-2 -o yaml
  fairlead host resolve web-2 --keep 10.0.0.7`;

export function registerHostResolve(parent: Command, cli: Cli): void {
  const command = parent
    .command('resolve')
    .argument('<host>', 'a quarantined host')
    .description('Say which of two machines keeps the identity of a host');
  withClient(command)
    .requiredOption('--keep <machine>', 'instance id or address of the machine that stays')
    .option('-f, --force', 'do not ask')
    .addHelpText('after', HELP)
    .action(cli.action(async (host: string, flags: Flags) => resolve(cli, host, flags)));
}

async function resolve(cli: Cli, host: string, { keep, force, ...flags }: Flags): Promise<number | void> {
  const question = `Keep ${keep} as ${host}, and refuse the other machine for ever?`;
  if (!(await confirm(cli, { force, question, unattended: 'refuse' }))) return DECLINED;
  const view = await cli.client(flags).resolveHost({ params: { host }, body: { keep } });
  printViews(cli.terminal, flags.output, {
    views: [view],
    several: false,
    name: ({ name }) => name,
    describe: ({ name }) => [`${name}: ${keep} stays`],
  });
}
