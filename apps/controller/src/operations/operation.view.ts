import { type OperationView } from '@fairlead/api';
import { toTimestamp, toTimestampOrNull } from '../clock.js';
import { type FleetExplanation, type Operation, type Result } from './operation.js';

/**
 * The operation as a caller may see it.
 * @param sees whether the caller may know of a host
 */
export const toOperationView = (operation: Operation, sees: (hostName: string) => boolean): OperationView => ({
  id: operation.id,
  kind: operation.kind,
  host: operation.hostName,
  target: operation.target,
  request: operation.request,
  state: operation.state,
  outcome: operation.outcome,
  result: resultFor(operation.result, sees) as OperationView['result'],
  error: operation.error,
  settled: operation.settled && { ...operation.settled, at: toTimestamp(operation.settled.at) },
  actor: operation.actor.name,
  client: operation.actor.client,
  createdAt: toTimestamp(operation.createdAt),
  dispatchedAt: toTimestampOrNull(operation.dispatchedAt),
  finishedAt: toTimestampOrNull(operation.finishedAt),
  durationMs: operation.durationMs,
  deadlineMs: operation.deadlineMs,
});

/** Whoever may not know of a host that the fleet's explanation names is told what the agent itself has found. */
function resultFor(result: Result | null, sees: (hostName: string) => boolean): Result | null {
  if (result === null || !('fleet' in result)) return result;
  const { fleet, ...own } = result;
  const { explanation, hosts } = fleet as FleetExplanation;
  return hosts.every(sees) ? { ...own, explanation } : own;
}
