import type { HistoryEntryView, HistoryQuery } from '@fairlead/api';
import { HISTORY_KINDS } from '@fairlead/domain';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { collect, positive, withClient } from '../../flags.js';
import { printRows } from '../../output/rows.js';
import { type Column } from '../../output/table.js';
import { describeAuthor, describeHost, placeOf, readPast, warnOfStrangers } from './past.js';

type Kind = HistoryQuery['kind'][number];

interface Flags extends ClientFlags {
  readonly host?: readonly string[];
  readonly on?: string;
  readonly container?: string;
  readonly since?: string;
  readonly until?: string;
  readonly kind?: readonly Kind[];
  readonly actor?: readonly string[];
  readonly by?: 'operation' | 'outside';
  readonly operation?: string;
  readonly limit: number;
}

const HELP = `
Newest first. A network is its name (* and ? are wildcards), its id or 12 or more digits of that, after HOST/ where one host is
meant. What happened while a host or its engine was away shows as between two times. BY is who asked Fairlead for it, or
"outside": done on the host by somebody else. Networks that are gone: fairlead network ls --removed.

Examples:
  fairlead network history --host web-3 --since 12h
  fairlead network history web-3/shop_default
  fairlead network history --container shop-db-1 --by outside
  fairlead network history --on env=prod --kind network.removed --since 2026-11-24T18:00:00Z --until 2026-11-25T08:00:00Z`;

export function registerHistory(parent: Command, cli: Cli): void {
  withClient(parent.command('history').description('What changed, when, and who did it'))
    .argument('[network]', 'HOST/NETWORK, or NETWORK of any host')
    .option('--host <name>', 'only on this host, which need not exist any more; may be repeated', collect)
    .option('--on <selector>', "only on hosts by label, such as 'env=prod'")
    .option('--container <name>', 'only about this container: its name (* and ? are wildcards) or id')
    .option('--since <time>', 'not before this time, or so long ago: 12h')
    .option('--until <time>', 'not after this time, or so long ago')
    .addOption(
      new Option('--kind <kind>', `only this kind; may be repeated: ${HISTORY_KINDS.join(', ')}`).argParser(
        collectKind,
      ),
    )
    .option('--actor <name>', 'only what this caller asked for; may be repeated', collect)
    .addOption(
      new Option('--by <whom>', 'only what an operation did, or what was done outside').choices([
        'operation',
        'outside',
      ]),
    )
    .option('--operation <id>', 'only what this operation did')
    .option('-n, --limit <number>', 'at most so many', positive, 100)
    .addHelpText('after', HELP)
    .action(cli.action(async (network: string | undefined, flags: Flags) => list(cli, network, flags)));
}

function collectKind(text: string, previous: readonly Kind[] = []): Kind[] {
  const kind = HISTORY_KINDS.find((one) => one === text);
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${HISTORY_KINDS.join(', ')}.`);
  return [...previous, kind];
}

async function list(cli: Cli, reference: string | undefined, flags: Flags): Promise<void> {
  const client = cli.client(flags);
  const { container, since, until, kind = [], actor = [], by, operation } = flags;
  const place = placeOf(reference, flags);
  const query = { ...place, container, since, until, kind, actor, by, operation };
  const { rows, warn } = await readPast(cli, flags, 'The history', (page) =>
    client.listHistory({ query: { ...query, ...page } }),
  );
  printRows(cli.terminal, flags, { rows, columns: COLUMNS, name: ({ seq }) => String(seq) });
  warn();
  await warnOfStrangers(cli, client, place.host, rows);
}

const COLUMNS: readonly Column<HistoryEntryView>[] = [
  { header: 'TIME', cell: ({ at, notBefore }) => (notBefore === null ? at : `between ${notBefore} and ${at}`) },
  { header: 'HOST', cell: describeHost },
  { header: 'NETWORK', cell: ({ network }) => network.name },
  { header: 'WHAT', cell: describeChange },
  { header: 'BY', cell: describeAuthor },
];

const VERBS = {
  'network.created': 'created',
  'network.changed': 'changed',
  'network.removed': 'removed',
  'endpoint.connected': 'joined',
  'endpoint.changed': 'changed',
  'endpoint.disconnected': 'left',
} as const satisfies Record<Kind, string>;

/** `removed`, `container db left`, `container db changed: state running -> exited`. */
function describeChange({ kind, container, changes }: HistoryEntryView): string {
  const whose = container === null ? '' : `container ${container.name} `;
  const what = Object.entries(changes).map(([field, [was, is]]) => `${field} ${text(was)} -> ${text(is)}`);
  return `${whose}${VERBS[kind]}${what.length === 0 ? '' : `: ${what.join(', ')}`}`;
}

const text = (value: unknown): string =>
  value === null || value === '' ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);
