// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';

export interface PlanRestoreRequest {
  /**
   * The id that the network had.
   */
  networkId?: string;
  /**
   * Operation that removed it, whose journal entry holds the full record; empty
   * where somebody else removed it.
   */
  removedBy?: string;
  /**
   * As the controller saw it last, with who was on it.
   */
  record?: _fairlead_agent_v1_NetworkMessage | null;
  /**
   * Where those it had are taken, let the engine choose others.
   */
  renumber?: boolean;
}

export interface PlanRestoreRequest__Output {
  /**
   * The id that the network had.
   */
  networkId: string;
  /**
   * Operation that removed it, whose journal entry holds the full record; empty
   * where somebody else removed it.
   */
  removedBy: string;
  /**
   * As the controller saw it last, with who was on it.
   */
  record: _fairlead_agent_v1_NetworkMessage__Output | null;
  /**
   * Where those it had are taken, let the engine choose others.
   */
  renumber: boolean;
}
