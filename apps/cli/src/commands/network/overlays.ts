import type { OverlayView } from '@fairlead/api';
import { FairleadError, shortId } from '@fairlead/domain';
import type { Cli, ClientFlags } from '../../cli.js';
import { readPages } from '../../fleet/pages.js';
import { type HostFlags, toFilters } from '../../flags.js';
import { firstOf } from '../../output/first-of.js';
import { printRows } from '../../output/rows.js';
import { warnOfSilence } from '../../output/silent-hosts.js';
import { type Column, hostLabel } from '../../output/table.js';
import { toGlob } from './query.js';

interface Flags extends ClientFlags, HostFlags {
  readonly filter?: readonly string[];
  readonly limit?: number;
  readonly quiet?: boolean;
  readonly trunc: boolean;
}

/** The networks of swarms, each once, whatever hosts show it. */
export async function listOverlays(cli: Cli, flags: Flags): Promise<void> {
  const [filter, ...more] = toFilters(flags.filter, ['name']);
  if (more.length > 0) throw new FairleadError('invalid_argument', '--filter: name can be given once only');
  const query = { host: flags.host ?? [], on: flags.on, name: filter && toGlob(filter.value) };
  const client = cli.client(flags);
  const { rows, last } = await readPages(flags.limit ?? Infinity, (page) =>
    client.listOverlays({ query: { ...query, ...page } }),
  );
  const id = ({ id: whole }: OverlayView): string => (flags.trunc ? shortId(whole) : whole);
  printRows(cli.terminal, flags, { rows, columns: columns(id), name: ({ name }) => name, quiet: id });
  warnOfSilence(cli.terminal, last, cli.around.now());
}

const columns = (id: (overlay: OverlayView) => string): Column<OverlayView>[] => [
  { header: 'NETWORK ID', cell: id },
  { header: 'NAME', cell: ({ name, simulated }) => hostLabel(name, simulated) },
  { header: 'DRIVER', cell: ({ driver }) => driver },
  { header: 'SUBNETS', cell: ({ subnets }) => subnets.map(({ cidr }) => cidr).join(', ') },
  { header: 'HOSTS', cell: ({ hosts }) => firstOf(hosts.map(({ name }) => name)) },
  { header: 'CONTAINERS', cell: ({ containers: { total } }) => String(total) },
];
