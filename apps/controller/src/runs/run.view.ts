import { type FreezeAnswerView, type FreezeView, type RunItemView, type RunView } from '@fairlead/api';
import { toTimestamp, toTimestampOrNull } from '../clock.js';
import { type FreezeState } from './freeze.store.js';
import { type FreezeAnswer } from './freeze-switch.js';
import { type ItemCounts, type RunItem, type StoredRun } from './run.js';

/** Of a run that began nothing the first networks are kept, and in time none: its plan knows how many there are. */
export const toRunView = (run: StoredRun, counts: ItemCounts): RunView => ({
  id: run.id,
  policy: { id: run.policyId, name: run.policyName, version: run.version },
  trigger: run.trigger,
  scheduledFor: toTimestampOrNull(run.scheduledFor),
  scheduledUntil: toTimestampOrNull(run.scheduledUntil),
  instants: run.instants,
  mode: run.mode,
  state: run.state,
  outcome: run.state === 'finished' ? run.outcome : null,
  reason: run.reason,
  planHash: run.planHash,
  plannedAt: toTimestampOrNull(run.plannedAt),
  summary: run.summary,
  approvedBy: run.approvedBy,
  approvedAt: toTimestampOrNull(run.approvedAt),
  expiresAt: toTimestampOrNull(run.expiresAt),
  progress: { ...counts, total: run.summary?.remove ?? counts.total },
  actor: run.actor.name,
  createdAt: toTimestamp(run.createdAt),
  startedAt: toTimestampOrNull(run.startedAt),
  finishedAt: toTimestampOrNull(run.finishedAt),
});

/** @param removal id of the removal, by which it is restored */
export const toRunItemView = (item: RunItem & { readonly removal: string | null }): RunItemView => ({
  host: item.hostName,
  network: { id: item.networkId, name: item.networkName, driver: item.driver },
  wave: item.wave,
  explanation: item.explanation,
  restorability: item.restorability,
  losses: [...item.losses],
  state: item.state,
  outcome: item.outcome,
  reason: item.reason,
  code: item.code,
  engineMessage: item.engineMessage,
  operation: item.operationId,
  restored: item.restoredId,
  removal: item.removal,
  endedAt: toTimestampOrNull(item.endedAt),
});

export const toFreezeView = ({ frozen, reason, actor, at }: FreezeState): FreezeView => ({
  frozen,
  reason,
  actor,
  at: toTimestampOrNull(at),
});

export const toFreezeAnswerView = ({ already, ...state }: FreezeAnswer): FreezeAnswerView => ({
  ...toFreezeView(state),
  already,
});
