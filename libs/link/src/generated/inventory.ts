import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  Bookmark as _fairlead_agent_v1_Bookmark,
  Bookmark__Output as _fairlead_agent_v1_Bookmark__Output,
} from './fairlead/agent/v1/Bookmark.js';
import type {
  Delta as _fairlead_agent_v1_Delta,
  Delta__Output as _fairlead_agent_v1_Delta__Output,
} from './fairlead/agent/v1/Delta.js';
import type {
  EndpointMessage as _fairlead_agent_v1_EndpointMessage,
  EndpointMessage__Output as _fairlead_agent_v1_EndpointMessage__Output,
} from './fairlead/agent/v1/EndpointMessage.js';
import type {
  EndpointSpecMessage as _fairlead_agent_v1_EndpointSpecMessage,
  EndpointSpecMessage__Output as _fairlead_agent_v1_EndpointSpecMessage__Output,
} from './fairlead/agent/v1/EndpointSpecMessage.js';
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
import type {
  InventoryUpdate as _fairlead_agent_v1_InventoryUpdate,
  InventoryUpdate__Output as _fairlead_agent_v1_InventoryUpdate__Output,
} from './fairlead/agent/v1/InventoryUpdate.js';
import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from './fairlead/agent/v1/NetworkMessage.js';
import type {
  NetworkSpecMessage as _fairlead_agent_v1_NetworkSpecMessage,
  NetworkSpecMessage__Output as _fairlead_agent_v1_NetworkSpecMessage__Output,
} from './fairlead/agent/v1/NetworkSpecMessage.js';
import type {
  SnapshotBegin as _fairlead_agent_v1_SnapshotBegin,
  SnapshotBegin__Output as _fairlead_agent_v1_SnapshotBegin__Output,
} from './fairlead/agent/v1/SnapshotBegin.js';
import type {
  SnapshotChunk as _fairlead_agent_v1_SnapshotChunk,
  SnapshotChunk__Output as _fairlead_agent_v1_SnapshotChunk__Output,
} from './fairlead/agent/v1/SnapshotChunk.js';
import type {
  SnapshotEnd as _fairlead_agent_v1_SnapshotEnd,
  SnapshotEnd__Output as _fairlead_agent_v1_SnapshotEnd__Output,
} from './fairlead/agent/v1/SnapshotEnd.js';
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
        Bookmark: MessageTypeDefinition<_fairlead_agent_v1_Bookmark, _fairlead_agent_v1_Bookmark__Output>;
        Delta: MessageTypeDefinition<_fairlead_agent_v1_Delta, _fairlead_agent_v1_Delta__Output>;
        EndpointMessage: MessageTypeDefinition<
          _fairlead_agent_v1_EndpointMessage,
          _fairlead_agent_v1_EndpointMessage__Output
        >;
        EndpointSpecMessage: MessageTypeDefinition<
          _fairlead_agent_v1_EndpointSpecMessage,
          _fairlead_agent_v1_EndpointSpecMessage__Output
        >;
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
        InventoryUpdate: MessageTypeDefinition<
          _fairlead_agent_v1_InventoryUpdate,
          _fairlead_agent_v1_InventoryUpdate__Output
        >;
        NetworkMessage: MessageTypeDefinition<
          _fairlead_agent_v1_NetworkMessage,
          _fairlead_agent_v1_NetworkMessage__Output
        >;
        NetworkSpecMessage: MessageTypeDefinition<
          _fairlead_agent_v1_NetworkSpecMessage,
          _fairlead_agent_v1_NetworkSpecMessage__Output
        >;
        SnapshotBegin: MessageTypeDefinition<
          _fairlead_agent_v1_SnapshotBegin,
          _fairlead_agent_v1_SnapshotBegin__Output
        >;
        SnapshotChunk: MessageTypeDefinition<
          _fairlead_agent_v1_SnapshotChunk,
          _fairlead_agent_v1_SnapshotChunk__Output
        >;
        SnapshotEnd: MessageTypeDefinition<_fairlead_agent_v1_SnapshotEnd, _fairlead_agent_v1_SnapshotEnd__Output>;
        SubnetMessage: MessageTypeDefinition<
          _fairlead_agent_v1_SubnetMessage,
          _fairlead_agent_v1_SubnetMessage__Output
        >;
      };
    };
  };
}
