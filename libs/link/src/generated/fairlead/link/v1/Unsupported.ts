// Generated from proto/fairlead/link/v1/link.proto

/**
 * Sent for a message that the other side does not know; the session lives.
 */
export interface Unsupported {
  what?: string;
}

/**
 * Sent for a message that the other side does not know; the session lives.
 */
export interface Unsupported__Output {
  what: string;
}
