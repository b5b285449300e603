import { type Network } from '../network.js';
import { usersOf } from '../users.js';
import { type HostContext, type PlanNetwork } from './plan.js';

/**
 * @param networks all of one host, built-in ones too: their containers count for projects
 * @param inSwarm whether the host is a member of a swarm
 */
export const contextOf = (networks: readonly Network[], inSwarm: boolean): HostContext => ({
  configsInUse: named(networks.map(({ configFrom }) => configFrom)),
  projectsInUse: named(networks.flatMap(({ endpoints }) => endpoints.map(({ project }) => project))),
  inSwarm,
});

const named = (names: readonly string[]): ReadonlySet<string> => new Set(names.filter((name) => name !== ''));

export function toPlanNetwork(network: Network, unusedSinceAt: number | null): PlanNetwork {
  const { endpoints, ...attributes } = network;
  return { attributes, users: usersOf(endpoints), unusedSinceAt };
}
