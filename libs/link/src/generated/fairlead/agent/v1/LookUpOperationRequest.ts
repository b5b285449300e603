// Generated from proto/fairlead/agent/v1/network_service.proto

export interface LookUpOperationRequest {
  operationId?: string;
  /**
   * The method and request of the operation, for the case that it was begun
   * and not finished, or that the journal is lost.
   */
  method?: string;
  request?: Buffer | Uint8Array | string;
  /**
   * The journal the operation was sent to.
   */
  journalId?: string;
}

export interface LookUpOperationRequest__Output {
  operationId: string;
  /**
   * The method and request of the operation, for the case that it was begun
   * and not finished, or that the journal is lost.
   */
  method: string;
  request: Buffer;
  /**
   * The journal the operation was sent to.
   */
  journalId: string;
}
