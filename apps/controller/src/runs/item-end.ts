import { type PruneItemResultView } from '@fairlead/api';
import { type ErrorCode } from '@fairlead/domain';
import { type ItemEnd, type RunItem } from './run.js';
import { type OperationEnd } from './run-ports.js';

/** Codes that say that the host could not be worked on, and that nothing was done there. */
const UNREACHABLE: ReadonlySet<string> = new Set<ErrorCode>([
  'host_unavailable',
  'host_quarantined',
  'host_not_found',
  'overloaded',
  'engine_unavailable',
  'deadline_exceeded',
]);
/** Codes that say that the agent was told to stop, or had no time left, before it came to the item. */
const NOT_BEGUN: ReadonlySet<string> = new Set<ErrorCode>(['deadline_exceeded', 'plan_stale', 'frozen']);

/** Whether the item shows that its host was away. */
export const wasUnreachable = ({ outcome, code }: Pick<RunItem, 'outcome' | 'code'>): boolean =>
  outcome === 'skipped' && UNREACHABLE.has(code);

const again = (position: number, reason: string, code: string): ItemEnd => ({
  position,
  state: 'planned',
  reason,
  code,
});

const done = (
  position: number,
  end: Pick<Extract<ItemEnd, { state: 'done' }>, 'outcome' | 'reason' | 'code'>,
  engineMessage = '',
  restoredId: string | null = null,
): ItemEnd => ({ position, state: 'done', ...end, engineMessage, restoredId });

export const kept = (position: number, reason: string, code: ErrorCode): ItemEnd =>
  done(position, { outcome: 'kept', reason, code });

export const skipped = (position: number, reason: string, code: string = ''): ItemEnd =>
  done(position, { outcome: 'skipped', reason, code });

/** Nobody will ever say what became of it. */
export const lost = (position: number): ItemEnd => {
  const reason = 'it is not known what became of it: its host has not come back to tell';
  return done(position, { outcome: 'failed', reason, code: 'outcome_unknown' });
};

/** What the agent's word on one item means for the run. */
export function endOf(position: number, result: PruneItemResultView): ItemEnd {
  const { outcome, reason, code, engineMessage } = result;
  if (outcome === 'kept' && NOT_BEGUN.has(code)) return again(position, reason, code);
  // Seen to be there after the agent or its engine had died on the way to it: of this one it is known.
  if (outcome === 'kept' && code === 'outcome_unknown') return again(position, reason, '');
  if (outcome === 'kept' && code === 'engine_unavailable') {
    return done(position, { outcome: 'skipped', reason, code }, engineMessage);
  }
  return done(position, { outcome, reason, code }, engineMessage, result.restored ?? null);
}

/**
 * What the end of an operation means for its items that the agent has not told of. Undefined: that is not known yet.
 */
function endUntold(position: number, { outcome, error }: OperationEnd): ItemEnd | undefined {
  if (outcome === 'unknown') return undefined;
  const { code, message, engineMessage } = error ?? { code: '', message: '', engineMessage: '' };
  if (outcome === 'expired' || NOT_BEGUN.has(code)) return again(position, message, code);
  if (UNREACHABLE.has(code)) return done(position, { outcome: 'skipped', reason: message, code }, engineMessage);
  if (outcome === 'refused') return done(position, { outcome: 'kept', reason: message, code }, engineMessage);
  const reason = message || 'the host has ended the work without a word on this network';
  return done(position, { outcome: 'failed', reason, code: code || 'engine_failed' }, engineMessage);
}

/** What the end of its operation means for an item. Undefined: that is not known yet. */
export function endIn(
  { position, networkId }: Pick<RunItem, 'position' | 'networkId'>,
  end: OperationEnd,
): ItemEnd | undefined {
  const told = end.items.find(({ network }) => network.id === networkId);
  return told === undefined ? endUntold(position, end) : endOf(position, told);
}
