// Generated from proto/fairlead/link/v1/enrolment.proto

export interface ChallengeResponse {
  nonce?: Buffer | Uint8Array | string;
}

export interface ChallengeResponse__Output {
  nonce: Buffer;
}
