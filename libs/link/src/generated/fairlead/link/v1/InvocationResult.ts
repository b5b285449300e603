// Generated from proto/fairlead/link/v1/link.proto

import type {
  OperationErrorMessage as _fairlead_agent_v1_OperationErrorMessage,
  OperationErrorMessage__Output as _fairlead_agent_v1_OperationErrorMessage__Output,
} from '../../../fairlead/agent/v1/OperationErrorMessage.js';
import type { Long } from '@grpc/proto-loader';

export interface InvocationResult {
  id?: number | string | Long;
  /**
   * One message of the answer. A unary call has one, a stream any number.
   */
  response?: Buffer | Uint8Array | string;
  /**
   * Set in the last message of the call: the answer itself of a unary call, and
   * after the last item of a stream a message without an answer.
   */
  end?: boolean;
  /**
   * Set when the call failed; only with end.
   */
  error?: _fairlead_agent_v1_OperationErrorMessage | null;
}

export interface InvocationResult__Output {
  id: number;
  /**
   * One message of the answer. A unary call has one, a stream any number.
   */
  response: Buffer;
  /**
   * Set in the last message of the call: the answer itself of a unary call, and
   * after the last item of a stream a message without an answer.
   */
  end: boolean;
  /**
   * Set when the call failed; only with end.
   */
  error: _fairlead_agent_v1_OperationErrorMessage__Output | null;
}
