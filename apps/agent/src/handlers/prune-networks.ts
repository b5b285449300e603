import {
  describeUsers,
  type ErrorCode,
  type FairleadError,
  type Network,
  planPrune,
  type PruneReason,
  shortId,
  toFairleadError,
} from '@fairlead/domain';
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
import { leftBehind, readNetwork, requireNetwork } from './looks.js';

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
  { items }: PruneNetworksRequest__Output,
  context: CallContext,
  scope: OperationScope,
): Promise<void> {
  await deps.policy.check({ verb: 'prune' });
  await deps.queue.run(context, () => scope.begin({ what: `prune ${items.length} networks` }));
  let stopped: Pick<FairleadError, 'code' | 'message'> | undefined;
  for (const item of items) {
    if (hasGivenUp(context)) stopped ??= { code: 'deadline_exceeded', message: 'the prune was given up' };
    const result = stopped
      ? kept(item.networkId, stopped.code, `not looked at: ${stopped.message}`)
      : await pruneItem(deps, item, context, scope);
    await scope.item(result);
    // Each further item would wait for the same silence.
    if (result.code === 'engine_unavailable') stopped ??= { code: result.code, message: 'the engine does not answer' };
  }
}

async function pruneItem(
  deps: HandlerDeps,
  item: PruneItemMessage__Output,
  context: CallContext,
  scope: OperationScope,
): Promise<PruneItemResult__Output> {
  const { networkId } = item;
  try {
    return await deps.queue.run(context, () => removeUnused(deps, item, scope));
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
): Promise<PruneItemResult__Output> {
  const { engine, now, policy } = deps;
  // What does not depend on the network was asked before the first item; after a look the refusal has its name.
  const attributes = await requireNetwork(engine, networkId);
  const refused = await policy.refusalOf({ verb: 'prune', network: attributes });
  if (refused !== undefined) return kept(networkId, refused.code, refused.message, attributes.name);
  const { network, all } = await readNetwork(engine, networkId);
  const reason = whyKept(network, all, now());
  if (reason !== undefined) return kept(networkId, reason.code, reason.text, network.name);
  if (digestOf(network) !== expectedDigest) {
    return kept(networkId, 'network_changed', 'it is no longer the network that was planned for', network.name);
  }
  await scope.removing(network);
  return remove(deps, network);
}

async function remove({ engine, log }: HandlerDeps, network: Network): Promise<PruneItemResult__Output> {
  const { id, name } = network;
  try {
    await engine.removeNetwork(id);
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code === 'engine_unavailable') throw lost(error);
    if (error.code === 'network_in_use') return kept(id, error.code, error.message, name, error.engineMessage);
    return failed(id, name, error);
  }
  const users = await leftBehind(engine, network).catch(() => []);
  if (users.length > 0) log.warn('Containers were made on a network while it was removed', { network: name, users });
  const reason = users.length > 0 ? `removed; ${users.join(', ')} was made on it meanwhile and cannot start` : '';
  return { networkId: id, name, outcome: 'removed', reason, code: '', engineMessage: '' };
}

const CODES: Readonly<Partial<Record<PruneReason, ErrorCode>>> = {
  predefined: 'network_predefined',
  'swarm-scope': 'unsupported',
};

/** The rules of the plan once more, without its filters. */
function whyKept(
  network: Network,
  all: readonly Network[],
  now: number,
): { code: ErrorCode; text: string } | undefined {
  const plan = planPrune(all, { createdBefore: undefined, labels: [] }, now);
  const item = plan.find((candidate) => candidate.network.id === network.id);
  if (item?.action === 'remove') return undefined;
  const text =
    item?.explanation ?? describeUsers(network)?.explanation ?? `network ${shortId(network.id)} is not in the plan`;
  return { code: (item && CODES[item.reason]) ?? 'network_in_use', text };
}

const kept = (
  networkId: string,
  code: ErrorCode,
  reason: string,
  name = '',
  engineMessage = '',
): PruneItemResult__Output => ({
  networkId,
  name,
  outcome: 'kept',
  reason,
  code,
  engineMessage,
});

const failed = (networkId: string, name: string, error: FairleadError): PruneItemResult__Output => ({
  networkId,
  name,
  outcome: 'failed',
  reason: error.message,
  code: error.code,
  engineMessage: error.engineMessage ?? '',
});
