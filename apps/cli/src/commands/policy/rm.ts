import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { removeEach } from '../remove-each.js';

interface Flags extends ClientFlags {
  readonly force?: boolean;
}

export function registerPolicyRm(parent: Command, cli: Cli): void {
  const command = parent
    .command('rm')
    .aliases(['remove'])
    .argument('<policy...>', 'names or ids')
    .description('Remove cleanup policies; what their runs did stays to be read and restored');
  withClient(command)
    .option('-f, --force', 'do not ask')
    .addHelpText(
      'after',
      '\nA policy with a run that is not finished is not removed: cancel that first.\n' +
        '\nExamples:\n  fairlead policy rm nightly\n  fairlead policy rm ci ci-old --force',
    )
    .action(cli.action(async (policies: string[], flags: Flags) => remove(cli, policies, flags)));
}

function remove(cli: Cli, policies: string[], flags: Flags): Promise<number> {
  const client = cli.client(flags);
  return removeEach(cli, flags, {
    items: policies,
    question: `Remove ${policies.length === 1 ? 'the policy' : 'the policies'} ${policies.join(', ')}?`,
    remove: (policy) => client.removePolicy({ params: { policy } }),
  });
}
