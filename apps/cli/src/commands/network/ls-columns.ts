import type { NetworkView } from '@fairlead/api';
import { formatDuration, shortId } from '@fairlead/domain';
import { ageColumns, type Column, describeAge, describeLabels, hostLabel } from '../../output/table.js';
import type { LsFlags } from './ls-flags.js';

export const networkId = (flags: Pick<LsFlags, 'trunc'>, { id }: NetworkView): string =>
  flags.trunc ? shortId(id) : id;

/** The columns for these rows, with their age where some are not live. */
export const columnsFor = (rows: readonly NetworkView[], now: number, flags: LsFlags): Column<NetworkView>[] => [
  ...plainColumns(now, flags),
  ...ageColumns(rows, now),
];

/** The same columns whatever rows will come. */
export const fixedColumns = (now: number, flags: LsFlags): Column<NetworkView>[] => [
  ...plainColumns(now, flags),
  { header: 'FRESHNESS', cell: (row) => describeAge(row, now) },
];

function plainColumns(now: number, flags: LsFlags): Column<NetworkView>[] {
  const { trunc } = flags;
  return [
    { header: 'HOST', cell: ({ host, simulated }) => hostLabel(host, simulated) },
    { header: 'NETWORK ID', cell: (row) => networkId(flags, row) },
    { header: 'NAME', cell: ({ name }) => name },
    { header: 'DRIVER', cell: ({ driver }) => driver },
    { header: 'SCOPE', cell: ({ scope }) => scope },
    { header: 'SUBNETS', cell: ({ subnets }) => subnets.map(({ cidr }) => cidr).join(', ') },
    { header: 'CONTAINERS', cell: describeContainers },
    ...(asksForUse(flags) ? [{ header: 'UNUSED FOR', cell: (row: NetworkView) => describeUse(row, now) }] : []),
    ...(trunc ? [] : [{ header: 'LABELS', cell: ({ labels }: NetworkView) => describeLabels(labels) }]),
  ];
}

/** `3`, or `3 (1 stopped)`. */
function describeContainers({ containers: { total, running } }: NetworkView): string {
  return total === running ? String(total) : `${total} (${total - running} stopped)`;
}

const asksForUse = ({ trunc, sort, filter = [] }: LsFlags): boolean =>
  !trunc || sort.endsWith('unused') || filter.some((text) => text.startsWith('unused-for='));

/** `3d 4h`, or nothing while a container is on it. */
const describeUse = ({ unusedSince }: NetworkView, now: number): string =>
  unusedSince === null ? '' : formatDuration(Math.max(0, now - Date.parse(unusedSince)));
