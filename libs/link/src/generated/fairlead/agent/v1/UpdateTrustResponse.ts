// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface UpdateTrustResponse {
  /**
   * SHA-256 of each trusted root's DER, hexadecimal.
   */
  rootDigests?: string[];
}

export interface UpdateTrustResponse__Output {
  /**
   * SHA-256 of each trusted root's DER, hexadecimal.
   */
  rootDigests: string[];
}
