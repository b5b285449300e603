// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface RequestCertificateRequest {
  nonce?: Buffer | Uint8Array | string;
}

export interface RequestCertificateRequest__Output {
  nonce: Buffer;
}
