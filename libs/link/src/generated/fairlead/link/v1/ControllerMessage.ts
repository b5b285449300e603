// Generated from proto/fairlead/link/v1/link.proto

import type {
  Welcome as _fairlead_link_v1_Welcome,
  Welcome__Output as _fairlead_link_v1_Welcome__Output,
} from '../../../fairlead/link/v1/Welcome.js';
import type {
  Invocation as _fairlead_link_v1_Invocation,
  Invocation__Output as _fairlead_link_v1_Invocation__Output,
} from '../../../fairlead/link/v1/Invocation.js';
import type {
  CancelInvocation as _fairlead_link_v1_CancelInvocation,
  CancelInvocation__Output as _fairlead_link_v1_CancelInvocation__Output,
} from '../../../fairlead/link/v1/CancelInvocation.js';
import type {
  SnapshotRequest as _fairlead_link_v1_SnapshotRequest,
  SnapshotRequest__Output as _fairlead_link_v1_SnapshotRequest__Output,
} from '../../../fairlead/link/v1/SnapshotRequest.js';
import type {
  HeartbeatAck as _fairlead_link_v1_HeartbeatAck,
  HeartbeatAck__Output as _fairlead_link_v1_HeartbeatAck__Output,
} from '../../../fairlead/link/v1/HeartbeatAck.js';
import type {
  Unsupported as _fairlead_link_v1_Unsupported,
  Unsupported__Output as _fairlead_link_v1_Unsupported__Output,
} from '../../../fairlead/link/v1/Unsupported.js';

export interface ControllerMessage {
  welcome?: _fairlead_link_v1_Welcome | null;
  invocation?: _fairlead_link_v1_Invocation | null;
  cancel?: _fairlead_link_v1_CancelInvocation | null;
  snapshotRequest?: _fairlead_link_v1_SnapshotRequest | null;
  heartbeatAck?: _fairlead_link_v1_HeartbeatAck | null;
  unsupported?: _fairlead_link_v1_Unsupported | null;
  message?: 'welcome' | 'invocation' | 'cancel' | 'snapshotRequest' | 'heartbeatAck' | 'unsupported';
}

export interface ControllerMessage__Output {
  welcome?: _fairlead_link_v1_Welcome__Output | null;
  invocation?: _fairlead_link_v1_Invocation__Output | null;
  cancel?: _fairlead_link_v1_CancelInvocation__Output | null;
  snapshotRequest?: _fairlead_link_v1_SnapshotRequest__Output | null;
  heartbeatAck?: _fairlead_link_v1_HeartbeatAck__Output | null;
  unsupported?: _fairlead_link_v1_Unsupported__Output | null;
  message?: 'welcome' | 'invocation' | 'cancel' | 'snapshotRequest' | 'heartbeatAck' | 'unsupported';
}
