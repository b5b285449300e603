import type { Client, NetworkView, UnavailableHostView } from '@fairlead/api';
import { shortId } from '@fairlead/domain';
import { type Command, Option } from 'commander';
import { NETWORK_SORTS } from '@fairlead/api';
import type { Cli, ClientFlags } from '../../cli.js';
import { collect, type HostFlags, withClient, withHosts } from '../../flags.js';
import { visible } from '../../output/escape.js';
import { printRows } from '../../output/rows.js';
import { ageColumns, type Column, describeAge, describeLabels, hostLabel } from '../../output/table.js';
import { LS_FILTERS, toNetworkQuery } from './query.js';

interface Flags extends ClientFlags, HostFlags {
  readonly filter?: readonly string[];
  readonly search?: string;
  readonly sort: (typeof NETWORK_SORTS)[number];
  readonly quiet?: boolean;
  readonly trunc: boolean;
}

const HELP = `
Filters (--filter KEY=VALUE, repeatable): ${LS_FILTERS.join(', ')}.
  type is custom or builtin; dangling=true shows networks that no container uses, running or stopped.

Examples:
  fairlead network ls
  fairlead network ls --on env=prod --filter driver=overlay
  fairlead network ls --filter dangling=true --filter type=custom
  fairlead network ls --filter container=web -o json`;

export function registerLs(parent: Command, cli: Cli): void {
  const command = parent.command('ls').aliases(['list']).description('List the networks of the whole fleet');
  withClient(withHosts(command))
    .option('-f, --filter <filter>', 'only networks that fit, such as driver=bridge', collect)
    .option('--search <text>', 'only networks with this text in name, id, host, driver, subnet, label or container')
    .addOption(new Option('--sort <order>', 'order of rows').choices(NETWORK_SORTS).default('host'))
    .option('-q, --quiet', 'print ids only')
    .option('--no-trunc', 'print whole ids')
    .addHelpText('after', HELP)
    .action(cli.action(async (flags: Flags) => list(cli, flags)));
}

async function list(cli: Cli, flags: Flags): Promise<void> {
  const { networks, unavailable } = await readAll(cli.client(flags), flags);
  const id = (network: NetworkView): string => (flags.trunc ? shortId(network.id) : network.id);
  printRows(cli.terminal, flags, {
    rows: networks,
    columns: columns(networks, cli.around.now(), flags.trunc),
    name: ({ host, name }) => `${host}/${name}`,
    quiet: id,
  });
  warnOfSilence(cli, unavailable);
}

/** All pages. */
async function readAll(client: Client, flags: Flags) {
  const query = { ...toNetworkQuery(flags.filter, flags), q: flags.search, sort: flags.sort, limit: 500 };
  const networks: NetworkView[] = [];
  let unavailable: readonly UnavailableHostView[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.listNetworks({ query: { ...query, cursor } });
    networks.push(...page.items);
    unavailable = page.unavailableHosts;
    if (page.nextCursor === null) return { networks, unavailable };
    cursor = page.nextCursor;
  }
}

function columns(rows: readonly NetworkView[], now: number, trunc: boolean): Column<NetworkView>[] {
  return [
    { header: 'HOST', cell: ({ host, simulated }) => hostLabel(host, simulated) },
    { header: 'NETWORK ID', cell: ({ id }) => (trunc ? shortId(id) : id) },
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'DRIVER', cell: ({ driver }) => driver },
    { header: 'SCOPE', cell: ({ scope }) => scope },
    { header: 'SUBNETS', cell: ({ subnets }) => subnets.map(({ cidr }) => cidr).join(', ') },
    { header: 'CONTAINERS', cell: describeContainers },
    ...(trunc ? [] : [{ header: 'LABELS', cell: ({ labels }: NetworkView) => describeLabels(labels) }]),
    ...ageColumns(rows, now),
  ];
}

/** `3`, or `3 (1 stopped)`. */
function describeContainers({ containers: { total, running } }: NetworkView): string {
  return total === running ? String(total) : `${total} (${total - running} stopped)`;
}

function warnOfSilence(cli: Cli, hosts: readonly UnavailableHostView[]): void {
  if (hosts.length === 0) return;
  const now = cli.around.now();
  const named = hosts.map((host) => `${host.name} (${describeAge(host, now)} ago)`).join(', ');
  cli.terminal.warn(`warning: not up to date, as these hosts could not be asked: ${visible(named)}\n`);
}
