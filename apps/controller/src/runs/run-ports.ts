import { type PruneItemResultView, type RunOutcome } from '@fairlead/api';
import { type ErrorCode, type OperationOutcome } from '@fairlead/domain';
import { type ItemEnd, type RunItem } from './run.js';

/** Whether a run may go on at this moment. */
export type Gate =
  | { readonly kind: 'open' }
  /** It waits, and goes on later. */
  | { readonly kind: 'hold'; readonly state: 'held' | 'paused'; readonly reason: string }
  /** It ends. */
  | { readonly kind: 'stop'; readonly outcome: RunOutcome; readonly reason: string };

/** How an operation ended that items were part of. */
export interface OperationEnd {
  readonly operationId: string;
  /** `unknown`: its answer was lost. It is settled by looking, and never sent again. */
  readonly outcome: OperationOutcome;
  /** Of the items that the agent has told of. */
  readonly items: readonly PruneItemResultView[];
  readonly error: { readonly code: ErrorCode | ''; readonly message: string; readonly engineMessage: string } | null;
}

export interface Watch {
  /** Told of each item when the agent has told of it, in order. */
  readonly taken: (result: PruneItemResultView) => void;
  /** Asks the agent to stop between two items. */
  readonly signal: AbortSignal;
}

/**
 * All that the carrying out of one run needs of the world. Whatever writes does so for the present owner of the run only,
 * and throws `LeaseLostError` for any other, having written nothing.
 */
export interface RunPorts {
  /** All items as they are stored. Asked once. */
  items(): Promise<readonly RunItem[]>;
  gate(): Gate;
  /** Resolves when `gate` may say something else, or the signal is aborted. Never rejects. */
  change(signal: AbortSignal): Promise<void>;
  /** Whether a command to the host can be sent. It waits some time for the host to come back, just after a start longer. */
  reachable(hostName: string, signal: AbortSignal): Promise<boolean>;
  /** Those that the policy would not remove by now, each with why. */
  stale(items: readonly RunItem[]): Promise<ReadonlyMap<RunItem, string>>;
  /**
   * One operation on one host: written in one transaction with its items being `sent`, then sent, once. Resolves with its
   * end; an item that the agent told of was given to `taken` before.
   */
  dispatch(hostName: string, items: readonly RunItem[], watch: Watch): Promise<OperationEnd>;
  /** The end of an operation once it is known. Undefined where nobody will ever know, or the signal is aborted. */
  settled(operationId: string, signal: AbortSignal): Promise<OperationEnd | undefined>;
  record(ends: readonly ItemEnd[]): Promise<void>;
  /** Shows what it does. */
  become(state: 'running' | 'held' | 'paused', reason: string): Promise<void>;
  /** That it is going to end so: from then on nothing new is begun, by whoever takes it up. */
  close(outcome: RunOutcome, reason: string): Promise<void>;
  /** The end. Items that are planned still are skipped, for that reason. */
  finish(outcome: RunOutcome, reason: string): Promise<void>;
}

/** The run has another owner, or has ended. */
export class LeaseLostError extends Error {}
