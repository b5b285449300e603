// Generated from proto/fairlead/agent/v1/inventory.proto

/**
 * What was sent of an unfinished snapshot before is void.
 */
export interface SnapshotBegin {
  networks?: number;
}

/**
 * What was sent of an unfinished snapshot before is void.
 */
export interface SnapshotBegin__Output {
  networks: number;
}
