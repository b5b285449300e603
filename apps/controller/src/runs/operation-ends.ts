import { type PruneItemResultView } from '@fairlead/api';
import { isErrorCode } from '@fairlead/domain';
import { type Operation, type OperationError } from '../operations/operation.js';
import { type OperationsStore } from '../operations/operations.store.js';
import { type OperationEnd } from './run-ports.js';

export function toOperationEnd({ id, outcome, result, error }: Operation): OperationEnd {
  const items = (result?.items ?? []) as readonly PruneItemResultView[];
  return { operationId: id, outcome: outcome ?? 'unknown', items, error: error && toWords(error) };
}

const toWords = ({ code, message, engineMessage }: OperationError): OperationEnd['error'] => ({
  code: isErrorCode(code) ? code : '',
  message,
  engineMessage,
});

const isKnown = ({ state, outcome }: Operation): boolean => state === 'finished' && outcome !== 'unknown';

/** Tells how operations ended, also those that another life of the controller has begun. */
export class OperationEnds {
  private readonly waiting = new Map<string, Set<(end: OperationEnd) => void>>();

  constructor(private readonly store: Pick<OperationsStore, 'get'>) {}

  operationChanged(operation: Operation): void {
    if (!isKnown(operation)) return;
    for (const resolve of this.waiting.get(operation.id) ?? []) resolve(toOperationEnd(operation));
  }

  /** Resolves when the end is known, or with undefined when the signal is aborted. @throws FairleadError `operation_not_found` */
  async of(id: string, signal: AbortSignal): Promise<OperationEnd | undefined> {
    let stop = (): void => undefined;
    const told = new Promise<OperationEnd | undefined>((resolve) => {
      stop = this.wait(id, resolve);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    try {
      const operation = await this.store.get(id, undefined);
      if (isKnown(operation)) return toOperationEnd(operation);
      return signal.aborted ? undefined : await told;
    } finally {
      stop();
    }
  }

  /** @returns ends it */
  private wait(id: string, resolve: (end: OperationEnd) => void): () => void {
    const waiting = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiting.add(resolve));
    return () => {
      waiting.delete(resolve);
      if (waiting.size === 0) this.waiting.delete(id);
    };
  }
}
