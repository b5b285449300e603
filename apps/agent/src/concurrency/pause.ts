import type { Timing } from './timing.js';

/** Resolves after `ms`, or as soon as `signal` aborts. */
export function pause(timing: Timing, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = timing.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
