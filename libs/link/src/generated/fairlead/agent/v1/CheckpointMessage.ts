// Generated from proto/fairlead/agent/v1/identity_service.proto

import type { Long } from '@grpc/proto-loader';

export interface CheckpointMessage {
  clusterId?: string;
  seq?: number | string | Long;
  /**
   * Hash of the entry `seq`, hexadecimal.
   */
  hash?: string;
  /**
   * Milliseconds since the epoch, by the controller's clock.
   */
  at?: number | string | Long;
  /**
   * Ed25519 over the canonical form of the fields above.
   */
  signature?: Buffer | Uint8Array | string;
}

export interface CheckpointMessage__Output {
  clusterId: string;
  seq: number;
  /**
   * Hash of the entry `seq`, hexadecimal.
   */
  hash: string;
  /**
   * Milliseconds since the epoch, by the controller's clock.
   */
  at: number;
  /**
   * Ed25519 over the canonical form of the fields above.
   */
  signature: Buffer;
}
