// Generated from proto/fairlead/agent/v1/network_service.proto

export interface PruneItemResult {
  networkId?: string;
  name?: string;
  /**
   * removed, kept or failed.
   */
  outcome?: string;
  /**
   * Why it was kept or what went wrong, as a sentence.
   */
  reason?: string;
  /**
   * Error code of the closed list; empty when removed.
   */
  code?: string;
  engineMessage?: string;
}

export interface PruneItemResult__Output {
  networkId: string;
  name: string;
  /**
   * removed, kept or failed.
   */
  outcome: string;
  /**
   * Why it was kept or what went wrong, as a sentence.
   */
  reason: string;
  /**
   * Error code of the closed list; empty when removed.
   */
  code: string;
  engineMessage: string;
}
