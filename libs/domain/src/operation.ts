/** One command to one host, journaled before it is sent. */

export const OPERATION_KINDS = ['create', 'connect', 'disconnect', 'remove', 'prune', 'restore', 'probe'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** `accepted`: the row is written, nothing is sent. `dispatched`: handed to the host's session. `finished`: see outcome. */
export const OPERATION_STATES = ['accepted', 'dispatched', 'finished'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/**
 * succeeded: the engine confirmed. failed: the engine refused or broke. refused: a precondition did not hold, nothing
 * was changed. expired: not started in time and never will be. unknown: the link was lost after dispatch; settled by
 * looking at the agent's journal and the engine, never by sending again.
 */
export const OPERATION_OUTCOMES = ['succeeded', 'failed', 'refused', 'expired', 'unknown'] as const;
export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

/** How the outcome became known: from the agent's answer, from its journal, or from the engine's present state. */
export type OutcomeSource = 'answer' | 'journal' | 'engine';
