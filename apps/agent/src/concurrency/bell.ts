import type { Timing } from './timing.js';

/**
 * Wakes all who wait. It remembers nothing: whoever waits looks at what has changed first, without an `await` between
 * the look and the wait.
 *
 * Invariant: a wait that has ended leaves no timer and no listener behind.
 */
export class Bell {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly timing: Pick<Timing, 'after'>) {}

  ring(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves at the next ring, after `ms` (Infinity: never by time), or when `signal` aborts. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        cancel?.();
        resolve();
      };
      const cancel = ms === Infinity ? undefined : this.timing.after(ms, wake);
      this.waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
