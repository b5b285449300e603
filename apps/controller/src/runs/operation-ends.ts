import { type PruneItemResultView } from '@fairlead/api';
import { isErrorCode } from '@fairlead/domain';
import { limitedSignal } from '../limited-signal.js';
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

/** Time between two looks at whether anybody can tell still, in milliseconds. */
const LOOK_EVERY_MS = 250;

type Told = (end: OperationEnd | undefined) => void;

/** Tells how operations ended, also those that another life of the controller has begun. */
export class OperationEnds {
  private readonly waiting = new Map<string, Set<Told>>();

  /** @param canTell whether the host that an operation was sent to can still be asked about it, some time */
  constructor(
    private readonly store: Pick<OperationsStore, 'get'>,
    private readonly canTell: (operation: Operation) => boolean,
  ) {}

  operationChanged(operation: Operation): void {
    if (!isKnown(operation)) return;
    for (const tell of this.waiting.get(operation.id) ?? []) tell(toOperationEnd(operation));
  }

  /**
   * Resolves when the end is known, or with undefined when nobody can tell it any more, after `limitMs`, or when the signal
   * is aborted. @throws FairleadError `operation_not_found`
   */
  async of(id: string, outer: AbortSignal, limitMs: number): Promise<OperationEnd | undefined> {
    const { signal, end } = limitedSignal(outer, limitMs);
    const { told, tell, stop } = this.wait(id);
    let looks: NodeJS.Timeout | undefined;
    try {
      const operation = await this.store.get(id, undefined);
      if (isKnown(operation)) return toOperationEnd(operation);
      if (signal.aborted || !this.canTell(operation)) return undefined;
      signal.addEventListener('abort', () => tell(undefined), { once: true });
      looks = setInterval(() => this.canTell(operation) || tell(undefined), LOOK_EVERY_MS).unref();
      return await told;
    } finally {
      clearInterval(looks);
      stop();
      end();
    }
  }

  private wait(id: string): { readonly told: Promise<OperationEnd | undefined>; tell: Told; stop: () => void } {
    let tell: Told = () => undefined;
    const told = new Promise<OperationEnd | undefined>((resolve) => (tell = resolve));
    const waiting = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiting.add(tell));
    const stop = (): void => {
      waiting.delete(tell);
      if (waiting.size === 0) this.waiting.delete(id);
    };
    return { told, tell, stop };
  }
}
