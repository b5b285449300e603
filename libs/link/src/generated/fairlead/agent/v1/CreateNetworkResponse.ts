// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';

export interface CreateNetworkResponse {
  network?: _fairlead_agent_v1_NetworkMessage | null;
  /**
   * The engine's warning, unchanged; empty where there is none.
   */
  warning?: string;
}

export interface CreateNetworkResponse__Output {
  network: _fairlead_agent_v1_NetworkMessage__Output | null;
  /**
   * The engine's warning, unchanged; empty where there is none.
   */
  warning: string;
}
