// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';

export interface RemoveNetworkResponse {
  /**
   * The full record, as journaled before the removal.
   */
  removed?: _fairlead_agent_v1_NetworkMessage | null;
  /**
   * Containers that force detached.
   */
  detached?: string[];
}

export interface RemoveNetworkResponse__Output {
  /**
   * The full record, as journaled before the removal.
   */
  removed: _fairlead_agent_v1_NetworkMessage__Output | null;
  /**
   * Containers that force detached.
   */
  detached: string[];
}
