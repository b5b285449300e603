import { toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type Operation } from '../operations/operation.js';
import { endIn, skipped } from './item-end.js';
import { toOperationEnd } from './operation-ends.js';
import { type RunItemsStore } from './run-items.store.js';

/**
 * Corrects what runs say of networks whose host had not come back to tell when they ended, once it does.
 * @param changed told of each run that says something else by then
 */
export async function takeLateWord(
  items: Pick<RunItemsStore, 'unknown' | 'correct'>,
  operation: Operation,
  now: Clock,
  changed: (runId: string) => void,
  log: Log,
): Promise<void> {
  if (operation.settled === null || operation.kind !== 'prune') return;
  try {
    const end = toOperationEnd(operation);
    for (const { runId, ...item } of await items.unknown(operation.id)) {
      const known = endIn(item, end);
      if (known === undefined) continue;
      // The run is over: nobody takes it up again.
      const last = known.state === 'planned' ? skipped(known.position, known.reason, known.code) : known;
      await items.correct(runId, [last], now());
      changed(runId);
    }
  } catch (error) {
    log('a run could not be told of a late word', { operation: operation.id, error: toFairleadError(error).message });
  }
}
