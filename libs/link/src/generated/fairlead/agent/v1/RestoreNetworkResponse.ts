// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';
import type {
  ReattachedMessage as _fairlead_agent_v1_ReattachedMessage,
  ReattachedMessage__Output as _fairlead_agent_v1_ReattachedMessage__Output,
} from '../../../fairlead/agent/v1/ReattachedMessage.js';
import type {
  RestoreDifferenceMessage as _fairlead_agent_v1_RestoreDifferenceMessage,
  RestoreDifferenceMessage__Output as _fairlead_agent_v1_RestoreDifferenceMessage__Output,
} from '../../../fairlead/agent/v1/RestoreDifferenceMessage.js';

export interface RestoreNetworkResponse {
  /**
   * As it is now, with who is on it.
   */
  network?: _fairlead_agent_v1_NetworkMessage | null;
  /**
   * journal or controller: whose record it was made from.
   */
  source?: string;
  attachments?: _fairlead_agent_v1_ReattachedMessage[];
  /**
   * Between the record and what the engine shows afterwards; id, creation time
   * and bridge name apart.
   */
  differences?: _fairlead_agent_v1_RestoreDifferenceMessage[];
  /**
   * What did not come back, a sentence each.
   */
  losses?: string[];
}

export interface RestoreNetworkResponse__Output {
  /**
   * As it is now, with who is on it.
   */
  network: _fairlead_agent_v1_NetworkMessage__Output | null;
  /**
   * journal or controller: whose record it was made from.
   */
  source: string;
  attachments: _fairlead_agent_v1_ReattachedMessage__Output[];
  /**
   * Between the record and what the engine shows afterwards; id, creation time
   * and bridge name apart.
   */
  differences: _fairlead_agent_v1_RestoreDifferenceMessage__Output[];
  /**
   * What did not come back, a sentence each.
   */
  losses: string[];
}
