// Generated from proto/fairlead/agent/v1/network_service.proto

export interface PruneItemMessage {
  networkId?: string;
  /**
   * The record the plan was made for; another one is not removed.
   */
  expectedDigest?: string;
}

export interface PruneItemMessage__Output {
  networkId: string;
  /**
   * The record the plan was made for; another one is not removed.
   */
  expectedDigest: string;
}
