// Generated from proto/fairlead/link/v1/enrolment.proto

import type {
  SigningRequest as _fairlead_agent_v1_SigningRequest,
  SigningRequest__Output as _fairlead_agent_v1_SigningRequest__Output,
} from '../../../fairlead/agent/v1/SigningRequest.js';

export interface JoinRequest {
  tokenId?: string;
  secret?: Buffer | Uint8Array | string;
  hostName?: string;
  nonce?: Buffer | Uint8Array | string;
  /**
   * The key to register and certify.
   */
  signing?: _fairlead_agent_v1_SigningRequest | null;
  capability?: number;
}

export interface JoinRequest__Output {
  tokenId: string;
  secret: Buffer;
  hostName: string;
  nonce: Buffer;
  /**
   * The key to register and certify.
   */
  signing: _fairlead_agent_v1_SigningRequest__Output | null;
  capability: number;
}
