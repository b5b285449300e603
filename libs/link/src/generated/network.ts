import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  EndpointMessage as _fairlead_agent_v1_EndpointMessage,
  EndpointMessage__Output as _fairlead_agent_v1_EndpointMessage__Output,
} from './fairlead/agent/v1/EndpointMessage.js';
import type {
  EndpointSpecMessage as _fairlead_agent_v1_EndpointSpecMessage,
  EndpointSpecMessage__Output as _fairlead_agent_v1_EndpointSpecMessage__Output,
} from './fairlead/agent/v1/EndpointSpecMessage.js';
import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from './fairlead/agent/v1/NetworkMessage.js';
import type {
  NetworkSpecMessage as _fairlead_agent_v1_NetworkSpecMessage,
  NetworkSpecMessage__Output as _fairlead_agent_v1_NetworkSpecMessage__Output,
} from './fairlead/agent/v1/NetworkSpecMessage.js';
import type {
  SubnetMessage as _fairlead_agent_v1_SubnetMessage,
  SubnetMessage__Output as _fairlead_agent_v1_SubnetMessage__Output,
} from './fairlead/agent/v1/SubnetMessage.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new (...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fairlead: {
    agent: {
      v1: {
        EndpointMessage: MessageTypeDefinition<
          _fairlead_agent_v1_EndpointMessage,
          _fairlead_agent_v1_EndpointMessage__Output
        >;
        EndpointSpecMessage: MessageTypeDefinition<
          _fairlead_agent_v1_EndpointSpecMessage,
          _fairlead_agent_v1_EndpointSpecMessage__Output
        >;
        NetworkMessage: MessageTypeDefinition<
          _fairlead_agent_v1_NetworkMessage,
          _fairlead_agent_v1_NetworkMessage__Output
        >;
        NetworkSpecMessage: MessageTypeDefinition<
          _fairlead_agent_v1_NetworkSpecMessage,
          _fairlead_agent_v1_NetworkSpecMessage__Output
        >;
        SubnetMessage: MessageTypeDefinition<
          _fairlead_agent_v1_SubnetMessage,
          _fairlead_agent_v1_SubnetMessage__Output
        >;
      };
    };
  };
}
