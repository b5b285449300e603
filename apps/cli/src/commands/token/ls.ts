import type { ApiTokenView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { printRows } from '../../output/rows.js';
import { type Column, describeTimeLeft, describeTimeSince } from '../../output/table.js';

interface Flags extends ClientFlags {
  readonly quiet?: boolean;
}

export function registerTokenLs(parent: Command, cli: Cli): void {
  const command = parent.command('ls').aliases(['list']).description('List API tokens, without secrets');
  withClient(command)
    .option('-q, --quiet', 'print names only')
    .addHelpText('after', '\nExamples:\n  fairlead token ls\n  fairlead token ls -o json')
    .action(cli.action(async (flags: Flags) => list(cli, flags)));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const { items } = await cli.client(flags).listApiTokens();
  printRows(cli.terminal, flags, { rows: items, columns: columns(cli.around.now()), name: ({ name }) => name });
}

const columns = (now: number): Column<ApiTokenView>[] => [
  { header: 'NAME', cell: ({ name }) => name },
  { header: 'ID', cell: ({ id }) => id },
  { header: 'ROLE', cell: ({ role }) => role },
  { header: 'HOSTS', cell: ({ hosts }) => hosts || 'all' },
  { header: 'STATE', cell: ({ state }) => state },
  { header: 'EXPIRES', cell: ({ expiresAt }) => (expiresAt === null ? 'never' : describeTimeLeft(expiresAt, now)) },
  {
    header: 'LAST USED',
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : describeTimeSince(lastUsedAt, now)),
  },
  { header: 'CREATED', cell: ({ createdAt, createdBy }) => `${describeTimeSince(createdAt, now)} by ${createdBy}` },
];
