import type { ServiceError } from '@grpc/grpc-js';
import { status as Status } from '@grpc/grpc-js';
import { fromServiceError } from './error-message.js';

/**
 * What grpc-js 1.14 says where the other side speaks HTTP/1, something else altogether, or HTTP/2 without gRPC.
 * Three letters of a text answer, read as a length, make the "message larger than max".
 */
const NOT_GRPC = /Protocol error|larger than max|HTTP status code|[Pp]arse [Ee]rror|content-type/;

/** Why a session could not begin or broke, as a sentence for the log, and whether to stay away for longer. */
export function explainLinkFailure(
  error: ServiceError,
  address: string,
  peer: 'controller' | 'agent',
): { reason: string; exhausted: boolean } {
  const { details } = error;
  if (error.metadata.get('fairlead-code').length > 0) {
    const { message, hint, traits } = fromServiceError(error);
    const words = hint === undefined ? message : `${message.replace(/\.$/, '')}. ${hint}`;
    return { reason: `the ${peer} at ${address} says: ${words}`, exhausted: traits.grpc === 'RESOURCE_EXHAUSTED' };
  }
  if (error.code === Status.UNIMPLEMENTED || NOT_GRPC.test(details)) {
    return { reason: `something that is not our ${peer} answered at ${address} (${details})`, exhausted: false };
  }
  const exhausted = error.code === Status.RESOURCE_EXHAUSTED;
  if (details.startsWith('No connection established')) {
    return { reason: `no ${peer} answers at ${address} (${details})`, exhausted };
  }
  return { reason: `the link to ${address} broke (${details})`, exhausted };
}
