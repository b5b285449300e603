import type { EngineFacts, Network, NetworkAttributes } from '@fairlead/domain';
import type { ContainerDetails } from '@fairlead/engine';
import type { Detached } from '../journal/seal.js';

/** Whose record a network is made from: the journal of the agent that removed it, or what the controller saw last. */
export type RecordSource = 'journal' | 'controller';

/** A removed network, as it is to be again. */
export interface RestoreSubject {
  readonly network: Network;
  /** Containers that the removal took off it by force, with what was asked for their endpoints. */
  readonly attachments: readonly Detached[];
  /** The journal's unless said. */
  readonly source?: RecordSource;
}

export interface RestoreOptions {
  /** Where it takes other address ranges, let the engine choose them, and drop static addresses. */
  readonly renumber: boolean;
}

/** What an engine shows that bears on a restore. */
export interface Scene {
  readonly engine: EngineFacts;
  readonly networks: readonly NetworkAttributes[];
  /** Those that may have to do with the network. */
  readonly containers: readonly ContainerDetails[];
  /** Ids of all containers. */
  readonly containerIds: ReadonlySet<string>;
  /** The engine has refused the recorded ranges for a reason that its networks do not show. */
  readonly rangesRefused?: boolean;
}
