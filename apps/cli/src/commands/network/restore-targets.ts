import type { Client } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { inParallel } from '../../fleet/each-host.js';
import { readPages } from '../../fleet/pages.js';
import { removalOf } from './removed.js';

/** One removal of a network. */
export interface Removal {
  readonly id: string;
  /** As it was asked for. */
  readonly name: string;
}

/**
 * The removals that are meant, those of a run in the order in which they went.
 * @throws FairleadError `invalid_argument`, `network_not_found`, `ambiguous_name`, `run_not_found`
 */
export async function chooseRemovals(
  client: Client,
  references: readonly string[],
  run: string | undefined,
): Promise<readonly Removal[]> {
  if ((run === undefined) === (references.length === 0)) {
    throw new FairleadError('invalid_argument', 'Either networks are named, or a run that has removed some', {
      hint: "Write HOST/NETWORK, or --run RUN. See 'fairlead network ls --removed' and 'fairlead policy runs'.",
    });
  }
  if (run !== undefined) return removalsOf(client, run);
  return inParallel(references, async (name) => ({ id: await removalOf(client, name, {}), name }));
}

async function removalsOf(client: Client, run: string): Promise<readonly Removal[]> {
  // One that failed may have been removed and not been made again: then it has a removal.
  const query = { outcome: ['removed' as const, 'failed' as const] };
  const { rows } = await readPages(Infinity, (page) =>
    client.listRunItems({ params: { run }, query: { ...query, ...page } }),
  );
  const byTime = [...rows].sort((a, b) => Date.parse(a.endedAt ?? '') - Date.parse(b.endedAt ?? ''));
  const removals = byTime.flatMap(({ removal, host, network }) =>
    removal === null ? [] : { id: removal, name: `${host}/${network.name}` },
  );
  if (removals.length > 0) return removals;
  throw new FairleadError('network_not_found', `Run ${run} has removed no network of which a record is kept`, {
    hint: `See 'fairlead policy runs --run ${run}'.`,
  });
}
