// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkSpecMessage as _fairlead_agent_v1_NetworkSpecMessage,
  NetworkSpecMessage__Output as _fairlead_agent_v1_NetworkSpecMessage__Output,
} from '../../../fairlead/agent/v1/NetworkSpecMessage.js';

export interface CreateNetworkRequest {
  operationId?: string;
  spec?: _fairlead_agent_v1_NetworkSpecMessage | null;
}

export interface CreateNetworkRequest__Output {
  operationId: string;
  spec: _fairlead_agent_v1_NetworkSpecMessage__Output | null;
}
