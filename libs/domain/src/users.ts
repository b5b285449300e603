import { type Endpoint } from './network.js';

/** What of a container tells whether it keeps a network in use. */
export type NetworkUser = Pick<Endpoint, 'containerName' | 'state'>;

/** Containers on a network, running or not. */
export interface NetworkUsers {
  readonly count: number;
  readonly allStopped: boolean;
  /** Each as `name` or `name (state)`, in order; may be cut, the count is whole. */
  readonly names: readonly string[];
}

/** Most names in one sentence. */
const MOST_NAMED = 10;

export const usersOf = (endpoints: readonly NetworkUser[]): NetworkUsers => ({
  count: endpoints.length,
  allStopped: endpoints.every(({ state }) => state === 'created' || state === 'exited' || state === 'dead'),
  names: endpoints
    .map(({ containerName, state }) => (state === 'running' ? containerName : `${containerName} (${state})`))
    .sort(),
});

export interface Use {
  readonly reason: 'in-use' | 'stopped-containers';
  readonly explanation: string;
}

/** In use by containers, or undefined. Only stopped ones are the case that `docker network prune` gets wrong. */
export function explainUse(users: NetworkUsers): Use | undefined {
  if (users.count === 0) return undefined;
  const named = wordUsers(users);
  if (!users.allStopped) return { reason: 'in-use', explanation: `used by ${named}` };
  const containers = users.count === 1 ? 'container' : 'containers';
  return { reason: 'stopped-containers', explanation: `used by stopped ${containers} ${named}` };
}

export const describeUsers = ({ endpoints }: { readonly endpoints: readonly NetworkUser[] }): Use | undefined =>
  explainUse(usersOf(endpoints));

/** The containers' names, at most ten of them: `one, two (exited)`. */
export const nameUsers = (endpoints: readonly NetworkUser[]): string => wordUsers(usersOf(endpoints));

function wordUsers({ count, names }: NetworkUsers): string {
  const shown = names.slice(0, MOST_NAMED);
  const rest = count - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
