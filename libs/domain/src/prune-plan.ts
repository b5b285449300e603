import { formatDuration } from './duration.js';
import { type LabelFilter, LABELS_LEFT_OUT, matchesLabels } from './label-filter.js';
import { type Endpoint, type Network, isPredefined } from './network.js';

export interface PruneFilters {
  /** Only networks created before this instant, milliseconds since the epoch. */
  readonly createdBefore: number | undefined;
  readonly labels: readonly LabelFilter[];
}

/** Why a network is kept; `unused` is the only reason to remove one. */
export type PruneReason =
  | 'unused'
  | 'predefined'
  | 'in-use'
  | 'stopped-containers'
  | 'config-referenced'
  | 'swarm-scope'
  | 'too-young'
  | 'label-mismatch';

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
 * @param now milliseconds since the epoch, used only to word ages
 */
export function planPrune(networks: readonly Network[], filters: PruneFilters, now: number): PruneItem[] {
  const referenced = new Set(networks.map((network) => network.configFrom).filter((name) => name !== ''));
  return [...networks]
    .sort((a, b) => (a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1))
    .map((network) => ({ network, ...judge(network, filters, referenced, now) }));
}

type Verdict = Omit<PruneItem, 'network'>;
const keep = (reason: PruneReason, explanation: string): Verdict => ({ action: 'keep', reason, explanation });

function judge(network: Network, filters: PruneFilters, referenced: ReadonlySet<string>, now: number): Verdict {
  if (isPredefined(network)) return keep('predefined', 'built in: the engine needs it');
  const users = describeUsers(network);
  if (users) return users;
  if (referenced.has(network.name) && network.configOnly) {
    return keep('config-referenced', 'other networks take their configuration from it');
  }
  if (network.scope !== 'local') {
    return keep('swarm-scope', 'shared over the swarm: this host does not know who uses it on other nodes');
  }
  if (filters.labels.length > 0 && Object.hasOwn(network.labels, LABELS_LEFT_OUT)) {
    return keep('label-mismatch', 'has more labels than are known here, so that the label filters cannot be judged');
  }
  if (!matchesLabels(filters.labels, network.labels)) return keep('label-mismatch', 'does not match the label filters');
  const age = now - Date.parse(network.createdAt);
  if (filters.createdBefore !== undefined && !(Date.parse(network.createdAt) < filters.createdBefore)) {
    return keep('too-young', `created ${formatDuration(Math.max(0, age))} ago, after the time given with until`);
  }
  return { action: 'remove', reason: 'unused', explanation: 'no container, running or stopped, uses it' };
}

/** In use by containers, or undefined. Only stopped ones are the case that `docker network prune` gets wrong. */
export function describeUsers(network: Network): Verdict | undefined {
  const { endpoints } = network;
  if (endpoints.length === 0) return undefined;
  const stopped = endpoints.every(({ state }) => state === 'created' || state === 'exited' || state === 'dead');
  const names = nameUsers(endpoints);
  return stopped
    ? keep('stopped-containers', `used by stopped ${endpoints.length === 1 ? 'container' : 'containers'} ${names}`)
    : keep('in-use', `used by ${names}`);
}

/** The containers' names, at most ten of them: `one, two (exited)`. */
export function nameUsers(endpoints: readonly Endpoint[]): string {
  const named = endpoints
    .map(({ containerName, state }) => (state === 'running' ? containerName : `${containerName} (${state})`))
    .sort();
  const rest = named.length - 10;
  return named.slice(0, 10).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
