// Generated from proto/fairlead/agent/v1/network_service.proto

import type { Long } from '@grpc/proto-loader';

export interface RunMessage {
  policyId?: string;
  runId?: string;
  /**
   * Grows with every run of the policy and whenever another controller goes on
   * with one. Of one policy, a lower one than the agent has seen is refused.
   */
  fence?: number | string | Long;
}

export interface RunMessage__Output {
  policyId: string;
  runId: string;
  /**
   * Grows with every run of the policy and whenever another controller goes on
   * with one. Of one policy, a lower one than the agent has seen is refused.
   */
  fence: number;
}
