import type { Client, RemovedNetworkView } from '@fairlead/api';
import { FairleadError, shortId } from '@fairlead/domain';
import type { Cli, ClientFlags } from '../../cli.js';
import { type HostFlags, toFilters } from '../../flags.js';
import { firstOf } from '../../output/first-of.js';
import { printRows } from '../../output/rows.js';
import { type Column } from '../../output/table.js';
import { inspectEach } from '../inspect.js';
import { describeAuthor, describeHost, placeOf, readPast, warnOfStrangers } from './past.js';
import { toGlob } from './query.js';

interface ListFlags extends ClientFlags, HostFlags {
  readonly filter?: readonly string[];
  readonly limit?: number;
  readonly quiet?: boolean;
  readonly trunc: boolean;
}

const FILTERS = ['name', 'id', 'since', 'until'] as const;
/** As much of one as the controller takes for one. Those of swarms' networks have letters beyond `f`. */
const MOST_OF_AN_ID = /^[0-9a-z]{12,64}$/;

/** The networks that are gone, latest first. */
export async function listRemoved(cli: Cli, flags: ListFlags): Promise<void> {
  const { name, id, since, until } = filtersOf(flags);
  const network = id ?? (name === undefined ? undefined : toGlob(name));
  const host = flags.host ?? [];
  const query = { host, on: flags.on, network, since, until };
  const client = cli.client(flags);
  const { rows, warn } = await readPast(cli, { since, limit: flags.limit ?? Infinity }, 'What is gone', (page) =>
    client.listRemovedNetworks({ query: { ...query, ...page } }),
  );
  printRows(cli.terminal, flags, { rows, columns: columns(rows, flags.trunc), name: ({ id: removal }) => removal });
  warn();
  await warnOfStrangers(cli, client, host, rows);
}

/** @throws FairleadError `invalid_argument` */
function filtersOf({ filter }: ListFlags): Partial<Record<(typeof FILTERS)[number], string>> {
  const given = toFilters(filter, FILTERS);
  const filters = Object.fromEntries(given.map(({ key, value }) => [key, value]));
  if (given.length > Object.keys(filters).length || (filters['name'] !== undefined && filters['id'] !== undefined)) {
    throw new FairleadError(
      'invalid_argument',
      '--filter: each of name, id, since and until can be given once, and not both name and id',
    );
  }
  const { id } = filters;
  if (id !== undefined && !MOST_OF_AN_ID.test(id)) {
    throw new FairleadError('invalid_argument', `--filter: id is 12 to 64 digits of a network's id, not '${id}'`, {
      hint: "'fairlead network ls --removed' shows the first 12; --filter name=… finds networks by their names.",
    });
  }
  return filters;
}

const columns = (rows: readonly RemovedNetworkView[], trunc: boolean): Column<RemovedNetworkView>[] => [
  {
    header: 'REMOVED',
    cell: ({ removedAt, lastSeenAt }) =>
      lastSeenAt < removedAt ? `between ${lastSeenAt} and ${removedAt}` : removedAt,
  },
  { header: 'HOST', cell: describeHost },
  { header: 'NETWORK ID', cell: ({ networkId }) => (trunc ? shortId(networkId) : networkId) },
  { header: 'NAME', cell: ({ name }) => name },
  { header: 'DRIVER', cell: ({ driver }) => driver },
  { header: 'BY', cell: describeAuthor },
  ...(rows.some(({ restored }) => restored !== null) ? [{ header: 'RESTORED', cell: describeRestored }] : []),
  { header: 'ID OF REMOVAL', cell: ({ id }) => id },
];

const describeRestored = ({ restored }: RemovedNetworkView): string => restored?.at ?? '';

/** Their last records. */
export async function inspectRemoved(
  cli: Cli,
  references: readonly string[],
  flags: ClientFlags & HostFlags,
): Promise<number> {
  const client = cli.client(flags);
  return inspectEach(cli, flags, {
    items: references,
    several: references.length > 1,
    nameOf: (reference) => reference,
    read: async (reference) => client.getRemovedNetwork({ params: { id: await removalOf(client, reference, flags) } }),
  });
}

const ID_OF_REMOVAL = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Removals among which one is looked for. */
const MOST = 500;

/** The id of a removal; of a network's name or id, the last one. @throws FairleadError `network_not_found`, `ambiguous_name` */
export async function removalOf(client: Client, reference: string, flags: HostFlags): Promise<string> {
  if (ID_OF_REMOVAL.test(reference)) return reference;
  const { items } = await client.listRemovedNetworks({ query: { ...placeOf(reference, flags), limit: MOST } });
  const places = [...new Set(items.map((item) => `${item.host}/${item.name}`))];
  if (places.length > 1) {
    throw new FairleadError(
      'ambiguous_name',
      `'${reference}' fits removed networks of several names: ${firstOf(places)}`,
      {
        hint: "Write HOST/NETWORK, or the id of a removal, as 'fairlead network ls --removed' shows it.",
      },
    );
  }
  if (items[0] !== undefined) return items[0].id;
  throw new FairleadError('network_not_found', `No record of a removed network '${reference}' is kept`, {
    hint: "See 'fairlead network ls --removed'.",
  });
}
