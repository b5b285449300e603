/**
 * The one error class of Fairlead and its closed list of codes.
 *
 * Foreign errors (Docker's, gRPC's, Prisma's) are turned into this class at their border and nowhere else. A code fixes
 * everything that a caller may depend on: HTTP status, gRPC status, CLI exit code, title, and whether trying again
 * can help.
 */

/** Whether the same request may be sent again: never helps, helps at once, or helps once something has changed. */
export type Retry = 'never' | 'safe' | 'later';

/** CLI exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused, 75 unknown outcome. */
export type ExitCode = 1 | 2 | 3 | 4 | 75;

export interface ErrorTraits {
  readonly http: number;
  /** Name of the gRPC status code. */
  readonly grpc: string;
  readonly exit: ExitCode;
  readonly retry: Retry;
  /** RFC 9457 `title`: the same sentence for every occurrence of the code. */
  readonly title: string;
}

const traits = (http: number, grpc: string, exit: ExitCode, retry: Retry, title: string): ErrorTraits => ({
  http,
  grpc,
  exit,
  retry,
  title,
});

export const ERRORS = {
  invalid_argument: traits(400, 'INVALID_ARGUMENT', 2, 'never', 'The request is not valid'),
  ambiguous_name: traits(409, 'FAILED_PRECONDITION', 2, 'never', 'The name fits more than one object'),
  not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such resource'),
  host_not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such host'),
  network_not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such network'),
  container_not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such container'),
  operation_not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such operation'),
  policy_not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such policy'),
  run_not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such run'),
  already_exists: traits(409, 'ALREADY_EXISTS', 1, 'never', 'The name is already taken'),
  already_connected: traits(409, 'ALREADY_EXISTS', 1, 'never', 'The container is already on this network'),
  not_connected: traits(409, 'FAILED_PRECONDITION', 1, 'never', 'The container is not on this network'),
  network_in_use: traits(409, 'FAILED_PRECONDITION', 4, 'later', 'The network is in use'),
  network_predefined: traits(409, 'FAILED_PRECONDITION', 4, 'never', 'The network is built in'),
  network_changed: traits(409, 'ABORTED', 4, 'never', 'The network is no longer the one that was planned for'),
  plan_stale: traits(409, 'ABORTED', 4, 'later', 'The plan no longer holds'),
  record_mismatch: traits(409, 'ABORTED', 4, 'never', 'The record is not the one that was journaled'),
  caps_exceeded: traits(409, 'FAILED_PRECONDITION', 4, 'never', 'More would be removed than the policy allows'),
  run_active: traits(409, 'ABORTED', 4, 'later', 'A run of this policy is not finished'),
  frozen: traits(423, 'FAILED_PRECONDITION', 4, 'later', 'Destructive work is frozen'),
  subnet_overlap: traits(409, 'FAILED_PRECONDITION', 1, 'never', 'The address range is taken'),
  addresses_exhausted: traits(409, 'RESOURCE_EXHAUSTED', 1, 'later', 'No address range is left'),
  undo_failed: traits(502, 'INTERNAL', 1, 'never', 'The network was removed and could not be made again'),
  not_swarm_manager: traits(409, 'FAILED_PRECONDITION', 4, 'never', 'The host is not a swarm manager'),
  unsupported: traits(501, 'UNIMPLEMENTED', 1, 'never', 'The engine or agent cannot do this'),
  engine_refused: traits(422, 'FAILED_PRECONDITION', 1, 'never', 'The engine refused'),
  engine_failed: traits(502, 'INTERNAL', 1, 'later', 'The engine failed'),
  engine_unavailable: traits(503, 'UNAVAILABLE', 1, 'later', 'The engine does not answer'),
  host_unavailable: traits(503, 'UNAVAILABLE', 4, 'later', 'The host cannot be reached; nothing was sent'),
  deadline_exceeded: traits(504, 'DEADLINE_EXCEEDED', 1, 'later', 'The operation was not started in time'),
  outcome_unknown: traits(504, 'UNKNOWN', 75, 'later', 'The outcome is not known yet'),
  idempotency_mismatch: traits(422, 'INVALID_ARGUMENT', 2, 'never', 'The idempotency key was used for another request'),
  operation_running: traits(409, 'ABORTED', 1, 'later', 'The operation is still running'),
  journal_failed: traits(507, 'RESOURCE_EXHAUSTED', 4, 'later', 'The journal cannot be written; nothing was done'),
  overloaded: traits(429, 'RESOURCE_EXHAUSTED', 1, 'later', 'Too much is asked at once'),
  forbidden: traits(403, 'PERMISSION_DENIED', 4, 'never', 'This is not allowed'),
  unauthenticated: traits(401, 'UNAUTHENTICATED', 4, 'never', 'Credentials are missing or not valid'),
  identity_refused: traits(401, 'UNAUTHENTICATED', 4, 'never', "The host's identity is not accepted"),
  token_refused: traits(403, 'PERMISSION_DENIED', 4, 'never', 'The join token is not accepted'),
  token_not_found: traits(404, 'NOT_FOUND', 3, 'never', 'There is no such token'),
  policy_refused: traits(403, 'PERMISSION_DENIED', 4, 'never', "The host's own policy refuses this"),
  host_quarantined: traits(409, 'FAILED_PRECONDITION', 4, 'later', 'Two machines use the identity of this host'),
  hosts_left_behind: traits(409, 'FAILED_PRECONDITION', 4, 'later', 'Some hosts would lose their link'),
  login_unavailable: traits(503, 'UNAVAILABLE', 1, 'later', 'The identity provider does not answer'),
  too_large: traits(413, 'RESOURCE_EXHAUSTED', 2, 'never', 'The request is too large'),
  controller_unavailable: traits(503, 'UNAVAILABLE', 1, 'safe', 'The controller does not answer'),
  storage_failed: traits(507, 'INTERNAL', 1, 'later', 'The database cannot be written'),
  internal: traits(500, 'INTERNAL', 1, 'never', 'Something went wrong inside Fairlead'),
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

export interface ErrorDetails {
  /** The engine's own words, unchanged. */
  readonly engineMessage?: string | undefined;
  /** What the user can do next. */
  readonly hint?: string | undefined;
  /** One entry a fault, for input that is wrong in several places: JSON pointer or flag, and what is wrong there. */
  readonly faults?: readonly { readonly path: string; readonly message: string }[] | undefined;
  readonly cause?: unknown;
}

/** What happened and why (`message`), with a stable `code`, the engine's own words and a hint what to do next. */
export class FairleadError extends Error {
  override readonly name = 'FairleadError';
  readonly engineMessage: string | undefined;
  readonly hint: string | undefined;
  readonly faults: ErrorDetails['faults'];

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.engineMessage = details.engineMessage;
    this.hint = details.hint;
    this.faults = details.faults;
  }

  get traits(): ErrorTraits {
    return ERRORS[this.code];
  }
}

export const isErrorCode = (value: string): value is ErrorCode => Object.hasOwn(ERRORS, value);

/** Anything thrown, as a FairleadError: what is not one already is a fault of our own (`internal`). */
export function toFairleadError(error: unknown): FairleadError {
  if (error instanceof FairleadError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new FairleadError('internal', message, { cause: error, hint: 'See the log for the stack, and report it.' });
}
