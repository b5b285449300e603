import { canonicalNetwork, type Network, type NetworkAttributes } from '@fairlead/domain';

/** Chosen by the swarm, for each overlay anew. */
export const VXLAN_IDS = 'com.docker.network.driver.overlay.vxlanid_list';

/**
 * Whether two are one network, made twice: all but what is new with each making is the same, of a network that was
 * renumbered also all but its address ranges.
 */
export const isSameNetwork = (one: NetworkAttributes, other: NetworkAttributes, renumbered = false): boolean =>
  canonical(one, renumbered) === canonical(other, renumbered);

function canonical(network: NetworkAttributes, renumbered: boolean): string {
  const comparable = comparableOf(network);
  return canonicalNetwork(renumbered ? { ...comparable, subnets: [] } : comparable);
}

/** The network without what is new with each making, and without who is on it. */
export function comparableOf(network: NetworkAttributes): Network {
  const { [VXLAN_IDS]: _, ...options } = network.options;
  return { ...network, id: '', createdAt: '', options, endpoints: [] };
}
