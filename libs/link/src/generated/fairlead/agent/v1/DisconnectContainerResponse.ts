// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';

export interface DisconnectContainerResponse {
  network?: _fairlead_agent_v1_NetworkMessage | null;
}

export interface DisconnectContainerResponse__Output {
  network: _fairlead_agent_v1_NetworkMessage__Output | null;
}
