import type {
  CallContext,
  PruneItemMessage__Output,
  PruneItemResult__Output,
  PruneNetworksRequest__Output,
} from '@fairlead/link';
import { hasGivenUp } from '../concurrency/fair-queue.js';
import type { LiveOperation, OperationScope } from '../operations/operation-runner.js';
import type { Handler, HandlerDeps } from './deps.js';
import { GIVEN_UP, prepareItem, pruneItem, READY, type Stop } from './prune-item.js';
import { kept } from './prune-results.js';

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

const SILENT: Stop = { code: 'engine_unavailable', message: 'the engine does not answer' };

/**
 * While one network is removed, which takes an engine some 200 ms, the next one is looked at ahead, and its record goes
 * to the disk. Between two removals are left the look after the one, its result on its way to the disk, and the look
 * before the other.
 */
async function prune(
  deps: HandlerDeps,
  { items, run }: PruneNetworksRequest__Output,
  context: CallContext,
  scope: OperationScope,
): Promise<void> {
  await deps.policy.check({ verb: 'prune' });
  await deps.queue.run(context, () => scope.begin({ what: `prune ${items.length} networks`, ...(run && { run }) }));
  let stopped: Stop | undefined;
  let ahead: ReturnType<typeof prepareItem> | undefined;
  let written = Promise.resolve();
  try {
    for (const [index, item] of items.entries()) {
      if (hasGivenUp(context)) stopped ??= GIVEN_UP;
      const found = stopped ? notLookedAt(item, stopped) : await (ahead ?? prepareItem(deps, item, scope));
      const next = items[index + 1];
      if (!stopped) ahead = found === READY && next ? prepareItem(deps, next, scope) : undefined;
      const result = found === READY ? await pruneItem(deps, item, context, scope, written) : found;
      await written;
      written = scope.item(result);
      written.catch(() => undefined);
      // Each further item would wait for the same silence.
      if (result.code === SILENT.code) stopped ??= SILENT;
    }
    await written;
  } finally {
    await ahead;
  }
}

const notLookedAt = ({ networkId }: PruneItemMessage__Output, { code, message }: Stop): PruneItemResult__Output =>
  kept(networkId, code, `not looked at: ${message}`);
