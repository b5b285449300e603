// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  EndpointSpecMessage as _fairlead_agent_v1_EndpointSpecMessage,
  EndpointSpecMessage__Output as _fairlead_agent_v1_EndpointSpecMessage__Output,
} from '../../../fairlead/agent/v1/EndpointSpecMessage.js';

export interface ConnectContainerRequest {
  operationId?: string;
  /**
   * Full network id.
   */
  networkId?: string;
  /**
   * Container name or id.
   */
  container?: string;
  endpoint?: _fairlead_agent_v1_EndpointSpecMessage | null;
}

export interface ConnectContainerRequest__Output {
  operationId: string;
  /**
   * Full network id.
   */
  networkId: string;
  /**
   * Container name or id.
   */
  container: string;
  endpoint: _fairlead_agent_v1_EndpointSpecMessage__Output | null;
}
