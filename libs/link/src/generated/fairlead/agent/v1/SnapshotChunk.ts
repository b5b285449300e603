// Generated from proto/fairlead/agent/v1/inventory.proto

import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';

/**
 * At most 200 networks or 256 KiB.
 */
export interface SnapshotChunk {
  networks?: _fairlead_agent_v1_NetworkMessage[];
}

/**
 * At most 200 networks or 256 KiB.
 */
export interface SnapshotChunk__Output {
  networks: _fairlead_agent_v1_NetworkMessage__Output[];
}
