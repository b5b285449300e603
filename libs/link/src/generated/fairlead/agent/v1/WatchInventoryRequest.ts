// Generated from proto/fairlead/agent/v1/network_service.proto

export interface WatchInventoryRequest {
  /**
   * Time between bookmarks; 0 means 5 s.
   */
  heartbeatMs?: number;
}

export interface WatchInventoryRequest__Output {
  /**
   * Time between bookmarks; 0 means 5 s.
   */
  heartbeatMs: number;
}
