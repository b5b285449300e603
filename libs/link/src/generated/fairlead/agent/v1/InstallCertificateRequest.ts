// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface InstallCertificateRequest {
  /**
   * PEM: the certificate and its root.
   */
  certificateChain?: string;
  /**
   * PEM: all roots to trust.
   */
  roots?: string;
}

export interface InstallCertificateRequest__Output {
  /**
   * PEM: the certificate and its root.
   */
  certificateChain: string;
  /**
   * PEM: all roots to trust.
   */
  roots: string;
}
