// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  EndpointSpecMessage as _fairlead_agent_v1_EndpointSpecMessage,
  EndpointSpecMessage__Output as _fairlead_agent_v1_EndpointSpecMessage__Output,
} from '../../../fairlead/agent/v1/EndpointSpecMessage.js';

export interface ReattachmentMessage {
  containerId?: string;
  /**
   * Without the engine's leading slash.
   */
  containerName?: string;
  /**
   * As in EndpointMessage.
   */
  state?: string;
  /**
   * refers: it still refers to the network's old id. detached: the removal took
   * it off by force.
   */
  reason?: string;
  endpoint?: _fairlead_agent_v1_EndpointSpecMessage | null;
}

export interface ReattachmentMessage__Output {
  containerId: string;
  /**
   * Without the engine's leading slash.
   */
  containerName: string;
  /**
   * As in EndpointMessage.
   */
  state: string;
  /**
   * refers: it still refers to the network's old id. detached: the removal took
   * it off by force.
   */
  reason: string;
  endpoint: _fairlead_agent_v1_EndpointSpecMessage__Output | null;
}
