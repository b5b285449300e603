// Generated from proto/fairlead/link/v1/link.proto

import type {
  HostMessage as _fairlead_agent_v1_HostMessage,
  HostMessage__Output as _fairlead_agent_v1_HostMessage__Output,
} from '../../../fairlead/agent/v1/HostMessage.js';

export interface Hello {
  host?: _fairlead_agent_v1_HostMessage | null;
  /**
   * Random for each agent process: tells a reconnect from a second agent that
   * was given the same name.
   */
  instanceId?: string;
}

export interface Hello__Output {
  host: _fairlead_agent_v1_HostMessage__Output | null;
  /**
   * Random for each agent process: tells a reconnect from a second agent that
   * was given the same name.
   */
  instanceId: string;
}
