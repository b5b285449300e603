import { type PruneItemResultView } from '@fairlead/api';
import { type HistoryKind, type NetworkChange } from '@fairlead/domain';
import { type Operation } from '../operations/operation.js';
import { isGone } from '../operations/results.js';

/** Which of the things that an operation does would make such a change; undefined: none. Each is done once. */
export type Claim = (change: NetworkChange) => string | undefined;

/** What a command that was sent can have done, as far as is known now; undefined: nothing. */
export function claimOf(operation: Operation): Claim | undefined {
  const { sent, outcome } = operation;
  if (sent === null || outcome === 'refused' || outcome === 'expired') return undefined;
  const failed = outcome === 'failed';
  switch (sent.method) {
    case 'CreateNetwork':
      return failed ? undefined : creation(operation);
    case 'ConnectContainer':
      return failed ? undefined : attachment(operation, 'endpoint.connected');
    case 'DisconnectContainer':
      return failed ? undefined : attachment(operation, 'endpoint.disconnected');
    case 'RemoveNetwork':
      return removal(sent.message.networkId ?? '', sent.message.force === true, failed);
    case 'PruneNetworks':
      return pruning(
        operation,
        (sent.message.items ?? []).map(({ networkId }) => networkId ?? ''),
      );
    case 'RestoreNetwork':
      return restoration(operation);
    case 'Probe':
      return undefined;
  }
}

/** By its name, and by its id once that is known: another one may get the same name. */
function creation({ target, result }: Operation): Claim {
  const made = (result?.network as { readonly id?: string } | undefined)?.id;
  return ({ kind, networkId, networkName }) => {
    const isIt = made === undefined ? networkName === target.network?.name : networkId === made;
    return kind === 'network.created' && isIt ? `create ${made ?? ''}` : undefined;
  };
}

/** It makes the network and attaches who had lost it; where it has failed, it may have done a part of that. */
function restoration(operation: Operation): Claim {
  const created = creation(operation);
  return (change) => {
    const isOnIt = created({ ...change, kind: 'network.created' }) !== undefined;
    return change.kind === 'endpoint.connected' && isOnIt ? `attach ${change.containerId}` : created(change);
  };
}

function attachment({ target }: Operation, claimed: HistoryKind): Claim {
  const container = (target.container ?? '').replace(/^\//, '');
  return ({ kind, networkId, containerId, containerName }) =>
    kind === claimed && networkId === target.network?.id && isNamed(container, containerId, containerName)
      ? claimed
      : undefined;
}

/** Engines take a container's name, its id, or the first digits of it. */
const isNamed = (reference: string, id: string, name: string): boolean =>
  reference !== '' && (name === reference || id.startsWith(reference));

/** A removal by force detaches first: where it has failed, it may have done that. */
function removal(removed: string, force: boolean, failed: boolean): Claim {
  return ({ kind, networkId, containerId }) => {
    if (networkId !== removed) return undefined;
    if (kind === 'network.removed') return failed ? undefined : 'remove';
    return kind === 'endpoint.disconnected' && force ? `detach ${containerId}` : undefined;
  };
}

/** Of one that has ended, what it says that it removed; one that failed may have removed others. */
function pruning({ outcome, result }: Operation, wanted: readonly string[]): Claim | undefined {
  const isOver = outcome === 'succeeded' || outcome === 'failed';
  const items = (result?.items ?? []) as readonly PruneItemResultView[];
  const done = items.filter(isGone).map(({ network }) => network.id);
  const removed = new Set(isOver ? done : wanted);
  return removed.size === 0
    ? undefined
    : ({ kind, networkId }) => (kind === 'network.removed' && removed.has(networkId) ? networkId : undefined);
}
