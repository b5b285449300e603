import type { PolicyView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { positive, withClient } from '../../flags.js';
import { lines, printRows } from '../../output/rows.js';
import { type Column, describeTimeLeft } from '../../output/table.js';
import { printComing } from './coming.js';

interface Flags extends ClientFlags {
  readonly next?: number;
  readonly quiet?: boolean;
}

export function registerPolicyLs(parent: Command, cli: Cli): void {
  withClient(parent.command('ls').aliases(['list']).description('List the cleanup policies'))
    .option('--next <n>', 'show when they run next, so many times each', positive)
    .option('-q, --quiet', 'print names only')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead policy ls\n  fairlead policy ls --next 5\n  fairlead policy ls -o json',
    )
    .action(cli.action(async (flags: Flags) => list(cli, flags)));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const { items } = await cli.client(flags).listPolicies({ query: { next: flags.next } });
  const forPeople = !flags.quiet && (flags.output ?? 'table') === 'table';
  if (forPeople && flags.next !== undefined) return printComing(cli, items);
  printRows(cli.terminal, flags, { rows: items, columns: columns(cli.around.now()), name: ({ name }) => name });
  if (forPeople) cli.terminal.warn(lines(items.flatMap(warningsOf)));
}

const warningsOf = ({ name, warnings }: PolicyView): string[] => warnings.map((text) => `warning: ${name}: ${text}`);

const columns = (now: number): Column<PolicyView>[] => [
  { header: 'POLICY', cell: ({ name }) => name },
  { header: 'VERSION', cell: ({ version }) => String(version) },
  { header: 'MODE', cell: ({ spec, paused }) => (paused ? `${spec.mode} (paused)` : spec.mode) },
  { header: 'HOSTS', cell: ({ spec }) => spec.hosts || 'all' },
  { header: 'UNUSED FOR', cell: ({ spec }) => spec.unusedFor },
  { header: 'SCHEDULE', cell: ({ schedule }) => schedule },
  { header: 'NEXT', cell: ({ next: [first] }) => (first === undefined ? '' : describeTimeLeft(first, now)) },
];
