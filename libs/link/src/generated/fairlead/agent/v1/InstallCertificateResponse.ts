// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface InstallCertificateResponse {
  /**
   * Hexadecimal, lower case.
   */
  serial?: string;
}

export interface InstallCertificateResponse__Output {
  /**
   * Hexadecimal, lower case.
   */
  serial: string;
}
