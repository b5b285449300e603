// Generated from proto/fairlead/link/v1/link.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Asks to stop; the result still comes.
 */
export interface CancelInvocation {
  id?: number | string | Long;
}

/**
 * Asks to stop; the result still comes.
 */
export interface CancelInvocation__Output {
  id: number;
}
