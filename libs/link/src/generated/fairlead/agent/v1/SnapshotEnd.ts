// Generated from proto/fairlead/agent/v1/inventory.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The receiver applies the snapshot only when the count and set digest agree.
 */
export interface SnapshotEnd {
  revision?: number | string | Long;
  setDigest?: string;
}

/**
 * The receiver applies the snapshot only when the count and set digest agree.
 */
export interface SnapshotEnd__Output {
  revision: number;
  setDigest: string;
}
