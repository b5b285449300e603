import type { Client, RunState, RunView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { firstOf } from '../../output/first-of.js';

const ID_OF_RUN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A run by its id, or the one run of a policy that is in one of these states.
 * @param words what these states mean: `No run of 'nightly' waits for approval`
 * @throws FairleadError `run_not_found`, `policy_not_found`, `ambiguous_name`
 */
export async function findRun(
  client: Client,
  reference: string,
  states: readonly RunState[],
  words: string,
): Promise<RunView> {
  if (ID_OF_RUN.test(reference)) return client.getRun({ params: { run: reference } });
  const { items } = await client.listRuns({ query: { policy: [reference], state: states } });
  const [first, second] = items;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw new FairleadError('run_not_found', `No run of '${reference}' ${words}`, {
      hint: `See 'fairlead policy runs ${reference}'.`,
    });
  }
  throw new FairleadError(
    'ambiguous_name',
    `'${reference}' has ${items.length} runs: ${firstOf(items.map(({ id }) => id))}`,
    {
      hint: 'Name one by its id.',
    },
  );
}
