import { LABELS_LEFT_OUT, type Network, type NetworkAttributes } from '@fairlead/domain';
import { capNetwork, ENTRIES_LEFT_OUT } from '../inventory/limits.js';
import { isSameNetwork } from './same-network.js';

type Entries = Readonly<Record<string, string>>;

const without = ({ [ENTRIES_LEFT_OUT]: _, ...entries }: Entries): Entries => entries;

/**
 * A record that came through the inventory, without the words in it on what was left out: they are no labels or options
 * of the network.
 */
export function withoutMarks(network: Network): Network {
  const { [LABELS_LEFT_OUT]: _, ...labels } = network.labels;
  return {
    ...network,
    labels,
    options: without(network.options),
    ipamOptions: without(network.ipamOptions),
    subnets: network.subnets.map((subnet) => ({ ...subnet, auxAddresses: without(subnet.auxAddresses) })),
  };
}

/** Whether options or reserved addresses were left out. */
export const hasEntriesLeftOut = ({ options, ipamOptions, subnets }: Network): boolean =>
  [options, ipamOptions, ...subnets.map(({ auxAddresses }) => auxAddresses)].some((entries) =>
    Object.hasOwn(entries, ENTRIES_LEFT_OUT),
  );

/** Whether a network was made from a record that came through the inventory, or from the whole one that is behind it. */
export const isMadeFrom = (record: Network, network: NetworkAttributes, renumbered: boolean): boolean =>
  record.name === network.name &&
  (isSameNetwork(record, capNetwork({ ...network, endpoints: [] }), renumbered) ||
    isSameNetwork(withoutMarks(record), network, renumbered));
