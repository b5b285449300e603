import { type Network, type NetworkAttributes, ordered, type Subnet } from '@fairlead/domain';
import { capNetwork } from '../inventory/limits.js';

/** The nodes of a swarm have each a configuration of their own for a network of the swarm. */
export const needsConfiguration = ({ configFrom, scope }: NetworkAttributes): boolean =>
  configFrom !== '' && scope === 'local';

/** The config-only network that one would be made from: engines look for it by its name. Undefined where it is gone. */
export const configurationOf = (
  network: NetworkAttributes,
  networks: readonly NetworkAttributes[],
): NetworkAttributes | undefined =>
  needsConfiguration(network)
    ? networks.find(({ name, configOnly }) => configOnly && name === network.configFrom)
    : undefined;

/** The ranges that it would have for certain, from its configuration where it has one. */
export const fixedSubnets = (network: NetworkAttributes, networks: readonly NetworkAttributes[]): readonly Subnet[] =>
  needsConfiguration(network) ? (configurationOf(network, networks)?.subnets ?? []) : network.subnets;

const cidrsOf = ({ subnets }: NetworkAttributes): string[] => subnets.map(({ cidr }) => cidr);

/**
 * What does not come back of a network that is made from a configuration. Docker takes neither ranges nor labels nor
 * options beside one, and shows those of the configuration as the network's own (seen on 20.10, 26.1 and 28.5).
 */
export function configurationLosses(network: Network, configuration: NetworkAttributes | undefined): string[] {
  if (configuration === undefined) return [];
  const name = `configuration '${configuration.name}'`;
  const [had, has] = [cidrsOf(network), cidrsOf(configuration)];
  const other = has.filter((cidr) => !had.includes(cidr));
  const chosen = had.filter((cidr) => !has.includes(cidr));
  const told: string[] = [];
  if (other.length > 0) told.push(`Its ${name} has other address ranges now: ${other.join(', ')}.`);
  else if (chosen.length > 0)
    told.push(`${chosen.join(', ')} may be another: none can be asked for beside its ${name}.`);
  if (settingsOf(network) !== settingsOf({ ...configuration, endpoints: [] }))
    told.push(`Its ${name} has other labels or options now.`);
  return told;
}

/** As far as they are passed on: the record may have come through the inventory. */
function settingsOf(network: Network): string {
  const { labels, options, ipamDriver, ipamOptions, ipv6 } = capNetwork(network);
  return JSON.stringify(ordered({ labels, options, ipamDriver, ipamOptions, ipv6 }));
}
