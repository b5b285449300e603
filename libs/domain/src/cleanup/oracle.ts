import { byNameAndId } from '../by-name.js';
import { type Network } from '../network.js';
import { contextOf, toPlanNetwork } from './context.js';
import { judgeNetwork } from './judge.js';
import { type PlanVerdict } from './plan.js';
import { type CleanupPolicy } from './policy.js';

export interface SeenNetwork {
  readonly network: Network;
  /** Milliseconds since the epoch; null while there is a container on it. */
  readonly unusedSinceAt: number | null;
}

/**
 * What a policy would do to one host, and why: every network once, in order of name and id. Nothing runs it but tests: it
 * judges whole records one by one, and real plans, which read no more than they need, have to come to the same.
 * @param seen all networks of the host
 * @param inSwarm whether the host is a member of a swarm
 * @param now milliseconds since the epoch
 */
export function oraclePlan(
  policy: CleanupPolicy,
  seen: readonly SeenNetwork[],
  inSwarm: boolean,
  now: number,
): (PlanVerdict & { readonly network: Network })[] {
  const context = contextOf(
    seen.map(({ network }) => network),
    inSwarm,
  );
  return [...seen]
    .sort((a, b) => byNameAndId(a.network, b.network))
    .map(({ network, unusedSinceAt }) => ({
      network,
      ...judgeNetwork(policy, toPlanNetwork(network, unusedSinceAt), context, now),
    }));
}
