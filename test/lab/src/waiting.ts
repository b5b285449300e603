import { setTimeout as sleep } from 'node:timers/promises';

const period = 20;

/**
 * Looks every 20 ms until `look` returns something other than undefined.
 * @param limit in milliseconds
 * @returns what was found, or undefined when the time is up.
 */
export async function poll<T>(
  limit: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() >= end) return undefined;
    await sleep(period);
  }
}

/** Waits until all have ended one way or another, so that nothing is still being made when an error is handled. */
export async function allDone<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
