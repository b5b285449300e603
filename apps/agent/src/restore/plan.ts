import type { Network, NetworkAttributes, NetworkSpec, Subnet } from '@fairlead/domain';
import { configurationOf, fixedSubnets, needsConfiguration } from './configuration.js';
import { type Conflict, findConflicts } from './conflicts.js';
import { isMadeFrom, withoutMarks } from './left-out.js';
import { findLosses } from './losses.js';
import { findMissing } from './missing.js';
import { planReattachments, type Reattachment } from './reattachments.js';
import type { RestoreOptions, RestoreSubject, Scene } from './subject.js';
import { toSpec } from './to-spec.js';

export interface RestorePlan {
  /** What is made again. */
  readonly network: Network;
  readonly spec: NetworkSpec;
  /** The ranges that it would have, those of its configuration too; the engine chooses what is not in them. */
  readonly subnets: readonly Subnet[];
  /** A network that is this one, made again already: only the attaching is left to do. */
  readonly present: NetworkAttributes | undefined;
  readonly conflicts: readonly Conflict[];
  readonly attachments: readonly Reattachment[];
  /** What cannot come back, a sentence each. */
  readonly losses: readonly string[];
}

/** What it takes to make a removed network again, and what stands in the way. Pure. */
export function planRestore(subject: RestoreSubject, scene: Scene, wished: RestoreOptions): RestorePlan {
  const { network: record, source } = subject;
  const network = source === 'controller' ? withoutMarks(record) : record;
  const options = { renumber: wished.renumber && hasToRenumber(record, scene) };
  const present = scene.networks.find((candidate) => isMadeFrom(record, candidate, options.renumber));
  const others = scene.networks.filter((candidate) => candidate !== present);
  const attachments = planReattachments(subject, scene, present, options);
  const spec = toSpec(network, options);
  const missing = present === undefined ? findMissing(network, scene) : [];
  return {
    network,
    spec,
    subnets: needsConfiguration(network) ? fixedSubnets(network, others) : spec.subnets,
    present,
    conflicts: [...missing, ...findConflicts(network, others, options)],
    attachments,
    losses: lossesOf(subject, scene, attachments, options),
  };
}

function lossesOf(
  subject: RestoreSubject,
  { engine, networks, containerIds: containers }: Scene,
  reattachments: readonly Reattachment[],
  options: RestoreOptions,
): string[] {
  const configuration = configurationOf(subject.network, networks);
  return findLosses({ subject, reattachments, containers, engine, configuration, ...options });
}

/**
 * Whether other ranges are what it takes: its own are taken, or it is there with others already. Else static addresses
 * would be given up for nothing.
 */
function hasToRenumber(record: Network, { networks, rangesRefused = false }: Scene): boolean {
  if (networks.some((candidate) => isMadeFrom(record, candidate, false))) return false;
  const isTaken = findConflicts(record, networks, { renumber: false }).some(
    ({ kind, renumberingHelps }) => kind === 'range' && renumberingHelps,
  );
  return rangesRefused || isTaken || networks.some((candidate) => isMadeFrom(record, candidate, true));
}
