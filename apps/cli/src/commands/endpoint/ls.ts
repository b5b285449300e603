import type { EndpointQuery, FleetEndpointView } from '@fairlead/api';
import { containerState } from '@fairlead/api';
import { FairleadError, parseAddress } from '@fairlead/domain';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { readPages } from '../../fleet/pages.js';
import { collect, type HostFlags, oneOf, positive, toFilters, withClient, withHosts } from '../../flags.js';
import { printRows } from '../../output/rows.js';
import { warnOfSilence } from '../../output/silent-hosts.js';
import { ageColumns, type Column, hostLabel } from '../../output/table.js';
import { FRESHNESS } from '../network/query.js';

interface Flags extends ClientFlags, HostFlags {
  readonly filter?: readonly string[];
  readonly limit?: number;
  readonly quiet?: boolean;
}

const FILTERS = ['address', 'container', 'mac', 'network', 'project', 'service', 'state', 'freshness'] as const;

const HELP = `
Filters (--filter KEY=VALUE, repeatable): ${FILTERS.join(', ')}.
  In container and network * and ? are wildcards; without them they are whole names, or beginnings of ids (12 digits of a
  network's at least). What stands alone is an IP or MAC address where it reads as one, else a container.

Examples:
  fairlead endpoint ls 10.20.3.7
  fairlead endpoint ls shop-db-1
  fairlead endpoint ls --filter project=shop --on env=prod
  fairlead endpoint ls --filter 'network=shop_*' --filter state=exited -o json`;

export function registerEndpointLs(parent: Command, cli: Cli): void {
  const command = parent
    .command('ls')
    .aliases(['list'])
    .description('List who is on which network of which host')
    .argument('[address or container]', 'whom to look for: an IP or MAC address, or a container');
  withClient(withHosts(command))
    .option('-f, --filter <filter>', 'only endpoints that fit, such as project=shop', collect)
    .option('--limit <n>', 'print that many at most', positive)
    .option('-q, --quiet', 'print ids of containers only')
    .addHelpText('after', HELP)
    .action(cli.action(async (whom: string | undefined, flags: Flags) => list(cli, whom, flags)));
}

async function list(cli: Cli, whom: string | undefined, flags: Flags): Promise<void> {
  const client = cli.client(flags);
  const query = toQuery(whom, flags);
  const { rows, last } = await readPages(flags.limit ?? Infinity, (page) =>
    client.listEndpoints({ query: { ...query, ...page } }),
  );
  const now = cli.around.now();
  printRows(cli.terminal, flags, {
    rows,
    columns: columns(rows, now),
    name: ({ host, network, containerName }) => `${host}/${network.name}/${containerName}`,
    quiet: ({ containerId }) => containerId,
  });
  warnOfSilence(cli.terminal, last, now);
}

/** Filters that hold once. */
type Single = Exclude<(typeof FILTERS)[number], 'state' | 'freshness'>;
type Query = { -readonly [K in keyof EndpointQuery]?: EndpointQuery[K] };

function toQuery(whom: string | undefined, { host = [], on, filter }: Flags): Query {
  const query: Query = { host, on };
  if (whom !== undefined) query[kindOf(whom)] = whom;
  for (const { key, value } of toFilters(filter, FILTERS)) {
    if (key === 'state') query.state = [...(query.state ?? []), oneOf(key, value, containerState.options)];
    else if (key === 'freshness') query.freshness = [...(query.freshness ?? []), oneOf(key, value, FRESHNESS)];
    else if (query[key as Single] !== undefined) throw twice(key);
    else query[key as Single] = value;
  }
  return query;
}

/** No name of a container has a colon. */
const kindOf = (whom: string): 'address' | 'mac' | 'container' =>
  parseAddress(whom) ? 'address' : /^[0-9a-f]{2}(:[0-9a-f]{2}){5,}$/i.test(whom) ? 'mac' : 'container';

const twice = (key: string): FairleadError =>
  new FairleadError('invalid_argument', `--filter: ${key} can be given once only`);

function columns(rows: readonly FleetEndpointView[], now: number): Column<FleetEndpointView>[] {
  return [
    { header: 'HOST', cell: ({ host, simulated }) => hostLabel(host, simulated) },
    { header: 'NETWORK', cell: ({ network }) => network.name },
    { header: 'CONTAINER', cell: ({ containerName }) => containerName },
    { header: 'STATE', cell: ({ state }) => state },
    { header: 'IPV4', cell: ({ ipv4 }) => ipv4 },
    ...(rows.some(({ ipv6 }) => ipv6 !== '') ? [{ header: 'IPV6', cell: ({ ipv6 }: FleetEndpointView) => ipv6 }] : []),
    { header: 'PROJECT', cell: ({ project }) => project },
    { header: 'SERVICE', cell: ({ service }) => service },
    ...ageColumns(rows, now),
  ];
}
