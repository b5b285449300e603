// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  PruneItemMessage as _fairlead_agent_v1_PruneItemMessage,
  PruneItemMessage__Output as _fairlead_agent_v1_PruneItemMessage__Output,
} from '../../../fairlead/agent/v1/PruneItemMessage.js';
import type {
  RunMessage as _fairlead_agent_v1_RunMessage,
  RunMessage__Output as _fairlead_agent_v1_RunMessage__Output,
} from '../../../fairlead/agent/v1/RunMessage.js';

export interface PruneNetworksRequest {
  operationId?: string;
  items?: _fairlead_agent_v1_PruneItemMessage[];
  /**
   * The policy's run that it is a part of; absent where a person asked.
   */
  run?: _fairlead_agent_v1_RunMessage | null;
}

export interface PruneNetworksRequest__Output {
  operationId: string;
  items: _fairlead_agent_v1_PruneItemMessage__Output[];
  /**
   * The policy's run that it is a part of; absent where a person asked.
   */
  run: _fairlead_agent_v1_RunMessage__Output | null;
}
