import { isPredefined, type NetworkAttributes } from '../network.js';

/** Why the engine itself uses a network, whoever else is on it: as a sentence without its full stop. */
export const whyBuiltIn = (attributes: NetworkAttributes): string | undefined =>
  isPredefined(attributes) ? 'built in: the engine needs it' : undefined;

/**
 * Why other nodes of a swarm may use a network, of which this host knows nothing: as a sentence without its full stop.
 * @param inSwarm whether the host is a member of one
 */
export function whyShared({ scope, configOnly }: NetworkAttributes, inSwarm: boolean): string | undefined {
  if (scope !== 'local') return 'shared over the swarm: this host does not know who uses it on other nodes';
  // A worker lists a network of the swarm only while a task of its own is on it (seen on 20.10.24).
  if (!configOnly || !inSwarm) return undefined;
  return 'config-only on a host of a swarm: networks that are not listed here may be made from it';
}
