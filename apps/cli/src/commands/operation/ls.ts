import type { Client, OperationQuery, OperationView } from '@fairlead/api';
import { formatDuration, OPERATION_KINDS, OPERATION_OUTCOMES, OPERATION_STATES } from '@fairlead/domain';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { simulatedAmong } from '../../fleet/hosts.js';
import { allHosts, readPages } from '../../fleet/pages.js';
import { collect, integer, withClient } from '../../flags.js';
import { printRows } from '../../output/rows.js';
import { type Column, describeTimeSince, hostLabel } from '../../output/table.js';

interface Flags extends ClientFlags {
  readonly host?: readonly string[];
  readonly kind?: OperationQuery['kind'][number];
  readonly outcome?: OperationQuery['outcome'][number];
  readonly state?: OperationQuery['state'][number];
  readonly limit: number;
  readonly quiet?: boolean;
}

export function registerOperationLs(parent: Command, cli: Cli): void {
  const command = parent.command('ls').aliases(['list']).description('List operations, newest first');
  withClient(command)
    .option('--host <name>', 'only operations on this host; may be repeated', collect)
    .addOption(new Option('--kind <kind>', 'only this kind').choices(OPERATION_KINDS))
    .addOption(new Option('--outcome <outcome>', 'only this outcome').choices(OPERATION_OUTCOMES))
    .addOption(new Option('--state <state>', 'only this state').choices(OPERATION_STATES))
    .option('-n, --limit <number>', 'at most so many', integer, 50)
    .option('-q, --quiet', 'print ids only')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead operation ls\n  fairlead operation ls --host web-1 --outcome unknown\n  fairlead operation ls --kind prune -n 5',
    )
    .action(cli.action(async (flags: Flags) => list(cli, flags)));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const client = cli.client(flags);
  const [rows, hosts] = await Promise.all([read(client, flags), allHosts(client)]);
  const shown = columns(cli.around.now(), simulatedAmong(hosts));
  printRows(cli.terminal, flags, { rows, columns: shown, name: ({ id }) => id });
}

async function read(client: Client, { host = [], kind, outcome, state, limit }: Flags): Promise<OperationView[]> {
  const query = { host, kind: one(kind), outcome: one(outcome), state: one(state) };
  return (await readPages(limit, (page) => client.listOperations({ query: { ...query, ...page } }))).rows;
}

const one = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

const columns = (now: number, simulated: ReadonlySet<string>): Column<OperationView>[] => [
  { header: 'ID', cell: ({ id }) => id },
  { header: 'HOST', cell: ({ host }) => hostLabel(host, simulated.has(host)) },
  { header: 'KIND', cell: ({ kind }) => kind },
  { header: 'TARGET', cell: describeTarget },
  { header: 'OUTCOME', cell: ({ outcome, state }) => outcome ?? state },
  { header: 'CREATED', cell: ({ createdAt }) => describeTimeSince(createdAt, now) },
  { header: 'TOOK', cell: ({ durationMs }) => (durationMs === null ? '' : formatDuration(durationMs)) },
  { header: 'ERROR', cell: ({ error }) => error?.code ?? '' },
];

/** `my-net`, or `one on my-net`. */
function describeTarget({ target: { network, container } }: OperationView): string {
  const names = [container, network?.name].filter((name) => name !== undefined);
  return names.join(' on ');
}
