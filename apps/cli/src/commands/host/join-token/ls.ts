import type { JoinTokenView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../../cli.js';
import { withClient } from '../../../flags.js';
import { printRows } from '../../../output/rows.js';
import { type Column, describeLabels, describeTimeLeft, describeTimeSince } from '../../../output/table.js';

interface Flags extends ClientFlags {
  readonly quiet?: boolean;
}

export function registerJoinTokenLs(parent: Command, cli: Cli): void {
  const command = parent.command('ls').aliases(['list']).description('List join tokens, newest first, without secrets');
  withClient(command)
    .option('-q, --quiet', 'print ids only')
    .addHelpText('after', '\nExamples:\n  fairlead host join-token ls\n  fairlead host join-token ls -o json')
    .action(cli.action(async (flags: Flags) => list(cli, flags)));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const { items } = await cli.client(flags).listJoinTokens();
  printRows(cli.terminal, flags, { rows: items, columns: columns(cli.around.now()), name: ({ id }) => id });
}

const columns = (now: number): Column<JoinTokenView>[] => [
  { header: 'ID', cell: ({ id }) => id },
  { header: 'STATE', cell: ({ state }) => state },
  { header: 'HOST', cell: ({ host }) => host ?? 'any' },
  { header: 'USES', cell: ({ uses, maxUses }) => `${uses} of ${maxUses}` },
  { header: 'EXPIRES', cell: ({ expiresAt }) => describeTimeLeft(expiresAt, now) },
  { header: 'CREATED', cell: ({ createdAt, createdBy }) => `${describeTimeSince(createdAt, now)} by ${createdBy}` },
  { header: 'LABELS', cell: ({ labels }) => describeLabels(labels) },
];
