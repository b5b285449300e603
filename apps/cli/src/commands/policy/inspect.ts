import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { inParallel } from '../../fleet/each-host.js';
import { positive, withClient } from '../../flags.js';
import { inspectEach } from '../inspect.js';
import { printComing } from './coming.js';

interface Flags extends ClientFlags {
  readonly next?: number;
}

export function registerPolicyInspect(parent: Command, cli: Cli): void {
  const command = parent
    .command('inspect')
    .argument('<policy...>', 'names or ids')
    .description('Show what policies say; as YAML it can be edited and given to create and edit again');
  withClient(command, 'json')
    .option('--next <n>', 'show when they run next, so many times each', positive)
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead policy inspect nightly\n  fairlead policy inspect -o yaml nightly > nightly.yaml\n  fairlead policy inspect --next 5 nightly',
    )
    .action(cli.action(async (policies: string[], flags: Flags) => inspect(cli, policies, flags)));
}

async function inspect(cli: Cli, policies: string[], flags: Flags): Promise<number | void> {
  const client = cli.client(flags);
  const query = { next: flags.next };
  const read = (policy: string) => client.getPolicy({ params: { policy }, query });
  if (flags.next !== undefined && (flags.output ?? 'table') === 'table') {
    return printComing(cli, await inParallel(policies, read));
  }
  return inspectEach(cli, flags, { items: policies, several: policies.length > 1, nameOf: (policy) => policy, read });
}
