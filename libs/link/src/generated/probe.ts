import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  PingMessage as _fairlead_agent_v1_PingMessage,
  PingMessage__Output as _fairlead_agent_v1_PingMessage__Output,
} from './fairlead/agent/v1/PingMessage.js';
import type {
  ProbeRequest as _fairlead_agent_v1_ProbeRequest,
  ProbeRequest__Output as _fairlead_agent_v1_ProbeRequest__Output,
} from './fairlead/agent/v1/ProbeRequest.js';
import type {
  ProbeResponse as _fairlead_agent_v1_ProbeResponse,
  ProbeResponse__Output as _fairlead_agent_v1_ProbeResponse__Output,
} from './fairlead/agent/v1/ProbeResponse.js';
import type {
  ResolutionMessage as _fairlead_agent_v1_ResolutionMessage,
  ResolutionMessage__Output as _fairlead_agent_v1_ResolutionMessage__Output,
} from './fairlead/agent/v1/ResolutionMessage.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new (...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fairlead: {
    agent: {
      v1: {
        PingMessage: MessageTypeDefinition<_fairlead_agent_v1_PingMessage, _fairlead_agent_v1_PingMessage__Output>;
        ProbeRequest: MessageTypeDefinition<_fairlead_agent_v1_ProbeRequest, _fairlead_agent_v1_ProbeRequest__Output>;
        ProbeResponse: MessageTypeDefinition<
          _fairlead_agent_v1_ProbeResponse,
          _fairlead_agent_v1_ProbeResponse__Output
        >;
        ResolutionMessage: MessageTypeDefinition<
          _fairlead_agent_v1_ResolutionMessage,
          _fairlead_agent_v1_ResolutionMessage__Output
        >;
      };
    };
  };
}
