/** Wishes to stop, in the order they come: stop in good order, then stop at once. */
export interface Interrupts {
  readonly first: Promise<void>;
  readonly second: Promise<void>;
  /** Gives the signals back to the system. */
  close(): void;
}

/** From now on SIGINT and SIGTERM no longer end this process by themselves. */
export function catchInterrupts(): Interrupts {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const waiting: (() => void)[] = [];
  const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const interrupts = { first: next(), second: next() };
  const caught = (): void => waiting.shift()?.();
  for (const signal of signals) process.on(signal, caught);
  return { ...interrupts, close: () => signals.forEach((signal) => process.off(signal, caught)) };
}

/** An AbortSignal that SIGINT and SIGTERM abort, once; the second time they end the process as ever. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const caught = (): void => {
    for (const signal of signals) process.off(signal, caught);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, caught);
  return controller.signal;
}
