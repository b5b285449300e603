import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { inspectEach } from '../inspect.js';

export function registerOperationInspect(parent: Command, cli: Cli): void {
  const command = parent
    .command('inspect')
    .argument('<operation...>', 'ids')
    .description('Show what was asked for, how far it is, and what came of it');
  withClient(command, 'json')
    .addHelpText('after', '\nExamples:\n  fairlead operation inspect 019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071')
    .action(cli.action(async (ids: string[], flags: ClientFlags) => inspect(cli, ids, flags)));
}

function inspect(cli: Cli, ids: string[], flags: ClientFlags): Promise<number> {
  const client = cli.client(flags);
  return inspectEach(cli, flags, {
    items: ids,
    several: ids.length > 1,
    nameOf: (id) => id,
    read: (operation) => client.getOperation({ params: { operation } }),
  });
}
