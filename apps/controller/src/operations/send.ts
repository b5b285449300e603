import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type HostConnection } from '@fairlead/link';
import { type Command, type Sending } from './commands.js';
import { type Ending } from './operation.js';
import { brokenEnding, brokenPruneEnding, pruneEnding, succeededEnding, toPruneItem, toResult } from './results.js';

type PruneMessage = Extract<Sending, { method: 'PruneNetworks' }>['message'];

/** Sends a command once and tells how it ended. Never rejects. */
export async function send(
  connection: HostConnection,
  sent: Sending,
  deadlineMs: number,
  complete: Command['complete'] = (result) => Promise.resolve(result),
): Promise<Ending> {
  if (sent.method === 'PruneNetworks') return prune(connection, sent.message, deadlineMs);
  try {
    const answer = await connection.invoke(sent.method, sent.message, { deadlineMs });
    return succeededEnding(await complete(toResult(sent.method, answer)));
  } catch (error) {
    return brokenEnding(sent.method, toFairleadError(error));
  }
}

/** A prune that breaks off keeps the results of the networks that it has done. */
async function prune(connection: HostConnection, message: PruneMessage, deadlineMs: number): Promise<Ending> {
  const items = [];
  const wanted = message.items?.length ?? 0;
  try {
    for await (const item of connection.invokeStream('PruneNetworks', message, { deadlineMs })) {
      items.push(toPruneItem(item));
    }
    if (items.length === wanted) return pruneEnding(items);
    throw new FairleadError('outcome_unknown', `The agent told of ${items.length} of ${wanted} networks and no more`, {
      hint: 'It is settled by looking; do not send it again.',
    });
  } catch (error) {
    return brokenPruneEnding(items, toFairleadError(error));
  }
}
