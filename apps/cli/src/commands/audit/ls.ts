import type { AuditEntryView } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { readPages } from '../../fleet/pages.js';
import { collect, integer, withClient } from '../../flags.js';
import { printRows } from '../../output/rows.js';
import type { Column } from '../../output/table.js';

interface Flags extends ClientFlags {
  readonly host?: readonly string[];
  readonly actor?: readonly string[];
  readonly action?: readonly string[];
  readonly outcome?: readonly string[];
  readonly limit: number;
  readonly quiet?: boolean;
}

const HELP = `
Each filter may be repeated. An action may end in *: network.*

Examples:
  fairlead audit ls
  fairlead audit ls --host web-2 --outcome refused
  fairlead audit ls --actor deploy --action 'network.*' -n 200
  fairlead audit ls -o json`;

export function registerAuditLs(parent: Command, cli: Cli): void {
  const command = parent.command('ls').aliases(['list']).description('List acts and refusals, newest first');
  withClient(command)
    .option('--host <name>', 'only about this host', collect)
    .option('--actor <name>', 'only by this caller', collect)
    .option('--action <action>', 'only this action, such as network.remove', collect)
    .option('--outcome <outcome>', 'only with this outcome, such as refused', collect)
    .option('-n, --limit <number>', 'at most so many', integer, 50)
    .option('-q, --quiet', 'print numbers only')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => list(cli, flags)));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const { host = [], actor = [], action = [], outcome = [], limit } = flags;
  const client = cli.client(flags);
  const query = { host, actor, action, outcome };
  const { rows } = await readPages(limit, (page) => client.listAudit({ query: { ...query, ...page } }));
  printRows(cli.terminal, flags, { rows, columns, name: ({ seq }) => String(seq) });
}

const columns: Column<AuditEntryView>[] = [
  { header: 'SEQ', cell: ({ seq }) => String(seq) },
  { header: 'AT', cell: ({ at }) => at },
  { header: 'ACTOR', cell: ({ actor }) => actor },
  { header: 'FROM', cell: ({ peer }) => peer },
  { header: 'ACTION', cell: ({ action }) => action },
  { header: 'HOST', cell: ({ host }) => host ?? '' },
  { header: 'TARGET', cell: ({ target }) => describe(target) },
  { header: 'OUTCOME', cell: ({ outcome }) => outcome },
  { header: 'DETAIL', cell: ({ detail }) => describe(detail) },
];

/** `token=deploy code=forbidden`: texts, numbers and names of a record; what is deeper is left to -o json. */
const describe = (record: Readonly<Record<string, unknown>>): string =>
  Object.entries(record)
    .map(([key, value]) => [key, nameOf(value)])
    .filter(([, text]) => text !== '')
    .map(([key, text]) => `${key}=${text}`)
    .join(' ');

function nameOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const { name } = Object(value) as { name?: unknown };
  return typeof name === 'string' ? name : '';
}
