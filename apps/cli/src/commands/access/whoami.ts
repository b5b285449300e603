import type { WhoamiView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { describeScope } from '../../output/people.js';
import { printViews } from '../../output/rows.js';
import { describeTimeLeft } from '../../output/table.js';

export function registerWhoami(program: Command, cli: Cli): void {
  withClient(program.command('whoami').description('Show who the controller takes you for, and what you may do'))
    .addHelpText('after', '\nExamples:\n  fairlead whoami\n  fairlead whoami -o json')
    .action(cli.action(async (flags: ClientFlags) => whoami(cli, flags)));
}

async function whoami(cli: Cli, flags: ClientFlags): Promise<void> {
  printViews(cli.terminal, flags.output, {
    views: [await cli.client(flags).whoami()],
    several: false,
    name: ({ name }) => name,
    describe: (view) => [describeCaller(view, cli.around.now())],
  });
}

/** `deploy (operator, hosts env=prod), a token that expires in 3d` */
export function describeCaller(view: WhoamiView, now: number): string {
  const ends = view.expiresAt === null ? '' : `, a ${view.kind} that expires ${describeTimeLeft(view.expiresAt, now)}`;
  return `${view.name} (${describeScope(view)})${ends}`;
}
