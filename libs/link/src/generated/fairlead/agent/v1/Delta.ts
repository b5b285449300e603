// Generated from proto/fairlead/agent/v1/inventory.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Holds only for a receiver that is at `applies_to`; anyone else asks for a snapshot.
 */
export interface Delta {
  appliesTo?: number | string | Long;
  resultsIn?: number | string | Long;
  upserts?: _fairlead_agent_v1_NetworkMessage[];
  removedIds?: string[];
}

/**
 * Holds only for a receiver that is at `applies_to`; anyone else asks for a snapshot.
 */
export interface Delta__Output {
  appliesTo: number;
  resultsIn: number;
  upserts: _fairlead_agent_v1_NetworkMessage__Output[];
  removedIds: string[];
}
