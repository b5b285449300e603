import type { Command } from 'commander';
import { RUN_STATES } from '@fairlead/api';
import type { Cli, ClientFlags } from '../../cli.js';
import { gather } from '../../fleet/each-host.js';
import { withClient } from '../../flags.js';
import { lines, printViews } from '../../output/rows.js';
import { findRun } from './find-run.js';
import { describeRun } from './run-words.js';

const UNFINISHED = RUN_STATES.filter((state) => state !== 'finished');

export function registerPolicyCancel(parent: Command, cli: Cli): void {
  const command = parent
    .command('cancel')
    .argument('<run...>', 'ids of runs, or policies whose runs are not finished')
    .description('Stop runs between two networks; what they have removed stays removed');
  withClient(command)
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead policy cancel nightly\n  fairlead policy cancel 019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072',
    )
    .action(cli.action(async (runs: string[], flags: ClientFlags) => cancel(cli, runs, flags)));
}

async function cancel(cli: Cli, references: string[], flags: ClientFlags): Promise<number> {
  const client = cli.client(flags);
  const options = { terminal: cli.terminal, format: flags.output, nameOf: (reference: string) => reference };
  const { results, exitCode } = await gather(options, references, async (reference) => {
    const run = await findRun(client, reference, UNFINISHED, 'is under way');
    if (run.state !== 'finished') return client.cancelRun({ params: { run: run.id } });
    cli.terminal.warn(lines([`Run ${run.id} was finished already: nothing was cancelled.`]));
    return run;
  });
  printViews(cli.terminal, flags.output, {
    views: results,
    several: references.length > 1,
    name: ({ id }) => id,
    describe: (run) => [describeRun(run)],
  });
  return exitCode;
}
