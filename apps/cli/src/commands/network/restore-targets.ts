import type { Client, RunItemView } from '@fairlead/api';
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

export interface ChosenRemovals {
  readonly removals: readonly Removal[];
  /** Removed networks, as HOST/NETWORK, of which no record is kept any more, or none has come yet. */
  readonly unrecorded: readonly string[];
}

/**
 * The removals that are meant, those of a run in the order in which they went.
 * @throws FairleadError `invalid_argument`, `network_not_found`, `ambiguous_name`, `run_not_found`
 */
export async function chooseRemovals(
  client: Client,
  references: readonly string[],
  run: string | undefined,
): Promise<ChosenRemovals> {
  if ((run === undefined) === (references.length === 0)) {
    throw new FairleadError('invalid_argument', 'Either networks are named, or a run that has removed some', {
      hint: "Write HOST/NETWORK, or --run RUN. See 'fairlead network ls --removed' and 'fairlead policy runs'.",
    });
  }
  if (run !== undefined) return removalsOf(client, run);
  const removals = await inParallel(references, async (name) => ({ id: await removalOf(client, name, {}), name }));
  return { removals, unrecorded: [] };
}

async function removalsOf(client: Client, run: string): Promise<ChosenRemovals> {
  // One that failed may have been removed and not been made again: then it has a removal.
  const query = { outcome: ['removed' as const, 'failed' as const] };
  const { rows } = await readPages(Infinity, (page) =>
    client.listRunItems({ params: { run }, query: { ...query, ...page } }),
  );
  const byTime = [...rows].sort((a, b) => Date.parse(a.endedAt ?? '') - Date.parse(b.endedAt ?? ''));
  const removals = byTime.flatMap((item) => (item.removal === null ? [] : { id: item.removal, name: nameOf(item) }));
  const unrecorded = byTime.filter(({ outcome, removal }) => outcome === 'removed' && removal === null).map(nameOf);
  if (removals.length + unrecorded.length > 0) return { removals, unrecorded };
  throw new FairleadError('network_not_found', `Run ${run} has removed no network`, {
    hint: `See 'fairlead policy runs --run ${run}'.`,
  });
}

const nameOf = ({ host, network }: RunItemView): string => `${host}/${network.name}`;
