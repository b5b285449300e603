import type { ErrorCode, ErrorDetails } from '@fairlead/domain';
import { FairleadError, isErrorCode, toFairleadError } from '@fairlead/domain';
import type { ServiceError, StatusObject } from '@grpc/grpc-js';
import { Metadata, status as Status } from '@grpc/grpc-js';
import type {
  OperationErrorMessage,
  OperationErrorMessage__Output,
} from './generated/fairlead/agent/v1/OperationErrorMessage.js';

const CODE = 'fairlead-code';
const ENGINE_MESSAGE = 'fairlead-engine-message-bin';
const HINT = 'fairlead-hint-bin';

/**
 * Statuses of gRPC's own (no trailer of ours) that prove that no handler has run. After any other one the call may
 * have had its effect, so that its outcome is unknown.
 */
const NOTHING_WAS_DONE: Readonly<Partial<Record<Status, ErrorCode>>> = {
  [Status.UNIMPLEMENTED]: 'unsupported',
  [Status.PERMISSION_DENIED]: 'forbidden',
  [Status.UNAUTHENTICATED]: 'forbidden',
};

/** For a code that only a newer peer knows: the nearest one of ours by its status. */
const NEAREST: Readonly<Partial<Record<Status, ErrorCode>>> = {
  [Status.INVALID_ARGUMENT]: 'invalid_argument',
  [Status.NOT_FOUND]: 'not_found',
  [Status.ALREADY_EXISTS]: 'already_exists',
  [Status.PERMISSION_DENIED]: 'forbidden',
  [Status.UNAUTHENTICATED]: 'forbidden',
  [Status.UNIMPLEMENTED]: 'unsupported',
  [Status.RESOURCE_EXHAUSTED]: 'overloaded',
  [Status.DEADLINE_EXCEEDED]: 'deadline_exceeded',
  [Status.FAILED_PRECONDITION]: 'engine_refused',
  [Status.UNKNOWN]: 'outcome_unknown',
  [Status.UNAVAILABLE]: 'engine_unavailable',
};

const newerCode = (code: string): string => `The other side said '${code}', which this version does not know.`;

/** What is thrown, as gRPC carries it: the code's status, the message, and our trailers. */
export function toServiceError(thrown: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const error = toFairleadError(thrown);
  const metadata = new Metadata();
  metadata.set(CODE, error.code);
  if (error.engineMessage !== undefined) metadata.set(ENGINE_MESSAGE, Buffer.from(error.engineMessage));
  if (error.hint !== undefined) metadata.set(HINT, Buffer.from(error.hint));
  return { code: Status[error.traits.grpc as keyof typeof Status], details: error.message, metadata };
}

/** What gRPC brought. A status without our trailers is gRPC's own, of a call that broke on its way. */
export function fromServiceError(error: Pick<StatusObject, 'code' | 'details' | 'metadata'>): FairleadError {
  const code = error.metadata.get(CODE)[0]?.toString();
  if (code === undefined) return fromTransportStatus(error);
  const text = (key: string): string | undefined => error.metadata.get(key)[0]?.toString();
  const details: ErrorDetails = { engineMessage: text(ENGINE_MESSAGE), hint: text(HINT) };
  if (isErrorCode(code)) return new FairleadError(code, error.details, details);
  const nearest = NEAREST[error.code] ?? fallbackCode(details.engineMessage);
  return new FairleadError(nearest, error.details, { ...details, hint: details.hint ?? newerCode(code) });
}

function fromTransportStatus({ code, details }: Pick<StatusObject, 'code' | 'details'>): FairleadError {
  const known = NOTHING_WAS_DONE[code];
  if (known !== undefined) return new FairleadError(known, details);
  return new FairleadError('outcome_unknown', `The answer was lost: ${details}`, {
    hint: 'The command may or may not have been carried out. Look before sending it again.',
  });
}

const fallbackCode = (engineMessage: string | undefined): ErrorCode =>
  engineMessage === undefined ? 'internal' : 'engine_failed';

/** What is thrown, as a session or a journal carries it. */
export function toErrorMessage(thrown: unknown): OperationErrorMessage {
  const { code, message, engineMessage, hint } = toFairleadError(thrown);
  return { code, message, engineMessage: engineMessage ?? '', hint: hint ?? '' };
}

/** A code that only a newer peer knows becomes `engine_failed` where the engine spoke, else `internal`. */
export function fromErrorMessage({ code, message, engineMessage, hint }: OperationErrorMessage__Output): FairleadError {
  const details = { engineMessage: engineMessage || undefined, hint: hint || undefined };
  if (isErrorCode(code)) return new FairleadError(code, message, details);
  return new FairleadError(fallbackCode(details.engineMessage), message, {
    ...details,
    hint: details.hint ?? newerCode(code),
  });
}
