import {
  describeUsers,
  type ErrorCode,
  isProtected,
  type NetworkAttributes,
  nameUsers,
  projectOf,
  PROTECT_LABEL,
  whyBuiltIn,
  whyShared,
} from '@fairlead/domain';
import type { ContainerFacts } from '@fairlead/engine';

/** One look at a network on its host. */
export interface Sight {
  readonly network: NetworkAttributes;
  /** Every container of the host, in any state. */
  readonly containers: readonly ContainerFacts[];
  /**
   * The other networks of the host; none where they do not matter. They show who is configured from this one, and that a
   * container means another one; never that one more uses it.
   */
  readonly others: readonly NetworkAttributes[];
  /** The host is a member of a swarm; asked only where that matters. */
  readonly inSwarm: boolean;
}

export interface Keep {
  readonly code: ErrorCode;
  /** A sentence without its full stop, naming who. */
  readonly text: string;
}

/**
 * Why a network must stay, whatever the engine thinks of it; undefined where nobody uses it. Wider than the plan, which
 * knows a container by its attachments alone.
 */
export function whyKept(sight: Sight): Keep | undefined {
  for (const rule of RULES) {
    const found = rule(sight);
    if (found !== undefined) return found;
  }
  return undefined;
}

const RULES: readonly ((sight: Sight) => Keep | undefined)[] = [
  ({ network }) => keepFor(whyBuiltIn(network), 'network_predefined'),
  keptByAttached,
  keptByNaming,
  keptByConfigured,
  ({ network, inSwarm }) => keepFor(whyShared(network, inSwarm), 'unsupported'),
  ({ network }) =>
    keepIf(isProtected(network), `protected by its label ${PROTECT_LABEL}=${network.labels[PROTECT_LABEL]}`),
  keptByProject,
];

const keepFor = (text: string | undefined, code: ErrorCode = 'network_in_use'): Keep | undefined =>
  text === undefined ? undefined : { code, text };

const keepIf = (holds: boolean, text: string): Keep | undefined => keepFor(holds ? text : undefined);

function keptByAttached(sight: Sight): Keep | undefined {
  const users = findUsers(sight, 'attached');
  return keepFor(describeUsers({ endpoints: users.map(toUser) })?.explanation);
}

function keptByNaming(sight: Sight): Keep | undefined {
  const users = findUsers(sight, 'named');
  return keepIf(users.length > 0, `not attached, but named as their network by ${nameAll(users)}`);
}

function keptByConfigured({ network, others }: Sight): Keep | undefined {
  const from = network.configOnly ? others.filter(({ configFrom }) => configFrom === network.name) : [];
  const names = from.map(({ name }) => name).sort();
  return keepIf(from.length > 0, `configures other networks: ${names.join(', ')}`);
}

/** A project that is partly there may start the rest again, also what shares another container's network. */
function keptByProject({ network, containers }: Sight): Keep | undefined {
  const project = projectOf(network.labels) ?? '';
  const left = project === '' ? [] : containers.filter(({ labels }) => projectOf(labels) === project);
  return keepIf(left.length > 0, `its Compose project '${project}' still has ${nameAll(left)}`);
}

const toUser = ({ name, state }: ContainerFacts) => ({ containerName: name, state });
const nameAll = (containers: readonly ContainerFacts[]): string => nameUsers(containers.map(toUser));

/** Attached: it has an endpoint there, or gets one when it starts. Named: it refers to the network without that. */
type Use = 'attached' | 'named';

/** The containers that use a network, in any state; of one kind of use or of both. */
export const findUsers = (sight: Sight, use?: Use): ContainerFacts[] =>
  sight.containers.filter((container) => {
    const found = useOf(container, sight);
    return found !== undefined && (use === undefined || use === found);
  });

/**
 * - Attached by id; or by name alone, as engines list a container that was never started there.
 * - Named: by an attachment whose own network is gone, or by the network mode that it was made with. No start of Docker
 *   20.10.24 attaches these; what other engines make of them is not known, so that it counts.
 */
function useOf({ attachments, networkMode }: ContainerFacts, sight: Sight): Use | undefined {
  const { network, others } = sight;
  if (attachments.some(({ networkId }) => networkId === network.id)) return 'attached';
  const naming = attachments.filter(({ networkName }) => means(networkName, sight));
  if (naming.some(({ networkId }) => networkId === '')) return 'attached';
  const isElsewhere = naming.some(({ networkId }) => others.some(({ id }) => id === networkId));
  if (isElsewhere) return undefined;
  return naming.length > 0 || means(networkMode, sight) ? 'named' : undefined;
}

/** As engines resolve: the full id, the name, else the beginning of an id. A name of another comes before that. */
function means(reference: string, { network: { id, name }, others }: Sight): boolean {
  if (reference === id || reference === name) return true;
  return reference !== '' && id.startsWith(reference) && !others.some((other) => other.name === reference);
}
