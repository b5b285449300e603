import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../../cli.js';
import { withClient } from '../../../flags.js';
import { removeEach } from '../../remove-each.js';

interface Flags extends ClientFlags {
  readonly force?: boolean;
}

export function registerJoinTokenRm(parent: Command, cli: Cli): void {
  const command = parent
    .command('rm')
    .aliases(['remove'])
    .argument('<id...>', 'ids of join tokens')
    .description('Revoke join tokens. Hosts that have joined by them stay');
  withClient(command)
    .option('-f, --force', 'do not ask')
    .addHelpText('after', '\nExamples:\n  fairlead host join-token rm k3v7q2m5xa')
    .action(cli.action(async (ids: string[], flags: Flags) => remove(cli, ids, flags)));
}

function remove(cli: Cli, ids: string[], flags: Flags): Promise<number> {
  const client = cli.client(flags);
  return removeEach(cli, flags, {
    items: ids,
    question: `Revoke the join ${ids.length === 1 ? 'token' : 'tokens'} ${ids.join(', ')}?`,
    remove: (token) => client.revokeJoinToken({ params: { token } }),
  });
}
