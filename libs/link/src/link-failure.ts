import type { FairleadError } from '@fairlead/domain';
import type { ServiceError } from '@grpc/grpc-js';
import { status as Status } from '@grpc/grpc-js';
import type { Pause } from './backoff.js';
import { fromServiceError } from './error-message.js';
import { CERTIFICATE_HEADER, EXPIRED } from './protocol.js';
import { wasCutOff } from './tls-client.js';

/**
 * What grpc-js 1.14 says where the other side speaks HTTP/1, something else altogether, or HTTP/2 without gRPC.
 * Three letters of a text answer, read as a length, make the "message larger than max".
 */
const NOT_GRPC = /Protocol error|larger than max|HTTP status code|[Pp]arse [Ee]rror|content-type/;

/** Why a link could not begin or broke. */
export interface LinkFailure {
  /** A sentence for the log. */
  readonly reason: string;
  readonly pause: Pause;
  /** The other side says that our certificate has expired. */
  readonly expired: boolean;
}

/** @param refusal why we did not trust the other side, where we did not */
export function explainLinkFailure(
  error: ServiceError,
  address: string,
  peer: 'controller' | 'agent',
  refusal?: FairleadError,
): LinkFailure {
  const { details, metadata } = error;
  const failure = (reason: string, pause: Pause = 'soon'): LinkFailure => ({
    reason,
    pause,
    expired: metadata.get(CERTIFICATE_HEADER)[0]?.toString() === EXPIRED,
  });
  if (refusal !== undefined) return failure(sentenceOf(refusal), pauseAfter(refusal));
  if (metadata.get('fairlead-code').length > 0) {
    const said = fromServiceError(error);
    return failure(`the ${peer} at ${address} says: ${sentenceOf(said)}`, pauseAfter(said));
  }
  if (error.code === Status.UNIMPLEMENTED || NOT_GRPC.test(details)) {
    return failure(`something that is not our ${peer} answered at ${address} (${details})`);
  }
  const pause = error.code === Status.RESOURCE_EXHAUSTED ? 'long' : 'soon';
  if (details.startsWith('No connection established')) {
    return failure(`no ${peer} answers at ${address} (${details})`, pause);
  }
  return failure(`the link to ${address} broke (${details})`, pause);
}

/** How soon to dial again after an error that Fairlead itself made. */
export function pauseAfter(error: FairleadError): Pause {
  if (error.traits.grpc === 'RESOURCE_EXHAUSTED') return 'long';
  return wasCutOff(error) ? 'later' : 'soon';
}

const sentenceOf = ({ message, hint }: FairleadError): string =>
  hint === undefined ? message : `${message.replace(/\.$/, '')}. ${hint}`;
