import { FairleadError } from '@fairlead/domain';
import type { CallContext } from '@fairlead/link';

/**
 * Lets one at a time change the engine, in the order of asking: its writes are firewall rules, and two at once are no
 * faster than one after the other (measured on Docker 20.10 to 28.5).
 *
 * Invariants: at most one work runs; a work that was given up while it waited is never begun; a work that fails lets
 * the next one in.
 */
export class FairQueue {
  private tail: Promise<void> = Promise.resolve();

  /** @throws FairleadError `deadline_exceeded` when the caller gave up or its time was over before its turn came */
  async run<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
    const before = this.tail;
    let release!: () => void;
    this.tail = new Promise((resolve) => (release = resolve));
    try {
      await unlessAborted(before, context.signal);
      if (hasGivenUp(context)) throw notBegun();
      return await work();
    } finally {
      // One that gave up early keeps its place, so that the order of the others stays.
      void before.then(release);
    }
  }
}

export const hasGivenUp = (context: CallContext): boolean => context.signal.aborted || context.remainingMs() <= 0;

const notBegun = (): FairleadError =>
  new FairleadError('deadline_exceeded', 'It was given up before its turn came; nothing was done', {
    hint: 'Other commands were running on this host. Try again, or give more time.',
  });

/** Resolves when `before` does or `signal` aborts, and leaves no listener behind: one signal waits for many turns. */
function unlessAborted(before: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const proceed = (): void => {
      signal.removeEventListener('abort', proceed);
      resolve();
    };
    signal.addEventListener('abort', proceed, { once: true });
    void before.then(proceed);
  });
}
