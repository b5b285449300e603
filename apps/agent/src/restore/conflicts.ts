import {
  type AddressRange,
  type ErrorCode,
  FairleadError,
  type Network,
  type NetworkAttributes,
  parseCidr,
  rangesOverlap,
  shortId,
} from '@fairlead/domain';
import { fixedSubnets, needsConfiguration } from './configuration.js';
import { isSameNetwork } from './same-network.js';
import type { RestoreOptions } from './subject.js';

/** What stands in the way of a restore. Nothing is done while there is any. */
export interface Conflict {
  /** `name` and `range` are taken; a `configuration`, or the `swarm` to be a manager of, is not there. */
  readonly kind: 'name' | 'range' | 'configuration' | 'swarm';
  /** The name, the range that is wanted, the name of the configuration, that of the swarm's network. */
  readonly what: string;
  /** Name and id of the network that has it; empty where something is not there. */
  readonly holder: string;
  readonly holderId: string;
  /** A sentence. */
  readonly explanation: string;
  readonly renumberingHelps: boolean;
}

/** @param others the networks of the engine, without one that is the recorded network already */
export function findConflicts(
  network: Network,
  others: readonly NetworkAttributes[],
  { renumber }: RestoreOptions,
): Conflict[] {
  const names = others.filter(({ name }) => name === network.name).map((holder) => nameConflict(network, holder));
  return renumber ? names : [...names, ...rangeConflicts(network, others)];
}

function nameConflict(network: Network, holder: NetworkAttributes): Conflict {
  const renumberingHelps = isSameNetwork(network, holder, true);
  const differs = renumberingHelps ? 'which has other address ranges' : 'which is another one';
  return {
    ...{ kind: 'name', what: network.name, holder: holder.name, holderId: holder.id, renumberingHelps },
    explanation: `There is a network '${holder.name}' (${shortId(holder.id)}, ${holder.driver}), ${differs}.`,
  };
}

function rangeConflicts(network: Network, others: readonly NetworkAttributes[]): Conflict[] {
  if (network.configOnly) return [];
  const rivals = others.filter((other) => other.name !== network.name && shareAddresses(network, other));
  // Those of a configuration are not the network's to change.
  const renumberingHelps = !needsConfiguration(network);
  return fixedSubnets(network, others).flatMap(({ cidr }) =>
    rivals.flatMap((holder): Conflict[] => {
      const taken = holder.subnets.find((subnet) => overlap(cidr, subnet.cidr));
      return taken === undefined ? [] : [{ ...rangeConflict(cidr, taken.cidr, holder), renumberingHelps }];
    }),
  );
}

const rangeConflict = (cidr: string, taken: string, holder: NetworkAttributes): Omit<Conflict, 'renumberingHelps'> => ({
  ...{ kind: 'range', what: cidr, holder: holder.name, holderId: holder.id },
  explanation: `The range ${cidr} overlaps ${taken} of network '${holder.name}' (${shortId(holder.id)}).`,
});

/** Engines keep the ranges of local networks and of the swarm's apart, and those of each address manager. */
const shareAddresses = (one: NetworkAttributes, other: NetworkAttributes): boolean =>
  !other.configOnly && one.ipamDriver === other.ipamDriver && (one.scope === 'local') === (other.scope === 'local');

function overlap(one: string, other: string): boolean {
  const [first, second] = [rangeOf(one), rangeOf(other)];
  return first !== undefined && second !== undefined && rangesOverlap(first, second);
}

/** Undefined for what is no range: some drivers put words of their own there. */
function rangeOf(cidr: string): AddressRange | undefined {
  try {
    return parseCidr(cidr);
  } catch {
    return undefined;
  }
}

const IN_THE_WAY = 'Remove what stands in the way, or use that network instead.';

const REFUSALS: Readonly<Record<Conflict['kind'], { readonly code: ErrorCode; readonly hint: string }>> = {
  name: { code: 'already_exists', hint: IN_THE_WAY },
  range: { code: 'subnet_overlap', hint: IN_THE_WAY },
  configuration: { code: 'network_not_found', hint: 'Restore the configuration, then this network.' },
  swarm: { code: 'not_swarm_manager', hint: 'Restore it on a manager of the swarm.' },
};

/**
 * @throws FairleadError `already_exists`, `subnet_overlap`, naming who has what is wanted; `network_not_found`,
 * `not_swarm_manager`, naming what is not there
 */
export function refuseConflicts(network: Network, conflicts: readonly Conflict[]): void {
  const [first] = conflicts;
  if (first === undefined) return;
  const { code, hint } = REFUSALS[first.kind];
  const words = conflicts.map(({ explanation }) => explanation).join(' ');
  throw new FairleadError(code, `Network '${network.name}' was not restored. ${words}`, {
    hint: conflicts.every(({ renumberingHelps }) => renumberingHelps)
      ? 'Use --renumber to let the engine choose other ranges; static addresses are then given up.'
      : hint,
  });
}
