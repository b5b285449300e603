// Generated from proto/fairlead/agent/v1/probe.proto

import type {
  ResolutionMessage as _fairlead_agent_v1_ResolutionMessage,
  ResolutionMessage__Output as _fairlead_agent_v1_ResolutionMessage__Output,
} from '../../../fairlead/agent/v1/ResolutionMessage.js';
import type {
  PingMessage as _fairlead_agent_v1_PingMessage,
  PingMessage__Output as _fairlead_agent_v1_PingMessage__Output,
} from '../../../fairlead/agent/v1/PingMessage.js';

export interface ProbeResponse {
  /**
   * True when at least one echo came back.
   */
  reachable?: boolean;
  resolution?: _fairlead_agent_v1_ResolutionMessage | null;
  ping?: _fairlead_agent_v1_PingMessage | null;
  /**
   * A sentence for a person: what was found, and where it cannot work, why.
   */
  explanation?: string;
}

export interface ProbeResponse__Output {
  /**
   * True when at least one echo came back.
   */
  reachable: boolean;
  resolution: _fairlead_agent_v1_ResolutionMessage__Output | null;
  ping: _fairlead_agent_v1_PingMessage__Output | null;
  /**
   * A sentence for a person: what was found, and where it cannot work, why.
   */
  explanation: string;
}
