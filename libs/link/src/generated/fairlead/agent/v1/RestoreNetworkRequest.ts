// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';

export interface RestoreNetworkRequest {
  operationId?: string;
  /**
   * These as in PlanRestoreRequest.
   */
  networkId?: string;
  removedBy?: string;
  record?: _fairlead_agent_v1_NetworkMessage | null;
  renumber?: boolean;
}

export interface RestoreNetworkRequest__Output {
  operationId: string;
  /**
   * These as in PlanRestoreRequest.
   */
  networkId: string;
  removedBy: string;
  record: _fairlead_agent_v1_NetworkMessage__Output | null;
  renumber: boolean;
}
