import type { ErrorCode, FairleadError, Network } from '@fairlead/domain';
import type { PruneItemResult__Output } from '@fairlead/link';

/** It is still there, and nothing was done. */
export const kept = (
  networkId: string,
  code: ErrorCode,
  reason: string,
  name = '',
  engineMessage = '',
): PruneItemResult__Output => ({ networkId, name, outcome: 'kept', reason, code, engineMessage, restoredId: '' });

/** The engine did not remove it. */
export const failed = (networkId: string, name: string, error: FairleadError): PruneItemResult__Output => ({
  networkId,
  name,
  outcome: 'failed',
  reason: error.message,
  code: error.code,
  engineMessage: error.engineMessage ?? '',
  restoredId: '',
});

type Named = Pick<Network, 'id' | 'name'>;

/** @param reason what else there is to say */
export const removed = ({ id, name }: Named, reason = '', engineMessage = ''): PruneItemResult__Output => ({
  networkId: id,
  name,
  outcome: 'removed',
  reason,
  code: '',
  engineMessage,
  restoredId: '',
});

/** Removed, and not made again for those who cannot start without it. */
export const notUndone = ({ id, name }: Named, reason: string, engineMessage = ''): PruneItemResult__Output => ({
  networkId: id,
  name,
  outcome: 'failed',
  reason,
  code: 'undo_failed' satisfies ErrorCode,
  engineMessage,
  restoredId: '',
});

/** Removed, and made again at once. */
export const undone = ({ id, name }: Named, restoredId: string, reason: string): PruneItemResult__Output => ({
  networkId: id,
  name,
  outcome: 'undone',
  reason,
  code: '',
  engineMessage: '',
  restoredId,
});
