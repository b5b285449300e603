// Generated from proto/fairlead/link/v1/link.proto

export interface SnapshotRequest {
  /**
   * Why, for the agent's log.
   */
  reason?: string;
}

export interface SnapshotRequest__Output {
  /**
   * Why, for the agent's log.
   */
  reason: string;
}
