import { canonicalNetwork, type NetworkAttributes } from '@fairlead/domain';

/**
 * Whether two are one network, made twice: all but id, time of creation and who is on it is the same, of a network
 * that was renumbered also all but its address ranges.
 */
export const isSameNetwork = (one: NetworkAttributes, other: NetworkAttributes, renumbered = false): boolean =>
  canonical(one, renumbered) === canonical(other, renumbered);

const canonical = (network: NetworkAttributes, renumbered: boolean): string =>
  canonicalNetwork({
    ...network,
    id: '',
    createdAt: '',
    endpoints: [],
    subnets: renumbered ? [] : network.subnets,
  });
