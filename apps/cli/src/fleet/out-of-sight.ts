import { FairleadError, toFairleadError } from '@fairlead/domain';

/** Questions in a row that may stay without an answer, about a second each. */
const MISSES = 30;

/**
 * Whether a question about something that goes on is worth asking again: nobody answers, or a controller that has just
 * started again does not take the token, which `fairlead up` may not have noted yet.
 * @param misses questions before this one that were not answered
 */
export function mayPass(error: unknown, misses: number): boolean {
  const { code } = toFairleadError(error);
  return misses < MISSES && (code === 'controller_unavailable' || (code === 'unauthenticated' && misses > 0));
}

/**
 * For whatever keeps one from asking how something goes on: by itself it would say that nothing was done.
 * @param what `the command`
 * @param where the command line that tells it once one can ask again
 */
export function outOfSight(what: string, error: unknown, where: string): FairleadError {
  const { message, hint } = toFairleadError(error);
  return new FairleadError('outcome_unknown', `What became of ${what} cannot be asked any more: ${message}`, {
    hint: [hint, `See '${where}' before you try again.`].filter(Boolean).join(' '),
    cause: error,
  });
}
