import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { gather } from '../../fleet/each-host.js';
import { withClient } from '../../flags.js';
import { printViews } from '../../output/rows.js';
import { describePolicy } from './spec-source.js';

/** `pause` and `resume`. */
export function registerPolicyPause(parent: Command, cli: Cli): void {
  const pause = parent.command('pause').description('Let policies rest: they do not run, and a run under way waits');
  register(pause, cli, true, '\nExamples:\n  fairlead policy pause nightly\n  fairlead policy pause nightly ci');
  const resume = parent.command('resume').description('Let policies that are paused go on');
  register(resume, cli, false, '\nExamples:\n  fairlead policy resume nightly');
}

function register(command: Command, cli: Cli, paused: boolean, help: string): void {
  withClient(command.argument('<policy...>', 'names or ids'))
    .addHelpText('after', help)
    .action(cli.action(async (policies: string[], flags: ClientFlags) => setPaused(cli, policies, flags, paused)));
}

async function setPaused(cli: Cli, policies: string[], flags: ClientFlags, paused: boolean): Promise<number> {
  const client = cli.client(flags);
  const { terminal } = cli;
  const options = { terminal, format: flags.output, nameOf: (policy: string) => policy };
  const { results, exitCode } = await gather(options, policies, (policy) =>
    client.updatePolicy({ params: { policy }, body: { paused } }),
  );
  printViews(terminal, flags.output, {
    views: results,
    several: policies.length > 1,
    name: ({ name }) => name,
    describe: (view) => [describePolicy(view)],
  });
  return exitCode;
}
