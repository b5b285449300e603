import { FairleadError } from '@fairlead/domain';
import type { Timing } from './timing.js';

/**
 * What `work` gives, or `engine_unavailable` when it takes longer than `ms`. The work itself goes on: a frozen engine
 * accepts connections and never answers.
 */
export async function within<T>(timing: Timing, ms: number, what: string, work: Promise<T>): Promise<T> {
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = timing.after(ms, () =>
      reject(
        new FairleadError('engine_unavailable', `${what}: no answer within ${ms / 1000} s`, {
          hint: 'The engine is frozen or overloaded; look at its log and load.',
        }),
      ),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
