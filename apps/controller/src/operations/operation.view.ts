import { type OperationView } from '@fairlead/api';
import { toTimestamp } from '../clock.js';
import { type Operation } from './operation.js';

const orNull = (at: number | null): string | null => (at === null ? null : toTimestamp(at));

export const toOperationView = (operation: Operation): OperationView => ({
  id: operation.id,
  kind: operation.kind,
  host: operation.hostName,
  target: operation.target,
  request: operation.request,
  state: operation.state,
  outcome: operation.outcome,
  result: operation.result as OperationView['result'],
  error: operation.error,
  settled: operation.settled && { ...operation.settled, at: toTimestamp(operation.settled.at) },
  actor: operation.actor.name,
  client: operation.actor.client,
  createdAt: toTimestamp(operation.createdAt),
  dispatchedAt: orNull(operation.dispatchedAt),
  finishedAt: orNull(operation.finishedAt),
  durationMs: operation.durationMs,
  deadlineMs: operation.deadlineMs,
});
