import { type FairleadError, type Network, toFairleadError } from '@fairlead/domain';
import type { CallContext, PruneItemMessage__Output, PruneItemResult__Output } from '@fairlead/link';
import { hasGivenUp } from '../concurrency/fair-queue.js';
import { digestOf } from '../inventory/describe-network.js';
import { lost, type OperationScope } from '../operations/operation-runner.js';
import type { HandlerDeps } from './deps.js';
import { leftBehind, lookAt } from './looks.js';
import { failed, kept, removed } from './prune-results.js';
import { undoRemoval } from './undo-removal.js';
import { whyKept } from './users.js';

/** Why nothing more is to be begun. */
export type Stop = Pick<FairleadError, 'code' | 'message'>;
export const GIVEN_UP: Stop = { code: 'deadline_exceeded', message: 'the prune was given up' };

/** It may go, as far as is known now, and its record is on the disk. */
export const READY = 'ready';

/**
 * Looks at a network ahead of its turn and journals its record where it may go. Changes nothing, never rejects.
 * @returns why it is kept, or READY
 */
export async function prepareItem(
  deps: HandlerDeps,
  item: PruneItemMessage__Output,
  scope: OperationScope,
): Promise<PruneItemResult__Output | typeof READY> {
  try {
    const judged = await judge(deps, item, scope);
    return 'outcome' in judged ? judged : await record(deps, judged, scope);
  } catch (error) {
    return resultOf(item, error);
  }
}

/** Journals its record, where the host lets one more go in this hour. */
async function record(
  { policy }: HandlerDeps,
  network: Network,
  scope: OperationScope,
): Promise<PruneItemResult__Output | typeof READY> {
  try {
    await policy.admit({ verb: 'prune', network }, () => scope.removing(network));
    return READY;
  } catch (thrown) {
    const { code, message } = toFairleadError(thrown);
    if (code !== 'policy_refused') throw thrown;
    return kept(network.id, code, message, network.name);
  }
}

/**
 * Removes what is READY in a turn of its own, if it still may go.
 * @param written what has to be on the disk before
 * @throws FairleadError `outcome_unknown`: the operation is then settled by looking
 */
export async function pruneItem(
  deps: HandlerDeps,
  item: PruneItemMessage__Output,
  context: CallContext,
  scope: OperationScope,
  written: Promise<void>,
): Promise<PruneItemResult__Output> {
  try {
    return await deps.queue.run(context, () => removeUnused(deps, item, context, scope, written));
  } catch (error) {
    return resultOf(item, error);
  }
}

/** What takes long comes before the look, and what is quick after it: a slow disk makes no look an old one. */
async function removeUnused(
  deps: HandlerDeps,
  item: PruneItemMessage__Output,
  context: CallContext,
  scope: OperationScope,
  written: Promise<void>,
): Promise<PruneItemResult__Output> {
  await written;
  const judged = await judge(deps, item, scope);
  if ('outcome' in judged) return judged;
  const stop = hasGivenUp(context) ? GIVEN_UP : scope.barred();
  return stop === undefined
    ? remove(deps, judged, scope)
    : kept(judged.id, stop.code, `not removed: ${stop.message}`, judged.name);
}

/** The network, where it may go; else why it is kept. @throws FairleadError `network_not_found`, `engine_unavailable` */
async function judge(
  deps: HandlerDeps,
  { networkId, expectedDigest }: PruneItemMessage__Output,
  scope: OperationScope,
): Promise<Network | PruneItemResult__Output> {
  const barred = scope.barred();
  if (barred !== undefined) return kept(networkId, barred.code, `not looked at: ${barred.message}`);
  const sight = await lookAt(deps.engine, networkId);
  const { name } = sight.network;
  // What does not depend on the network was asked before the first item; after a look the refusal has its name. How many
  // go is asked when its record is journaled, and counts it from then on.
  const refused = await deps.policy.refusalOf({ verb: 'prune', network: sight.network, removals: 0 });
  if (refused !== undefined) return kept(networkId, refused.code, refused.message, name);
  const reason = whyKept(sight);
  if (reason !== undefined) return kept(networkId, reason.code, reason.text, name);
  const network = { ...sight.network, endpoints: [] };
  if (digestOf(network) === expectedDigest) return network;
  return kept(networkId, 'network_changed', 'it is no longer the network that was planned for', name);
}

async function remove(deps: HandlerDeps, network: Network, scope: OperationScope): Promise<PruneItemResult__Output> {
  const { id, name } = network;
  try {
    await deps.engine.removeNetwork(id);
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code === 'engine_unavailable') throw lost(error);
    if (error.code === 'network_in_use') return kept(id, error.code, error.message, name, error.engineMessage);
    return failed(id, name, error);
  }
  return lookAgain(deps, network, scope);
}

/** What it cannot learn does not unmake the removal. */
async function lookAgain(deps: HandlerDeps, network: Network, scope: OperationScope): Promise<PruneItemResult__Output> {
  try {
    const users = await leftBehind(deps.engine, network);
    return users.length === 0 ? removed(network) : await undoRemoval(deps, network, users, scope);
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code === 'outcome_unknown') throw error;
    const reason = `removed; whether a container was made on it meanwhile is not known: ${error.message}`;
    return removed(network, reason, error.engineMessage);
  }
}

function resultOf({ networkId }: PruneItemMessage__Output, thrown: unknown): PruneItemResult__Output {
  const error = toFairleadError(thrown);
  // What became of this item is not known; it ends the operation.
  if (error.code === 'outcome_unknown') throw error;
  if (error.code === 'deadline_exceeded') return kept(networkId, error.code, error.message);
  if (error.code === 'network_not_found') return kept(networkId, error.code, 'it is gone already');
  return failed(networkId, '', error);
}
