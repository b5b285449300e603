import { type Network, type NetworkAttributes, toFairleadError } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import type { ReattachedMessage, RestoreNetworkResponse } from '@fairlead/link';
import type { Timing } from '../concurrency/timing.js';
import { readAfter, requireNetwork } from '../handlers/looks.js';
import { describeNetwork } from '../inventory/describe-network.js';
import type { OperationScope } from '../operations/operation-runner.js';
import { refuseConflicts } from './conflicts.js';
import { endpointDifferences, networkDifferences, type RestoreDifference } from './differences.js';
import { planRestore, type RestorePlan } from './plan.js';
import { inspectIfThere } from './read-attachments.js';
import { readScene } from './read-scene.js';
import type { Reattachment } from './reattachments.js';
import type { RestoreOptions, RestoreSubject, Scene } from './subject.js';

/**
 * What a restore would do and meet, as the engine is now.
 * @param seen what is known beyond what it shows
 * @throws FairleadError `engine_unavailable`
 */
export const lookAhead = async (
  engine: EnginePort,
  subject: RestoreSubject,
  options: RestoreOptions,
  seen: Pick<Scene, 'rangesRefused'> = {},
): Promise<RestorePlan> => planRestore(subject, { ...(await readScene(engine, subject)), ...seen }, options);

export interface RestoreParts {
  readonly engine: EnginePort;
  readonly timing: Pick<Timing, 'after'>;
  /** Asked where the network is there already. @throws FairleadError where nobody may be put on it */
  readonly mayAttachTo?: (present: NetworkAttributes) => Promise<void>;
}

/**
 * Makes a removed network again and attaches again who lost it. The operation has begun; where an earlier restore was
 * cut short, this does the rest.
 *
 * A stopped container is connected without being disconnected from the old id first: the new attachment takes the place
 * of the old one, which has the same name (seen on Docker 20.10, 26.1 and 28.5). Its settings are nowhere but in the
 * old attachment, and are never away.
 * @throws FairleadError `already_exists` and `subnet_overlap` where something stands in the way, and what creating a
 * network throws; a container that cannot be attached is told in the answer
 */
export async function restoreRecord(
  parts: RestoreParts,
  subject: RestoreSubject,
  options: RestoreOptions,
  scope: Pick<OperationScope, 'show'>,
): Promise<RestoreNetworkResponse> {
  const { engine } = parts;
  const { plan, made } = await makeOrFind(parts, subject, options);
  const attachments: ReattachedMessage[] = [];
  for (const each of plan.attachments) attachments.push(await reattach(engine, made, each));
  void scope.show();
  const network = await readAfter(engine, made);
  return {
    network: describeNetwork(network),
    source: subject.source ?? 'journal',
    attachments,
    differences: await compare(engine, plan, network, attachments),
    losses: [...plan.losses],
  };
}

interface Made {
  readonly plan: RestorePlan;
  readonly made: NetworkAttributes;
}

async function makeOrFind(
  parts: RestoreParts,
  subject: RestoreSubject,
  options: RestoreOptions,
  seen: Pick<Scene, 'rangesRefused'> = {},
): Promise<Made> {
  const { engine, mayAttachTo } = parts;
  const plan = await lookTwice(parts, subject, options, seen);
  refuseConflicts(plan.network, plan.conflicts);
  if (plan.present !== undefined) await mayAttachTo?.(plan.present);
  try {
    return { plan, made: plan.present ?? (await make(engine, plan)) };
  } catch (thrown) {
    // Podman refuses ranges of the host's own interfaces too, which no list of networks shows.
    const mayRenumber = options.renumber && seen.rangesRefused !== true;
    if (!mayRenumber || toFairleadError(thrown).code !== 'subnet_overlap') throw thrown;
    return makeOrFind(parts, subject, options, { rangesRefused: true });
  }
}

/** In milliseconds. Seen on Docker 20.10: 150 to 500, while the host still lets go of what a container has left. */
const STILL_LISTED_MS = 1_000;

/** A manager of a swarm goes on to show a network that is removed, in nothing different from one that stays. */
async function lookTwice(
  { engine, timing }: RestoreParts,
  subject: RestoreSubject,
  options: RestoreOptions,
  seen: Pick<Scene, 'rangesRefused'>,
): Promise<RestorePlan> {
  const plan = await lookAhead(engine, subject, options, seen);
  const mayBeLeaving = plan.present?.scope === 'swarm' && plan.present.id === subject.network.id;
  if (!mayBeLeaving) return plan;
  await new Promise<void>((resolve) => void timing.after(STILL_LISTED_MS, resolve));
  return lookAhead(engine, subject, options, seen);
}

async function make(engine: EnginePort, { spec }: RestorePlan): Promise<NetworkAttributes> {
  const { id } = await engine.createNetwork(spec);
  return requireNetwork(engine, id);
}

async function reattach(
  engine: EnginePort,
  network: NetworkAttributes,
  { containerId, containerName, reason, endpoint }: Reattachment,
): Promise<ReattachedMessage> {
  const attached = { containerId, containerName, outcome: 'attached', reason, engineMessage: '' };
  try {
    await engine.connect(network.id, containerId, endpoint);
    return attached;
  } catch (thrown) {
    const error = toFairleadError(thrown);
    // Whether it is on the network is then not known; looking tells.
    if (error.code === 'engine_unavailable') throw error;
    if (error.code === 'already_connected') return attached;
    return { ...attached, outcome: 'failed', reason: error.message, engineMessage: error.engineMessage ?? '' };
  }
}

/** What the engine shows afterwards, of the network and of those on it, against what was recorded. */
async function compare(
  engine: EnginePort,
  plan: RestorePlan,
  network: Network,
  attachments: readonly ReattachedMessage[],
): Promise<RestoreDifference[]> {
  const differences = networkDifferences(plan.network, network);
  for (const [index, { containerId, containerName, endpoint }] of plan.attachments.entries()) {
    if (attachments[index]?.outcome !== 'attached') continue;
    const container = await inspectIfThere(engine, containerId);
    const now = container?.attachments.find(
      ({ networkName, networkId }) => networkName === network.name && ['', network.id].includes(networkId),
    );
    differences.push(...endpointDifferences(containerName, endpoint, now?.configured));
  }
  return differences;
}
