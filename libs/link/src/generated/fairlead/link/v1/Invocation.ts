// Generated from proto/fairlead/link/v1/link.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A call of NetworkService or IdentityService, carried by the session.
 */
export interface Invocation {
  id?: number | string | Long;
  /**
   * Name of the method, without the service: CreateNetwork.
   */
  method?: string;
  /**
   * Time left, counted by the agent on its own steady clock, so that clocks need
   * not agree. A call not begun by then is never begun.
   */
  deadlineMs?: number;
  request?: Buffer | Uint8Array | string;
}

/**
 * A call of NetworkService or IdentityService, carried by the session.
 */
export interface Invocation__Output {
  id: number;
  /**
   * Name of the method, without the service: CreateNetwork.
   */
  method: string;
  /**
   * Time left, counted by the agent on its own steady clock, so that clocks need
   * not agree. A call not begun by then is never begun.
   */
  deadlineMs: number;
  request: Buffer;
}
