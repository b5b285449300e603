// Generated from proto/fairlead/agent/v1/network_service.proto

import type {
  NetworkSpecMessage as _fairlead_agent_v1_NetworkSpecMessage,
  NetworkSpecMessage__Output as _fairlead_agent_v1_NetworkSpecMessage__Output,
} from '../../../fairlead/agent/v1/NetworkSpecMessage.js';
import type {
  RestoreConflictMessage as _fairlead_agent_v1_RestoreConflictMessage,
  RestoreConflictMessage__Output as _fairlead_agent_v1_RestoreConflictMessage__Output,
} from '../../../fairlead/agent/v1/RestoreConflictMessage.js';
import type {
  ReattachmentMessage as _fairlead_agent_v1_ReattachmentMessage,
  ReattachmentMessage__Output as _fairlead_agent_v1_ReattachmentMessage__Output,
} from '../../../fairlead/agent/v1/ReattachmentMessage.js';

export interface PlanRestoreResponse {
  /**
   * journal or controller: whose record it is made from.
   */
  source?: string;
  /**
   * What would be made. Its ranges are pinned to those it had, unless renumbered;
   * from a configuration, they are those that it has now.
   */
  spec?: _fairlead_agent_v1_NetworkSpecMessage | null;
  /**
   * With any of them nothing is restored.
   */
  conflicts?: _fairlead_agent_v1_RestoreConflictMessage[];
  /**
   * Containers that would be attached again.
   */
  attachments?: _fairlead_agent_v1_ReattachmentMessage[];
  /**
   * What cannot come back, a sentence each.
   */
  losses?: string[];
  /**
   * A network that is this one, made again already; empty where there is none.
   */
  presentId?: string;
}

export interface PlanRestoreResponse__Output {
  /**
   * journal or controller: whose record it is made from.
   */
  source: string;
  /**
   * What would be made. Its ranges are pinned to those it had, unless renumbered;
   * from a configuration, they are those that it has now.
   */
  spec: _fairlead_agent_v1_NetworkSpecMessage__Output | null;
  /**
   * With any of them nothing is restored.
   */
  conflicts: _fairlead_agent_v1_RestoreConflictMessage__Output[];
  /**
   * Containers that would be attached again.
   */
  attachments: _fairlead_agent_v1_ReattachmentMessage__Output[];
  /**
   * What cannot come back, a sentence each.
   */
  losses: string[];
  /**
   * A network that is this one, made again already; empty where there is none.
   */
  presentId: string;
}
