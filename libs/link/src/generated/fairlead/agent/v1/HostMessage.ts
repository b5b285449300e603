// Generated from proto/fairlead/agent/v1/host.proto

import type {
  EngineMessage as _fairlead_agent_v1_EngineMessage,
  EngineMessage__Output as _fairlead_agent_v1_EngineMessage__Output,
} from '../../../fairlead/agent/v1/EngineMessage.js';
import type {
  EngineHealthMessage as _fairlead_agent_v1_EngineHealthMessage,
  EngineHealthMessage__Output as _fairlead_agent_v1_EngineHealthMessage__Output,
} from '../../../fairlead/agent/v1/EngineHealthMessage.js';
import type {
  HostPolicyMessage as _fairlead_agent_v1_HostPolicyMessage,
  HostPolicyMessage__Output as _fairlead_agent_v1_HostPolicyMessage__Output,
} from '../../../fairlead/agent/v1/HostPolicyMessage.js';

export interface HostMessage {
  /**
   * The name the agent was started with, unique in the fleet.
   */
  name?: string;
  labels?: { [key: string]: string };
  agentVersion?: string;
  /**
   * Protocol capability: see the dated log in link.proto.
   */
  capability?: number;
  engine?: _fairlead_agent_v1_EngineMessage | null;
  health?: _fairlead_agent_v1_EngineHealthMessage | null;
  /**
   * Random, made with the agent's journal. Another value means that the journal
   * was lost, and that outcomes can be told only from the engine's state.
   */
  journalId?: string;
  /**
   * What the host's own policy file allows.
   */
  policy?: _fairlead_agent_v1_HostPolicyMessage | null;
  /**
   * SHA-256 of each trusted root's DER, hexadecimal; empty for a local agent.
   */
  rootDigests?: string[];
}

export interface HostMessage__Output {
  /**
   * The name the agent was started with, unique in the fleet.
   */
  name: string;
  labels: { [key: string]: string };
  agentVersion: string;
  /**
   * Protocol capability: see the dated log in link.proto.
   */
  capability: number;
  engine: _fairlead_agent_v1_EngineMessage__Output | null;
  health: _fairlead_agent_v1_EngineHealthMessage__Output | null;
  /**
   * Random, made with the agent's journal. Another value means that the journal
   * was lost, and that outcomes can be told only from the engine's state.
   */
  journalId: string;
  /**
   * What the host's own policy file allows.
   */
  policy: _fairlead_agent_v1_HostPolicyMessage__Output | null;
  /**
   * SHA-256 of each trusted root's DER, hexadecimal; empty for a local agent.
   */
  rootDigests: string[];
}
