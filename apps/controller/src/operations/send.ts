import { type PruneItemResultView } from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type HostConnection } from '@fairlead/link';
import { type Command, type Sending, type Watch } from './commands.js';
import { type Ending } from './operation.js';
import { brokenEnding, brokenPruneEnding, pruneEnding, succeededEnding, toPruneItem, toResult } from './results.js';

type PruneMessage = Extract<Sending, { method: 'PruneNetworks' }>['message'];

/** Sends a command once and tells how it ended. Never rejects. @param watch of a prune */
export async function send(
  connection: HostConnection,
  sent: Sending,
  deadlineMs: number,
  complete: Command['complete'] = (result) => Promise.resolve(result),
  watch: Watch = {},
): Promise<Ending> {
  if (sent.method === 'PruneNetworks') return prune(connection, sent.message, deadlineMs, watch);
  try {
    const answer = await connection.invoke(sent.method, sent.message, { deadlineMs });
    return succeededEnding(await complete(toResult(sent.method, answer)));
  } catch (error) {
    return brokenEnding(sent.method, toFairleadError(error));
  }
}

/** A prune that breaks off, or is stopped, keeps the results of the networks that it has done. */
async function prune(
  connection: HostConnection,
  message: PruneMessage,
  deadlineMs: number,
  { taken, signal }: Watch,
): Promise<Ending> {
  const items: PruneItemResultView[] = [];
  const wanted = message.items?.length ?? 0;
  try {
    for await (const told of connection.invokeStream('PruneNetworks', message, { deadlineMs, signal })) {
      const item = toPruneItem(told);
      items.push(item);
      taken?.(item);
    }
    const isCutShort = items.some(({ code }) => code === 'deadline_exceeded');
    if (signal?.aborted === true && isCutShort) return brokenPruneEnding(items, stopped(signal));
    if (items.length === wanted) return pruneEnding(items);
    throw new FairleadError('outcome_unknown', `The agent told of ${items.length} of ${wanted} networks and no more`, {
      hint: 'It is settled by looking; do not send it again.',
    });
  } catch (error) {
    return brokenPruneEnding(items, toFairleadError(error));
  }
}

const stopped = ({ reason }: AbortSignal): FairleadError =>
  reason instanceof FairleadError
    ? reason
    : new FairleadError('deadline_exceeded', 'It was stopped between two networks');
