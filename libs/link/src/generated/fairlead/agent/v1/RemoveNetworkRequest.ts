// Generated from proto/fairlead/agent/v1/network_service.proto

export interface RemoveNetworkRequest {
  operationId?: string;
  networkId?: string;
  /**
   * Detach all containers first.
   */
  force?: boolean;
}

export interface RemoveNetworkRequest__Output {
  operationId: string;
  networkId: string;
  /**
   * Detach all containers first.
   */
  force: boolean;
}
