import { type RestoreRequest } from '@fairlead/api';
import { type Network } from '@fairlead/domain';
import { networkDigest, toNetworkMessage } from '@fairlead/link';
import { type Command } from '../operations/commands.js';

/** A network that is gone, as its removal was noted. */
export interface RemovedNetwork {
  /** Of the removal. */
  readonly id: string;
  readonly hostName: string;
  readonly networkId: string;
  readonly name: string;
  /** The operation of ours that removed it, or null. */
  readonly operationId: string | null;
  /** Milliseconds since the epoch. */
  readonly removedAt: number;
  /** With who was on it. */
  readonly record: Network;
}

/** What an agent is asked of it: its journal holds the whole record under the operation that removed it. */
export const restoreQuestion = ({ networkId, operationId, record }: RemovedNetwork, renumber: boolean) => ({
  networkId,
  removedBy: operationId ?? '',
  record: toNetworkMessage(record, networkDigest(record)),
  renumber,
});

export const restoreCommand = (removed: RemovedNetwork, body: RestoreRequest): Command => ({
  kind: 'restore',
  hostName: removed.hostName,
  target: { network: { id: removed.networkId, name: removed.name } },
  request: { ...body, removedNetwork: removed.id },
  deadlineMs: body.deadlineMs,
  sending: (operationId) => ({
    method: 'RestoreNetwork',
    message: { operationId, ...restoreQuestion(removed, body.renumber) },
  }),
});
