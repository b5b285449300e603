import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { removeEach } from '../remove-each.js';

interface Flags extends ClientFlags {
  readonly force?: boolean;
}

export function registerTokenRm(parent: Command, cli: Cli): void {
  const command = parent
    .command('rm')
    .aliases(['remove'])
    .argument('<token...>', 'names or ids')
    .description('Revoke API tokens: they are refused from then on');
  withClient(command)
    .option('-f, --force', 'do not ask')
    .addHelpText('after', '\nExamples:\n  fairlead token rm deploy\n  fairlead token rm k3v7q2m5xa --force')
    .action(cli.action(async (tokens: string[], flags: Flags) => remove(cli, tokens, flags)));
}

function remove(cli: Cli, tokens: string[], flags: Flags): Promise<number> {
  const client = cli.client(flags);
  return removeEach(cli, flags, {
    items: tokens,
    question: `Revoke the ${tokens.length === 1 ? 'token' : 'tokens'} ${tokens.join(', ')}?`,
    remove: (token) => client.revokeApiToken({ params: { token } }),
  });
}
