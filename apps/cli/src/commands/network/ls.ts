import type { Client, NetworkView } from '@fairlead/api';
import { formatDuration, shortId } from '@fairlead/domain';
import { type Command, Option } from 'commander';
import { NETWORK_SORTS } from '@fairlead/api';
import type { Cli, ClientFlags } from '../../cli.js';
import { readPages } from '../../fleet/pages.js';
import { collect, type HostFlags, positive, withClient, withHosts } from '../../flags.js';
import { printRows } from '../../output/rows.js';
import { NO_SILENT_HOSTS, type SilentHosts, warnOfSilence } from '../../output/silent-hosts.js';
import { ageColumns, type Column, describeLabels, hostLabel } from '../../output/table.js';
import { listOverlays } from './overlays.js';
import { LS_FILTERS, toNetworkQuery } from './query.js';

interface Flags extends ClientFlags, HostFlags {
  readonly filter?: readonly string[];
  readonly search?: string;
  readonly sort: (typeof NETWORK_SORTS)[number];
  readonly limit?: number;
  readonly overlays?: boolean;
  readonly quiet?: boolean;
  readonly trunc: boolean;
}

const HELP = `
Filters (--filter KEY=VALUE, repeatable): ${LS_FILTERS.join(', ')}.
  type is custom or builtin; dangling=true shows networks that no container uses, running or stopped.
  address=10.20.3.7 fits where a subnet contains it, overlaps=10.20.0.0/16 where one meets that range; unused-for=30d
  shows those that Fairlead has seen without any container for as long.

Examples:
  fairlead network ls
  fairlead network ls --on env=prod --filter driver=overlay
  fairlead network ls --filter dangling=true --filter type=custom
  fairlead network ls --filter unused-for=30d --sort unused
  fairlead network ls --search 'shop web'
  fairlead network ls --overlays
  fairlead network ls --filter container=web -o json`;

export function registerLs(parent: Command, cli: Cli): void {
  const command = parent.command('ls').aliases(['list']).description('List the networks of the whole fleet');
  withClient(withHosts(command))
    .option('-f, --filter <filter>', 'only networks that fit, such as driver=bridge', collect)
    .option('--search <words>', 'only networks with words that begin so: in name, id, host, subnet, label, container …')
    .addOption(new Option('--sort <order>', 'order of rows').choices(NETWORK_SORTS).default('host'))
    .option('--limit <n>', 'print that many at most', positive)
    .option('--overlays', 'the networks of swarms, each once over all hosts (filter: name)')
    .option('-q, --quiet', 'print ids only')
    .option('--no-trunc', 'print whole ids, labels, and since when networks are unused')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => (flags.overlays ? listOverlays(cli, flags) : list(cli, flags))));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const { networks, silent } = await readAll(cli.client(flags), flags);
  const id = (network: NetworkView): string => (flags.trunc ? shortId(network.id) : network.id);
  printRows(cli.terminal, flags, {
    rows: networks,
    columns: columns(networks, cli.around.now(), flags),
    name: ({ host, name }) => `${host}/${name}`,
    quiet: id,
  });
  warnOfSilence(cli.terminal, silent, cli.around.now());
}

/** As many pages as it takes. */
async function readAll(client: Client, flags: Flags) {
  const query = { ...toNetworkQuery(flags.filter, flags), q: flags.search, sort: flags.sort };
  let silent: SilentHosts = NO_SILENT_HOSTS;
  const networks = await readPages(flags.limit ?? Infinity, async (page) => {
    const answer = await client.listNetworks({ query: { ...query, ...page } });
    silent = answer;
    return answer;
  });
  return { networks, silent };
}

function columns(rows: readonly NetworkView[], now: number, flags: Flags): Column<NetworkView>[] {
  const { trunc } = flags;
  return [
    { header: 'HOST', cell: ({ host, simulated }) => hostLabel(host, simulated) },
    { header: 'NETWORK ID', cell: ({ id }) => (trunc ? shortId(id) : id) },
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'DRIVER', cell: ({ driver }) => driver },
    { header: 'SCOPE', cell: ({ scope }) => scope },
    { header: 'SUBNETS', cell: ({ subnets }) => subnets.map(({ cidr }) => cidr).join(', ') },
    { header: 'CONTAINERS', cell: describeContainers },
    ...(asksForUse(flags) ? [{ header: 'UNUSED FOR', cell: (row: NetworkView) => describeUse(row, now) }] : []),
    ...(trunc ? [] : [{ header: 'LABELS', cell: ({ labels }: NetworkView) => describeLabels(labels) }]),
    ...ageColumns(rows, now),
  ];
}

/** `3`, or `3 (1 stopped)`. */
function describeContainers({ containers: { total, running } }: NetworkView): string {
  return total === running ? String(total) : `${total} (${total - running} stopped)`;
}

const asksForUse = ({ trunc, sort, filter = [] }: Flags): boolean =>
  !trunc || sort.endsWith('unused') || filter.some((text) => text.startsWith('unused-for='));

/** `3d 4h`, or nothing while a container is on it. */
const describeUse = ({ unusedSince }: NetworkView, now: number): string =>
  unusedSince === null ? '' : formatDuration(Math.max(0, now - Date.parse(unusedSince)));
