// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  OperationErrorMessage as _fairlead_agent_v1_OperationErrorMessage,
  OperationErrorMessage__Output as _fairlead_agent_v1_OperationErrorMessage__Output,
} from '../../../fairlead/agent/v1/OperationErrorMessage.js';
import type {
  PruneItemResult as _fairlead_agent_v1_PruneItemResult,
  PruneItemResult__Output as _fairlead_agent_v1_PruneItemResult__Output,
} from '../../../fairlead/agent/v1/PruneItemResult.js';

export interface LookUpOperationResponse {
  /**
   * not_started (and never will be), running, applied, not_applied, or
   * undecided: the engine does not answer, ask again.
   */
  verdict?: string;
  /**
   * journal or engine.
   */
  source?: string;
  /**
   * The stored response of a finished operation, serialized; empty else.
   */
  response?: Buffer | Uint8Array | string;
  /**
   * The stored error of a finished operation.
   */
  error?: _fairlead_agent_v1_OperationErrorMessage | null;
  /**
   * Results of a prune's items so far.
   */
  items?: _fairlead_agent_v1_PruneItemResult[];
  /**
   * How it is known, as a sentence.
   */
  explanation?: string;
}

export interface LookUpOperationResponse__Output {
  /**
   * not_started (and never will be), running, applied, not_applied, or
   * undecided: the engine does not answer, ask again.
   */
  verdict: string;
  /**
   * journal or engine.
   */
  source: string;
  /**
   * The stored response of a finished operation, serialized; empty else.
   */
  response: Buffer;
  /**
   * The stored error of a finished operation.
   */
  error: _fairlead_agent_v1_OperationErrorMessage__Output | null;
  /**
   * Results of a prune's items so far.
   */
  items: _fairlead_agent_v1_PruneItemResult__Output[];
  /**
   * How it is known, as a sentence.
   */
  explanation: string;
}
