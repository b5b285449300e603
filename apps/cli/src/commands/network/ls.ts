import { NETWORK_SORTS } from '@fairlead/api';
import { type Command, Option } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { collect, positive, withClient, withHosts } from '../../flags.js';
import { OUTPUT_FORMATS } from '../../output/format.js';
import { printRows } from '../../output/rows.js';
import { warnOfSilence } from '../../output/silent-hosts.js';
import { columnsFor, networkId } from './ls-columns.js';
import { exportAsCsv } from './ls-export.js';
import type { LsFlags } from './ls-flags.js';
import { readListing } from './ls-pages.js';
import { watchNetworks } from './ls-watch.js';
import { listOverlays } from './overlays.js';
import { listRemoved } from './removed.js';
import { LS_FILTERS } from './query.js';

const HELP = `
Filters (--filter KEY=VALUE, repeatable): ${LS_FILTERS.join(', ')}.
  type is custom or builtin; dangling=true shows networks that no container uses, running or stopped.
  address=10.20.3.7 fits where a subnet contains it, overlaps=10.20.0.0/16 where one meets that range; unused-for=30d
  shows those that Fairlead has seen without any container for as long.

With --watch the list is kept up to date until Ctrl-C: on a terminal in place, elsewhere with a line for each network that
is ADDED to the list, CHANGED or REMOVED from it; with -o json that is one {"type":…,"network":…} a line.
With -o csv it is all that fits, streamed as the controller exports it; there is no --limit then.

Examples:
  fairlead network ls
  fairlead network ls --on env=prod --filter driver=overlay
  fairlead network ls --filter dangling=true --filter type=custom
  fairlead network ls --filter unused-for=30d --sort unused
  fairlead network ls --search 'shop web'
  fairlead network ls --overlays
  fairlead network ls --removed --filter since=7d
  fairlead network ls --filter container=web -o json
  fairlead network ls --filter type=custom --watch
  fairlead network ls --watch -o json | jq -r .network.name
  fairlead network ls --sort host -o csv > networks.csv`;

export function registerLs(parent: Command, cli: Cli): void {
  const command = parent.command('ls').aliases(['list']).description('List the networks of the whole fleet');
  withClient(withHosts(command), 'table', '-o, --output <format>', [...OUTPUT_FORMATS, 'csv'])
    .option('-f, --filter <filter>', 'only networks that fit, such as driver=bridge', collect)
    .option('--search <words>', 'only networks with words that begin so: in name, id, host, subnet, label, container …')
    .addOption(new Option('--sort <order>', 'order of rows').choices(NETWORK_SORTS).default('host'))
    .option('--limit <n>', 'print that many at most', positive)
    .addOption(
      new Option('--overlays', 'the networks of swarms, each once over all hosts (filter: name)').conflicts([
        'search',
        'sort',
      ]),
    )
    .addOption(
      new Option('--removed', 'the networks that are gone (filters: name, id, since, until)').conflicts([
        'search',
        'sort',
        'overlays',
        'watch',
      ]),
    )
    .option('-w, --watch', 'keep it up to date until Ctrl-C')
    .option('-q, --quiet', 'print ids only')
    .option('--no-trunc', 'print whole ids, labels, and since when networks are unused')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: LsFlags) => ls(cli, flags)));
}

async function ls(cli: Cli, { output, ...flags }: LsFlags): Promise<void> {
  if (output === 'csv') return exportAsCsv(cli, flags);
  if (flags.removed) return listRemoved(cli, { ...flags, output });
  if (flags.watch) return watchNetworks(cli, { ...flags, output });
  return flags.overlays ? listOverlays(cli, { ...flags, output }) : list(cli, { ...flags, output });
}

async function list(cli: Cli, flags: LsFlags & ClientFlags): Promise<void> {
  const { networks, silent } = await readListing(cli.client(flags), flags);
  const now = cli.around.now();
  printRows(cli.terminal, flags, {
    rows: networks,
    columns: columnsFor(networks, now, flags),
    name: ({ host, name }) => `${host}/${name}`,
    quiet: (network) => networkId(flags, network),
  });
  warnOfSilence(cli.terminal, silent, now);
}
