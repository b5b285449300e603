import { type OperationResultView, type PruneItemResultView } from '@fairlead/api';
import { FairleadError, type Network } from '@fairlead/domain';
import {
  codec,
  fromErrorMessage,
  fromNetworkMessage,
  type Methods,
  type NetworkMessage__Output,
  type PruneItemResult__Output,
} from '@fairlead/link';
import { type CommandMethod } from './commands.js';
import { type Ending, type OperationError, outcomeOf, type Result } from './operation.js';

type Answer<M extends CommandMethod> = Methods[M]['responseOut'];

const network = (message: NetworkMessage__Output | null): Network => {
  if (message !== null) return fromNetworkMessage(message);
  throw new FairleadError('outcome_unknown', 'The agent answered without the network that it worked on');
};

/** What each method's answer becomes in the operation's row. A method without an entry does not compile. */
const RESULTS: { readonly [M in Exclude<CommandMethod, 'PruneNetworks'>]: (answer: Answer<M>) => OperationResultView } =
  {
    CreateNetwork: ({ network: made, warning }) => ({ network: network(made), warning }),
    ConnectContainer: ({ network: changed }) => ({ network: network(changed) }),
    DisconnectContainer: ({ network: changed }) => ({ network: network(changed) }),
    RemoveNetwork: ({ removed, detached }) => ({ removed: network(removed), detached }),
    RestoreNetwork: ({ network: made, source, attachments, differences, losses }) => ({
      network: network(made),
      source: source === 'journal' ? source : 'controller',
      attachments: attachments.map((each) => ({
        ...each,
        outcome: each.outcome === 'attached' ? 'attached' : 'failed',
      })),
      differences,
      losses,
    }),
    Probe: ({ reachable, resolution, ping, explanation }) => ({
      reachable,
      resolution: resolution ?? { needed: false, resolved: false, addresses: [], durationMs: 0, error: '', method: '' },
      ping: ping ?? { tried: false, sent: 0, received: 0, roundTripMs: [], error: '', method: '' },
      explanation,
    }),
  };

export function toResult<M extends Exclude<CommandMethod, 'PruneNetworks'>>(method: M, answer: Answer<M>): Result {
  return { ...RESULTS[method](answer) };
}

export const toPruneItem = ({
  networkId,
  name,
  outcome,
  reason,
  code,
  engineMessage,
  restoredId,
}: PruneItemResult__Output): PruneItemResultView => ({
  network: { id: networkId, name },
  outcome: isItemOutcome(outcome) ? outcome : 'failed',
  reason,
  code,
  engineMessage,
  ...(restoredId !== '' && { restored: restoredId }),
});

/** Whether it says that the network of this id is there no more. */
export const isGone = ({ outcome, code }: Pick<PruneItemResultView, 'outcome' | 'code'>): boolean =>
  outcome === 'removed' || outcome === 'undone' || code === 'undo_failed';

const isItemOutcome = (outcome: string): outcome is PruneItemResultView['outcome'] =>
  ['removed', 'kept', 'failed', 'undone'].includes(outcome);

/** A prune has failed when one of its networks has; one that was kept is no failure. */
export function pruneEnding(items: readonly PruneItemResultView[]): Ending {
  const failed = items.filter(({ outcome }) => outcome === 'failed');
  const [first] = failed;
  if (first === undefined) return { outcome: 'succeeded', result: { items }, error: null };
  const message = `${failed.length} of ${items.length} networks failed; the first: ${first.network.name}: ${first.reason}`;
  return {
    outcome: 'failed',
    result: { items },
    error: { code: first.code || 'engine_failed', message, engineMessage: first.engineMessage, hint: '' },
  };
}

export function toOperationError(error: FairleadError): OperationError {
  return { code: error.code, message: error.message, engineMessage: error.engineMessage ?? '', hint: error.hint ?? '' };
}

export const failedEnding = (error: FairleadError, result: Result | null = null): Ending => ({
  outcome: outcomeOf(error.code),
  result,
  error: toOperationError(error),
});

/**
 * How a command ended whose call threw. A probe changes nothing, so a lost answer leaves nothing to settle: it has
 * failed, and can be asked for again.
 */
export function brokenEnding(method: CommandMethod, error: FairleadError): Ending {
  return failedEnding(method === 'Probe' ? asQuestion(error) : error);
}

/** A question whose answer was lost has no outcome that anybody must look for. */
export function asQuestion(error: FairleadError): FairleadError {
  if (error.code !== 'outcome_unknown') return error;
  const hint = 'Nothing was changed: ask again.';
  return new FairleadError('engine_unavailable', `No answer came: ${error.message}`, { hint, cause: error });
}

/**
 * How a prune ended whose stream broke off. What was done of it stays done: once a network is gone it can be neither
 * `refused` nor `expired`, which both say that nothing was changed.
 */
export function brokenPruneEnding(items: readonly PruneItemResultView[], error: FairleadError): Ending {
  const ending = failedEnding(error, { items });
  return items.some(isGone) && ending.outcome !== 'unknown' ? { ...ending, outcome: 'failed' } : ending;
}

export const succeededEnding = (result: Result | null): Ending => ({ outcome: 'succeeded', result, error: null });

type LookUp = Methods['LookUpOperation']['responseOut'];

/** What the agent found of an operation whose outcome was lost; undefined where it has to be asked again. */
export function settledEnding(method: CommandMethod, found: LookUp): Ending | undefined {
  const items = found.items.map(toPruneItem);
  switch (found.verdict) {
    case 'not_started': {
      const error = new FairleadError(
        'deadline_exceeded',
        `It was never started, and never will be: ${found.explanation}`,
      );
      return failedEnding(error);
    }
    case 'applied':
      return method === 'PruneNetworks' ? pruneEnding(items) : appliedEnding(method, found);
    case 'not_applied':
      return failedEnding(storedError(found), items.length > 0 ? { items } : null);
    default:
      return undefined;
  }
}

/** It was done; an answer that cannot be read leaves only the details unknown. */
function appliedEnding(method: Exclude<CommandMethod, 'PruneNetworks'>, found: LookUp): Ending {
  if (found.response.length === 0) return succeededEnding(null);
  try {
    return succeededEnding(toResult(method, codec.decodeResponse(method, found.response)));
  } catch {
    return succeededEnding(null);
  }
}

function storedError({ error, explanation }: LookUp): FairleadError {
  if (error?.code) return fromErrorMessage(error);
  return new FairleadError('engine_failed', `It was begun and is not done, or not wholly: ${explanation}`, {
    hint: 'It can be asked for again.',
  });
}
