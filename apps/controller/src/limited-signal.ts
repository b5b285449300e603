/** A signal for a wait that is not to take for ever. */
export interface LimitedSignal {
  readonly signal: AbortSignal;
  /** Whether it was aborted since its time was over. */
  readonly isOver: () => boolean;
  /** To be called after the wait: it is not aborted any more. */
  readonly end: () => void;
}

/**
 * Aborted with another signal, or after some time. `AbortSignal.any` of that and `AbortSignal.timeout` would not do: in
 * Node 20 nothing holds the latter, and once garbage was collected it never comes.
 */
export function limitedSignal(outer: AbortSignal, limitMs: number): LimitedSignal {
  const limit = new AbortController();
  let isOver = false;
  const abort = (): void => limit.abort(outer.reason);
  const timer = setTimeout(() => {
    isOver = true;
    limit.abort();
  }, limitMs).unref();
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  const end = (): void => {
    clearTimeout(timer);
    outer.removeEventListener('abort', abort);
  };
  return { signal: limit.signal, isOver: () => isOver, end };
}
