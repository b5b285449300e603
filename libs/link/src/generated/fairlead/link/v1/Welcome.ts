// Generated from proto/fairlead/link/v1/link.proto

export interface Welcome {
  sessionId?: string;
  /**
   * Time between bookmarks; the agent spreads it by 10 %.
   */
  heartbeatMs?: number;
  /**
   * No ack for this long ends the session.
   */
  silenceLimitMs?: number;
  maxMessageBytes?: number;
  capability?: number;
  /**
   * The agent begins with a bookmark instead of a snapshot. Not set by a
   * controller that does not know capability 3.
   */
  bookmarkFirst?: boolean;
}

export interface Welcome__Output {
  sessionId: string;
  /**
   * Time between bookmarks; the agent spreads it by 10 %.
   */
  heartbeatMs: number;
  /**
   * No ack for this long ends the session.
   */
  silenceLimitMs: number;
  maxMessageBytes: number;
  capability: number;
  /**
   * The agent begins with a bookmark instead of a snapshot. Not set by a
   * controller that does not know capability 3.
   */
  bookmarkFirst: boolean;
}
