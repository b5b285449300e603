// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface SigningRequest {
  /**
   * SubjectPublicKeyInfo, DER; P-256 only.
   */
  publicKey?: Buffer | Uint8Array | string;
  /**
   * Signature by that key over the purpose, the nonce and the key: the proof that
   * the caller has it.
   */
  proof?: Buffer | Uint8Array | string;
}

export interface SigningRequest__Output {
  /**
   * SubjectPublicKeyInfo, DER; P-256 only.
   */
  publicKey: Buffer;
  /**
   * Signature by that key over the purpose, the nonce and the key: the proof that
   * the caller has it.
   */
  proof: Buffer;
}
