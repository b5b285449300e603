// Generated from proto/fairlead/agent/v1/inventory.proto

import type {
  SnapshotBegin as _fairlead_agent_v1_SnapshotBegin,
  SnapshotBegin__Output as _fairlead_agent_v1_SnapshotBegin__Output,
} from '../../../fairlead/agent/v1/SnapshotBegin.js';
import type {
  SnapshotChunk as _fairlead_agent_v1_SnapshotChunk,
  SnapshotChunk__Output as _fairlead_agent_v1_SnapshotChunk__Output,
} from '../../../fairlead/agent/v1/SnapshotChunk.js';
import type {
  SnapshotEnd as _fairlead_agent_v1_SnapshotEnd,
  SnapshotEnd__Output as _fairlead_agent_v1_SnapshotEnd__Output,
} from '../../../fairlead/agent/v1/SnapshotEnd.js';
import type {
  Delta as _fairlead_agent_v1_Delta,
  Delta__Output as _fairlead_agent_v1_Delta__Output,
} from '../../../fairlead/agent/v1/Delta.js';
import type {
  Bookmark as _fairlead_agent_v1_Bookmark,
  Bookmark__Output as _fairlead_agent_v1_Bookmark__Output,
} from '../../../fairlead/agent/v1/Bookmark.js';

export interface InventoryUpdate {
  /**
   * Names one chain of revisions: new at each agent start and each engine restart.
   */
  streamId?: string;
  snapshotBegin?: _fairlead_agent_v1_SnapshotBegin | null;
  snapshotChunk?: _fairlead_agent_v1_SnapshotChunk | null;
  snapshotEnd?: _fairlead_agent_v1_SnapshotEnd | null;
  delta?: _fairlead_agent_v1_Delta | null;
  bookmark?: _fairlead_agent_v1_Bookmark | null;
  update?: 'snapshotBegin' | 'snapshotChunk' | 'snapshotEnd' | 'delta' | 'bookmark';
}

export interface InventoryUpdate__Output {
  /**
   * Names one chain of revisions: new at each agent start and each engine restart.
   */
  streamId: string;
  snapshotBegin?: _fairlead_agent_v1_SnapshotBegin__Output | null;
  snapshotChunk?: _fairlead_agent_v1_SnapshotChunk__Output | null;
  snapshotEnd?: _fairlead_agent_v1_SnapshotEnd__Output | null;
  delta?: _fairlead_agent_v1_Delta__Output | null;
  bookmark?: _fairlead_agent_v1_Bookmark__Output | null;
  update?: 'snapshotBegin' | 'snapshotChunk' | 'snapshotEnd' | 'delta' | 'bookmark';
}
