import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  EngineHealthMessage as _fairlead_agent_v1_EngineHealthMessage,
  EngineHealthMessage__Output as _fairlead_agent_v1_EngineHealthMessage__Output,
} from './fairlead/agent/v1/EngineHealthMessage.js';
import type {
  EngineMessage as _fairlead_agent_v1_EngineMessage,
  EngineMessage__Output as _fairlead_agent_v1_EngineMessage__Output,
} from './fairlead/agent/v1/EngineMessage.js';
import type {
  HostMessage as _fairlead_agent_v1_HostMessage,
  HostMessage__Output as _fairlead_agent_v1_HostMessage__Output,
} from './fairlead/agent/v1/HostMessage.js';
import type {
  HostPolicyMessage as _fairlead_agent_v1_HostPolicyMessage,
  HostPolicyMessage__Output as _fairlead_agent_v1_HostPolicyMessage__Output,
} from './fairlead/agent/v1/HostPolicyMessage.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new (...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fairlead: {
    agent: {
      v1: {
        EngineHealthMessage: MessageTypeDefinition<
          _fairlead_agent_v1_EngineHealthMessage,
          _fairlead_agent_v1_EngineHealthMessage__Output
        >;
        EngineMessage: MessageTypeDefinition<
          _fairlead_agent_v1_EngineMessage,
          _fairlead_agent_v1_EngineMessage__Output
        >;
        HostMessage: MessageTypeDefinition<_fairlead_agent_v1_HostMessage, _fairlead_agent_v1_HostMessage__Output>;
        HostPolicyMessage: MessageTypeDefinition<
          _fairlead_agent_v1_HostPolicyMessage,
          _fairlead_agent_v1_HostPolicyMessage__Output
        >;
      };
    };
  };
}
