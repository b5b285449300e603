// Generated from proto/fairlead/agent/v1/network_service.proto

export interface WatchInventoryRequest {
  /**
   * Time between bookmarks; 0 means 5 s.
   */
  heartbeatMs?: number;
  /**
   * Begin with a bookmark instead of a snapshot; deltas then apply to the set of
   * its digest. Who does not hold that set calls again without it.
   */
  bookmarkFirst?: boolean;
  /**
   * The caller takes a bookmark of the digest that it holds for its position: a
   * new stream of the same set is told by a bookmark instead of a snapshot.
   */
  adoptsBookmarks?: boolean;
}

export interface WatchInventoryRequest__Output {
  /**
   * Time between bookmarks; 0 means 5 s.
   */
  heartbeatMs: number;
  /**
   * Begin with a bookmark instead of a snapshot; deltas then apply to the set of
   * its digest. Who does not hold that set calls again without it.
   */
  bookmarkFirst: boolean;
  /**
   * The caller takes a bookmark of the digest that it holds for its position: a
   * new stream of the same set is told by a bookmark instead of a snapshot.
   */
  adoptsBookmarks: boolean;
}
