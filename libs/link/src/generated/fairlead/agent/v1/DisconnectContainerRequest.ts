// Generated from proto/fairlead/agent/v1/network_service.proto

export interface DisconnectContainerRequest {
  operationId?: string;
  networkId?: string;
  container?: string;
  /**
   * Also detach an endpoint whose container is gone or broken.
   */
  force?: boolean;
}

export interface DisconnectContainerRequest__Output {
  operationId: string;
  networkId: string;
  container: string;
  /**
   * Also detach an endpoint whose container is gone or broken.
   */
  force: boolean;
}
