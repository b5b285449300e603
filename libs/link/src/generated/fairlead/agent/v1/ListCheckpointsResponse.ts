// Generated from proto/fairlead/agent/v1/identity_service.proto

import type {
  CheckpointMessage as _fairlead_agent_v1_CheckpointMessage,
  CheckpointMessage__Output as _fairlead_agent_v1_CheckpointMessage__Output,
} from '../../../fairlead/agent/v1/CheckpointMessage.js';

export interface ListCheckpointsResponse {
  checkpoints?: _fairlead_agent_v1_CheckpointMessage[];
}

export interface ListCheckpointsResponse__Output {
  checkpoints: _fairlead_agent_v1_CheckpointMessage__Output[];
}
