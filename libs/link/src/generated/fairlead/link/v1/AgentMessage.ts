// Generated from proto/fairlead/link/v1/link.proto

import type {
  Hello as _fairlead_link_v1_Hello,
  Hello__Output as _fairlead_link_v1_Hello__Output,
} from '../../../fairlead/link/v1/Hello.js';
import type {
  InventoryUpdate as _fairlead_agent_v1_InventoryUpdate,
  InventoryUpdate__Output as _fairlead_agent_v1_InventoryUpdate__Output,
} from '../../../fairlead/agent/v1/InventoryUpdate.js';
import type {
  InvocationResult as _fairlead_link_v1_InvocationResult,
  InvocationResult__Output as _fairlead_link_v1_InvocationResult__Output,
} from '../../../fairlead/link/v1/InvocationResult.js';
import type {
  Unsupported as _fairlead_link_v1_Unsupported,
  Unsupported__Output as _fairlead_link_v1_Unsupported__Output,
} from '../../../fairlead/link/v1/Unsupported.js';

export interface AgentMessage {
  hello?: _fairlead_link_v1_Hello | null;
  inventory?: _fairlead_agent_v1_InventoryUpdate | null;
  result?: _fairlead_link_v1_InvocationResult | null;
  unsupported?: _fairlead_link_v1_Unsupported | null;
  message?: 'hello' | 'inventory' | 'result' | 'unsupported';
}

export interface AgentMessage__Output {
  hello?: _fairlead_link_v1_Hello__Output | null;
  inventory?: _fairlead_agent_v1_InventoryUpdate__Output | null;
  result?: _fairlead_link_v1_InvocationResult__Output | null;
  unsupported?: _fairlead_link_v1_Unsupported__Output | null;
  message?: 'hello' | 'inventory' | 'result' | 'unsupported';
}
