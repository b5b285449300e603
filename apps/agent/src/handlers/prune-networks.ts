import { type FairleadError, type Network, toFairleadError } from '@fairlead/domain';
import type {
  CallContext,
  PruneItemMessage__Output,
  PruneItemResult__Output,
  PruneNetworksRequest__Output,
} from '@fairlead/link';
import { hasGivenUp } from '../concurrency/fair-queue.js';
import { digestOf } from '../inventory/describe-network.js';
import { type LiveOperation, lost, type OperationScope } from '../operations/operation-runner.js';
import type { Handler, HandlerDeps } from './deps.js';
import { leftBehind, lookAt } from './looks.js';
import { failed, kept, removed } from './prune-results.js';
import { undoRemoval } from './undo-removal.js';
import { whyKept } from './users.js';

/** The items one after the other, each in a turn of its own, so that other commands come in between. */
export const pruneNetworks: Handler<'PruneNetworks', AsyncIterable<PruneItemResult__Output>> =
  (deps) => (request, context) =>
    follow(deps.operations.start('PruneNetworks', request, (scope) => prune(deps, request, context, scope)));

/** The results as they come; a second caller gets them from the first one on. */
async function* follow(operation: LiveOperation<'PruneNetworks'>): AsyncGenerator<PruneItemResult__Output, void, void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  operation.outcome.then(end, end);
  for (let given = 0; ;) {
    const item = operation.items[given];
    if (item !== undefined) {
      given += 1;
      yield item;
    } else if (over.signal.aborted) break;
    else await operation.news.wait(Infinity, over.signal);
  }
  await operation.outcome;
}

async function prune(
  deps: HandlerDeps,
  { items, run }: PruneNetworksRequest__Output,
  context: CallContext,
  scope: OperationScope,
): Promise<void> {
  await deps.policy.check({ verb: 'prune' });
  await deps.queue.run(context, () => scope.begin({ what: `prune ${items.length} networks`, ...(run && { run }) }));
  let stopped: Pick<FairleadError, 'code' | 'message'> | undefined;
  let written = Promise.resolve();
  for (const item of items) {
    if (hasGivenUp(context)) stopped ??= { code: 'deadline_exceeded', message: 'the prune was given up' };
    const result = stopped
      ? kept(item.networkId, stopped.code, `not looked at: ${stopped.message}`)
      : await pruneItem(deps, item, context, scope, written);
    await written;
    // While this goes to the disk the next item is looked at; it is removed after both.
    written = scope.item(result);
    written.catch(() => undefined);
    // Each further item would wait for the same silence.
    if (result.code === 'engine_unavailable') stopped ??= { code: result.code, message: 'the engine does not answer' };
  }
  await written;
}

async function pruneItem(
  deps: HandlerDeps,
  item: PruneItemMessage__Output,
  context: CallContext,
  scope: OperationScope,
  written: Promise<void>,
): Promise<PruneItemResult__Output> {
  const { networkId } = item;
  try {
    return await deps.queue.run(context, () => removeUnused(deps, item, scope, written));
  } catch (thrown) {
    const error = toFairleadError(thrown);
    // What became of this item is not known; it ends the operation, which is then settled by looking.
    if (error.code === 'outcome_unknown') throw error;
    if (error.code === 'deadline_exceeded') return kept(networkId, error.code, error.message);
    if (error.code === 'network_not_found') return kept(networkId, error.code, 'it is gone already');
    return failed(networkId, '', error);
  }
}

async function removeUnused(
  deps: HandlerDeps,
  { networkId, expectedDigest }: PruneItemMessage__Output,
  scope: OperationScope,
  written: Promise<void>,
): Promise<PruneItemResult__Output> {
  const barred = scope.barred();
  if (barred !== undefined) return kept(networkId, barred.code, `not looked at: ${barred.message}`);
  const sight = await lookAt(deps.engine, networkId);
  const { name } = sight.network;
  // What does not depend on the network was asked before the first item; after a look the refusal has its name.
  const refused = await deps.policy.refusalOf({ verb: 'prune', network: sight.network });
  if (refused !== undefined) return kept(networkId, refused.code, refused.message, name);
  const reason = whyKept(sight);
  if (reason !== undefined) return kept(networkId, reason.code, reason.text, name);
  const network = { ...sight.network, endpoints: [] };
  if (digestOf(network) !== expectedDigest) {
    return kept(networkId, 'network_changed', 'it is no longer the network that was planned for', name);
  }
  await written;
  await scope.removing(network);
  return remove(deps, network, scope);
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
