import { byNameAndId } from './by-name.js';
import { contextOf } from './cleanup/context.js';
import { whyInUse } from './cleanup/in-use.js';
import { type HostContext, IN_USE_REASONS } from './cleanup/plan.js';
import { formatDuration } from './duration.js';
import { type LabelFilter, LABELS_LEFT_OUT, matchesLabels } from './label-filter.js';
import { type Network } from './network.js';
import { usersOf } from './users.js';

export interface PruneFilters {
  /** Only networks created before this instant, milliseconds since the epoch. */
  readonly createdBefore: number | undefined;
  readonly labels: readonly LabelFilter[];
}

/** Why a network is kept; `unused` is the only reason to remove one. */
export const PRUNE_REASONS = ['unused', ...IN_USE_REASONS, 'too-young', 'label-mismatch'] as const;
export type PruneReason = (typeof PRUNE_REASONS)[number];

export interface PruneItem {
  readonly network: Network;
  readonly action: 'remove' | 'keep';
  readonly reason: PruneReason;
  /** The reason as a sentence, with the names that matter. */
  readonly explanation: string;
}

/**
 * What a prune would do to one host, and why: every network of the host once, in order of name and id. Containers in
 * any state count as users; what is not known counts as in use.
 * @param inSwarm whether the host is a member of a swarm
 * @param now milliseconds since the epoch, used only to word ages
 */
export function planPrune(
  networks: readonly Network[],
  filters: PruneFilters,
  inSwarm: boolean,
  now: number,
): PruneItem[] {
  const context = contextOf(networks, inSwarm);
  return [...networks].sort(byNameAndId).map((network) => ({ network, ...judge(network, filters, context, now) }));
}

type Verdict = Omit<PruneItem, 'network'>;
const keep = (reason: PruneReason, explanation: string): Verdict => ({ action: 'keep', reason, explanation });

function judge(network: Network, filters: PruneFilters, context: HostContext, now: number): Verdict {
  const why = whyInUse(network, usersOf(network.endpoints), context);
  if (why !== undefined) return keep(why.reason, why.explanation);
  if (filters.labels.length > 0 && Object.hasOwn(network.labels, LABELS_LEFT_OUT)) {
    return keep('label-mismatch', 'has more labels than are known here, so that the label filters cannot be judged');
  }
  if (!matchesLabels(filters.labels, network.labels)) return keep('label-mismatch', 'does not match the label filters');
  const young = whyTooYoung(Date.parse(network.createdAt), filters.createdBefore, now);
  if (young !== undefined) return keep('too-young', young);
  return { action: 'remove', reason: 'unused', explanation: 'no container, running or stopped, uses it' };
}

function whyTooYoung(created: number, createdBefore: number | undefined, now: number): string | undefined {
  if (createdBefore === undefined || (created > 0 && created < createdBefore)) return undefined;
  // Agents give the year 1 where the engine tells no time that can be read.
  if (!(created > 0)) return 'its engine does not tell when it was created';
  return `created ${formatDuration(Math.max(0, now - created))} ago, after the time given with until`;
}
