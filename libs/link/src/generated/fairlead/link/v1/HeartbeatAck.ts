// Generated from proto/fairlead/link/v1/link.proto

/**
 * The answer to each bookmark.
 */
export interface HeartbeatAck {}

/**
 * The answer to each bookmark.
 */
export interface HeartbeatAck__Output {}
