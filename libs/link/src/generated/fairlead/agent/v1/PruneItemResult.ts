// Generated from proto/fairlead/agent/v1/network_service.proto

export interface PruneItemResult {
  networkId?: string;
  name?: string;
  /**
   * removed, kept, failed or undone: removed, but a container was made on it in
   * between, so that it was made again at once and its containers attached again.
   * failed with the code undo_failed: removed, and not made again.
   */
  outcome?: string;
  /**
   * Why it was kept or undone, or what went wrong, as a sentence.
   */
  reason?: string;
  /**
   * Error code of the closed list; empty when removed.
   */
  code?: string;
  engineMessage?: string;
  /**
   * Id of the network that was made again; empty unless undone.
   */
  restoredId?: string;
}

export interface PruneItemResult__Output {
  networkId: string;
  name: string;
  /**
   * removed, kept, failed or undone: removed, but a container was made on it in
   * between, so that it was made again at once and its containers attached again.
   * failed with the code undo_failed: removed, and not made again.
   */
  outcome: string;
  /**
   * Why it was kept or undone, or what went wrong, as a sentence.
   */
  reason: string;
  /**
   * Error code of the closed list; empty when removed.
   */
  code: string;
  engineMessage: string;
  /**
   * Id of the network that was made again; empty unless undone.
   */
  restoredId: string;
}
