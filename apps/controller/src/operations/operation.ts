import {
  ERRORS,
  type ErrorCode,
  type OperationKind,
  type OperationOutcome,
  type OperationState,
  type OutcomeSource,
} from '@fairlead/domain';
import { type Sending } from './commands.js';

/** Who asks, and with what. */
export interface Actor {
  readonly name: string;
  /** Their program, by its User-Agent. */
  readonly client: string;
  /** Where the request came from: an address without port, `unix`, or `controller` for what it does by itself. */
  readonly peer: string;
}

export interface NetworkRef {
  readonly id: string;
  readonly name: string;
}

export interface OperationTarget {
  readonly network?: NetworkRef;
  readonly container?: string;
}

export interface OperationError {
  readonly code: string;
  readonly message: string;
  readonly engineMessage: string;
  readonly hint: string;
}

/**
 * What came of an operation, in the shape of its kind (see OPERATION_RESULTS of @fairlead/api). `fleet` is beside it
 * where the fleet knew more than the agent, and is never shown as it is.
 */
export type Result = Readonly<Record<string, unknown>>;

/** An explanation that speaks of other hosts: only for those who may know of all of them. */
export interface FleetExplanation {
  readonly explanation: string;
  /** The hosts that it may name. */
  readonly hosts: readonly string[];
}

/** One command to one host. Instants are milliseconds since the epoch. */
export interface Operation {
  /** UUIDv7: the order of ids is the order of acceptance. */
  readonly id: string;
  readonly kind: OperationKind;
  readonly hostName: string;
  readonly target: OperationTarget;
  /** As it was asked for. */
  readonly request: Readonly<Record<string, unknown>>;
  /** What was sent to the agent, or null where nothing was. */
  readonly sent: Sending | null;
  readonly state: OperationState;
  readonly outcome: OperationOutcome | null;
  readonly result: Result | null;
  readonly error: OperationError | null;
  readonly settled: { readonly at: number; readonly by: OutcomeSource; readonly explanation: string } | null;
  readonly actor: Actor;
  readonly createdAt: number;
  readonly dispatchedAt: number | null;
  readonly finishedAt: number | null;
  readonly durationMs: number | null;
  readonly deadlineMs: number;
  readonly journalId: string | null;
}

/** How an operation ended, before its row says so. */
export interface Ending {
  readonly outcome: OperationOutcome;
  readonly result: Result | null;
  readonly error: OperationError | null;
}

/** What an error code makes of the operation that it ended. */
export function outcomeOf(code: ErrorCode): OperationOutcome {
  if (code === 'deadline_exceeded') return 'expired';
  const { exit } = ERRORS[code];
  return exit === 75 ? 'unknown' : exit === 4 ? 'refused' : 'failed';
}
