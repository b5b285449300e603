// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  PruneItemMessage as _fairlead_agent_v1_PruneItemMessage,
  PruneItemMessage__Output as _fairlead_agent_v1_PruneItemMessage__Output,
} from '../../../fairlead/agent/v1/PruneItemMessage.js';

export interface PruneNetworksRequest {
  operationId?: string;
  items?: _fairlead_agent_v1_PruneItemMessage[];
}

export interface PruneNetworksRequest__Output {
  operationId: string;
  items: _fairlead_agent_v1_PruneItemMessage__Output[];
}
