// Generated from proto/fairlead/agent/v1/network_service.proto

export interface ReattachedMessage {
  containerId?: string;
  containerName?: string;
  /**
   * attached or failed.
   */
  outcome?: string;
  /**
   * Why it was attached (as in ReattachmentMessage), or what went wrong, as a
   * sentence.
   */
  reason?: string;
  engineMessage?: string;
}

export interface ReattachedMessage__Output {
  containerId: string;
  containerName: string;
  /**
   * attached or failed.
   */
  outcome: string;
  /**
   * Why it was attached (as in ReattachmentMessage), or what went wrong, as a
   * sentence.
   */
  reason: string;
  engineMessage: string;
}
