// Generated from proto/fairlead/link/v1/enrolment.proto

import type {
  SigningRequest as _fairlead_agent_v1_SigningRequest,
  SigningRequest__Output as _fairlead_agent_v1_SigningRequest__Output,
} from '../../../fairlead/agent/v1/SigningRequest.js';

export interface RecoverRequest {
  agentId?: string;
  nonce?: Buffer | Uint8Array | string;
  /**
   * By the registered key, over nonce, agent id and the new public key.
   */
  signature?: Buffer | Uint8Array | string;
  /**
   * The new key to register and certify.
   */
  signing?: _fairlead_agent_v1_SigningRequest | null;
  capability?: number;
}

export interface RecoverRequest__Output {
  agentId: string;
  nonce: Buffer;
  /**
   * By the registered key, over nonce, agent id and the new public key.
   */
  signature: Buffer;
  /**
   * The new key to register and certify.
   */
  signing: _fairlead_agent_v1_SigningRequest__Output | null;
  capability: number;
}
