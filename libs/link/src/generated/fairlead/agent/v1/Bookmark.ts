// Generated from proto/fairlead/agent/v1/inventory.proto

import type {
  EngineHealthMessage as _fairlead_agent_v1_EngineHealthMessage,
  EngineHealthMessage__Output as _fairlead_agent_v1_EngineHealthMessage__Output,
} from '../../../fairlead/agent/v1/EngineHealthMessage.js';
import type { Long } from '@grpc/proto-loader';

/**
 * "The engine still shows exactly this": also the session's heartbeat. A receiver
 * whose set has this digest stands at this revision of this stream from then on,
 * wherever it stood before: so a host that comes back unchanged costs one message.
 */
export interface Bookmark {
  revision?: number | string | Long;
  /**
   * SHA-256 (hex) over the sorted lines "id digest\n" of all networks.
   */
  setDigest?: string;
  health?: _fairlead_agent_v1_EngineHealthMessage | null;
}

/**
 * "The engine still shows exactly this": also the session's heartbeat. A receiver
 * whose set has this digest stands at this revision of this stream from then on,
 * wherever it stood before: so a host that comes back unchanged costs one message.
 */
export interface Bookmark__Output {
  revision: number;
  /**
   * SHA-256 (hex) over the sorted lines "id digest\n" of all networks.
   */
  setDigest: string;
  health: _fairlead_agent_v1_EngineHealthMessage__Output | null;
}
