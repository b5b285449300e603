import { isDeepStrictEqual } from 'node:util';
import type { PolicyVersionListView, PolicySpecView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { printRows } from '../../output/rows.js';

type Version = PolicyVersionListView['items'][number];

export function registerPolicyVersions(parent: Command, cli: Cli): void {
  const command = parent
    .command('versions')
    .argument('<policy>', 'name or id')
    .description('List what a policy has said over time, newest first');
  withClient(command)
    .addHelpText('after', '\nExamples:\n  fairlead policy versions nightly\n  fairlead policy versions nightly -o yaml')
    .action(cli.action(async (policy: string, flags: ClientFlags) => list(cli, policy, flags)));
}

async function list(cli: Cli, policy: string, flags: ClientFlags): Promise<void> {
  const { items } = await cli.client(flags).listPolicyVersions({ params: { policy } });
  printRows(cli.terminal, flags, { rows: items, columns: columns(items), name: ({ version }) => String(version) });
}

const columns = (all: readonly Version[]) => [
  { header: 'VERSION', cell: ({ version }: Version) => String(version) },
  { header: 'SINCE', cell: ({ createdAt }: Version) => createdAt },
  { header: 'BY', cell: ({ createdBy }: Version) => createdBy },
  { header: 'CHANGED', cell: (row: Version) => describeChange(row, all) },
];

/** `unusedFor 14d -> 7d, exempt`: what is other than in the version before. */
function describeChange({ version, spec }: Version, all: readonly Version[]): string {
  const before = all.find((each) => each.version === version - 1);
  if (before === undefined) return '';
  const fields = (Object.keys(spec) as (keyof PolicySpecView)[]).filter(
    (field) => !isDeepStrictEqual(spec[field], before.spec[field]),
  );
  return fields.map((field) => describeField(field, before.spec[field], spec[field])).join(', ');
}

/** With its values where they are short. */
const describeField = (field: string, was: unknown, is: unknown): string =>
  typeof was === 'string' && typeof is === 'string' ? `${field} ${was || '(none)'} -> ${is || '(none)'}` : field;
