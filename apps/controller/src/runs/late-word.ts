import { toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type Operation } from '../operations/operation.js';
import { type OperationsStore } from '../operations/operations.store.js';
import { endIn, skipped } from './item-end.js';
import { toOperationEnd } from './operation-ends.js';
import { type RunItemsStore } from './run-items.store.js';

export interface LateWordParts {
  readonly items: Pick<RunItemsStore, 'unknown' | 'correct' | 'settledSince'>;
  readonly now: Clock;
  /** Told of each run that says something else by then. */
  readonly changed: (runId: string) => void;
  readonly log: Log;
}

/** Corrects what runs say of networks whose host had not come back to tell when they ended, once it does. */
export async function takeLateWord({ items, now, changed, log }: LateWordParts, operation: Operation): Promise<void> {
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

/** The same for words that were written down just before the controller ended. */
export async function takeLateWords(parts: LateWordParts, operations: Pick<OperationsStore, 'get'>): Promise<void> {
  try {
    for (const id of await parts.items.settledSince()) await takeLateWord(parts, await operations.get(id, undefined));
  } catch (error) {
    parts.log('late words of an earlier life could not be looked for', { error: toFairleadError(error).message });
  }
}
