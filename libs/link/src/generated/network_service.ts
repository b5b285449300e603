import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  Bookmark as _fairlead_agent_v1_Bookmark,
  Bookmark__Output as _fairlead_agent_v1_Bookmark__Output,
} from './fairlead/agent/v1/Bookmark.js';
import type {
  ConnectContainerRequest as _fairlead_agent_v1_ConnectContainerRequest,
  ConnectContainerRequest__Output as _fairlead_agent_v1_ConnectContainerRequest__Output,
} from './fairlead/agent/v1/ConnectContainerRequest.js';
import type {
  ConnectContainerResponse as _fairlead_agent_v1_ConnectContainerResponse,
  ConnectContainerResponse__Output as _fairlead_agent_v1_ConnectContainerResponse__Output,
} from './fairlead/agent/v1/ConnectContainerResponse.js';
import type {
  CreateNetworkRequest as _fairlead_agent_v1_CreateNetworkRequest,
  CreateNetworkRequest__Output as _fairlead_agent_v1_CreateNetworkRequest__Output,
} from './fairlead/agent/v1/CreateNetworkRequest.js';
import type {
  CreateNetworkResponse as _fairlead_agent_v1_CreateNetworkResponse,
  CreateNetworkResponse__Output as _fairlead_agent_v1_CreateNetworkResponse__Output,
} from './fairlead/agent/v1/CreateNetworkResponse.js';
import type {
  Delta as _fairlead_agent_v1_Delta,
  Delta__Output as _fairlead_agent_v1_Delta__Output,
} from './fairlead/agent/v1/Delta.js';
import type {
  DescribeHostRequest as _fairlead_agent_v1_DescribeHostRequest,
  DescribeHostRequest__Output as _fairlead_agent_v1_DescribeHostRequest__Output,
} from './fairlead/agent/v1/DescribeHostRequest.js';
import type {
  DisconnectContainerRequest as _fairlead_agent_v1_DisconnectContainerRequest,
  DisconnectContainerRequest__Output as _fairlead_agent_v1_DisconnectContainerRequest__Output,
} from './fairlead/agent/v1/DisconnectContainerRequest.js';
import type {
  DisconnectContainerResponse as _fairlead_agent_v1_DisconnectContainerResponse,
  DisconnectContainerResponse__Output as _fairlead_agent_v1_DisconnectContainerResponse__Output,
} from './fairlead/agent/v1/DisconnectContainerResponse.js';
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
  InspectNetworkRequest as _fairlead_agent_v1_InspectNetworkRequest,
  InspectNetworkRequest__Output as _fairlead_agent_v1_InspectNetworkRequest__Output,
} from './fairlead/agent/v1/InspectNetworkRequest.js';
import type {
  InventoryUpdate as _fairlead_agent_v1_InventoryUpdate,
  InventoryUpdate__Output as _fairlead_agent_v1_InventoryUpdate__Output,
} from './fairlead/agent/v1/InventoryUpdate.js';
import type {
  ListNetworksRequest as _fairlead_agent_v1_ListNetworksRequest,
  ListNetworksRequest__Output as _fairlead_agent_v1_ListNetworksRequest__Output,
} from './fairlead/agent/v1/ListNetworksRequest.js';
import type {
  ListNetworksResponse as _fairlead_agent_v1_ListNetworksResponse,
  ListNetworksResponse__Output as _fairlead_agent_v1_ListNetworksResponse__Output,
} from './fairlead/agent/v1/ListNetworksResponse.js';
import type {
  LookUpOperationRequest as _fairlead_agent_v1_LookUpOperationRequest,
  LookUpOperationRequest__Output as _fairlead_agent_v1_LookUpOperationRequest__Output,
} from './fairlead/agent/v1/LookUpOperationRequest.js';
import type {
  LookUpOperationResponse as _fairlead_agent_v1_LookUpOperationResponse,
  LookUpOperationResponse__Output as _fairlead_agent_v1_LookUpOperationResponse__Output,
} from './fairlead/agent/v1/LookUpOperationResponse.js';
import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from './fairlead/agent/v1/NetworkMessage.js';
import type {
  NetworkServiceClient as _fairlead_agent_v1_NetworkServiceClient,
  NetworkServiceDefinition as _fairlead_agent_v1_NetworkServiceDefinition,
} from './fairlead/agent/v1/NetworkService.js';
import type {
  NetworkSpecMessage as _fairlead_agent_v1_NetworkSpecMessage,
  NetworkSpecMessage__Output as _fairlead_agent_v1_NetworkSpecMessage__Output,
} from './fairlead/agent/v1/NetworkSpecMessage.js';
import type {
  OperationErrorMessage as _fairlead_agent_v1_OperationErrorMessage,
  OperationErrorMessage__Output as _fairlead_agent_v1_OperationErrorMessage__Output,
} from './fairlead/agent/v1/OperationErrorMessage.js';
import type {
  PingMessage as _fairlead_agent_v1_PingMessage,
  PingMessage__Output as _fairlead_agent_v1_PingMessage__Output,
} from './fairlead/agent/v1/PingMessage.js';
import type {
  PlanRestoreRequest as _fairlead_agent_v1_PlanRestoreRequest,
  PlanRestoreRequest__Output as _fairlead_agent_v1_PlanRestoreRequest__Output,
} from './fairlead/agent/v1/PlanRestoreRequest.js';
import type {
  PlanRestoreResponse as _fairlead_agent_v1_PlanRestoreResponse,
  PlanRestoreResponse__Output as _fairlead_agent_v1_PlanRestoreResponse__Output,
} from './fairlead/agent/v1/PlanRestoreResponse.js';
import type {
  ProbeRequest as _fairlead_agent_v1_ProbeRequest,
  ProbeRequest__Output as _fairlead_agent_v1_ProbeRequest__Output,
} from './fairlead/agent/v1/ProbeRequest.js';
import type {
  ProbeResponse as _fairlead_agent_v1_ProbeResponse,
  ProbeResponse__Output as _fairlead_agent_v1_ProbeResponse__Output,
} from './fairlead/agent/v1/ProbeResponse.js';
import type {
  PruneItemMessage as _fairlead_agent_v1_PruneItemMessage,
  PruneItemMessage__Output as _fairlead_agent_v1_PruneItemMessage__Output,
} from './fairlead/agent/v1/PruneItemMessage.js';
import type {
  PruneItemResult as _fairlead_agent_v1_PruneItemResult,
  PruneItemResult__Output as _fairlead_agent_v1_PruneItemResult__Output,
} from './fairlead/agent/v1/PruneItemResult.js';
import type {
  PruneNetworksRequest as _fairlead_agent_v1_PruneNetworksRequest,
  PruneNetworksRequest__Output as _fairlead_agent_v1_PruneNetworksRequest__Output,
} from './fairlead/agent/v1/PruneNetworksRequest.js';
import type {
  ReattachedMessage as _fairlead_agent_v1_ReattachedMessage,
  ReattachedMessage__Output as _fairlead_agent_v1_ReattachedMessage__Output,
} from './fairlead/agent/v1/ReattachedMessage.js';
import type {
  ReattachmentMessage as _fairlead_agent_v1_ReattachmentMessage,
  ReattachmentMessage__Output as _fairlead_agent_v1_ReattachmentMessage__Output,
} from './fairlead/agent/v1/ReattachmentMessage.js';
import type {
  RemoveNetworkRequest as _fairlead_agent_v1_RemoveNetworkRequest,
  RemoveNetworkRequest__Output as _fairlead_agent_v1_RemoveNetworkRequest__Output,
} from './fairlead/agent/v1/RemoveNetworkRequest.js';
import type {
  RemoveNetworkResponse as _fairlead_agent_v1_RemoveNetworkResponse,
  RemoveNetworkResponse__Output as _fairlead_agent_v1_RemoveNetworkResponse__Output,
} from './fairlead/agent/v1/RemoveNetworkResponse.js';
import type {
  ResolutionMessage as _fairlead_agent_v1_ResolutionMessage,
  ResolutionMessage__Output as _fairlead_agent_v1_ResolutionMessage__Output,
} from './fairlead/agent/v1/ResolutionMessage.js';
import type {
  RestoreConflictMessage as _fairlead_agent_v1_RestoreConflictMessage,
  RestoreConflictMessage__Output as _fairlead_agent_v1_RestoreConflictMessage__Output,
} from './fairlead/agent/v1/RestoreConflictMessage.js';
import type {
  RestoreDifferenceMessage as _fairlead_agent_v1_RestoreDifferenceMessage,
  RestoreDifferenceMessage__Output as _fairlead_agent_v1_RestoreDifferenceMessage__Output,
} from './fairlead/agent/v1/RestoreDifferenceMessage.js';
import type {
  RestoreNetworkRequest as _fairlead_agent_v1_RestoreNetworkRequest,
  RestoreNetworkRequest__Output as _fairlead_agent_v1_RestoreNetworkRequest__Output,
} from './fairlead/agent/v1/RestoreNetworkRequest.js';
import type {
  RestoreNetworkResponse as _fairlead_agent_v1_RestoreNetworkResponse,
  RestoreNetworkResponse__Output as _fairlead_agent_v1_RestoreNetworkResponse__Output,
} from './fairlead/agent/v1/RestoreNetworkResponse.js';
import type {
  RunMessage as _fairlead_agent_v1_RunMessage,
  RunMessage__Output as _fairlead_agent_v1_RunMessage__Output,
} from './fairlead/agent/v1/RunMessage.js';
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
import type {
  WatchInventoryRequest as _fairlead_agent_v1_WatchInventoryRequest,
  WatchInventoryRequest__Output as _fairlead_agent_v1_WatchInventoryRequest__Output,
} from './fairlead/agent/v1/WatchInventoryRequest.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new (...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fairlead: {
    agent: {
      v1: {
        Bookmark: MessageTypeDefinition<_fairlead_agent_v1_Bookmark, _fairlead_agent_v1_Bookmark__Output>;
        ConnectContainerRequest: MessageTypeDefinition<
          _fairlead_agent_v1_ConnectContainerRequest,
          _fairlead_agent_v1_ConnectContainerRequest__Output
        >;
        ConnectContainerResponse: MessageTypeDefinition<
          _fairlead_agent_v1_ConnectContainerResponse,
          _fairlead_agent_v1_ConnectContainerResponse__Output
        >;
        CreateNetworkRequest: MessageTypeDefinition<
          _fairlead_agent_v1_CreateNetworkRequest,
          _fairlead_agent_v1_CreateNetworkRequest__Output
        >;
        CreateNetworkResponse: MessageTypeDefinition<
          _fairlead_agent_v1_CreateNetworkResponse,
          _fairlead_agent_v1_CreateNetworkResponse__Output
        >;
        Delta: MessageTypeDefinition<_fairlead_agent_v1_Delta, _fairlead_agent_v1_Delta__Output>;
        DescribeHostRequest: MessageTypeDefinition<
          _fairlead_agent_v1_DescribeHostRequest,
          _fairlead_agent_v1_DescribeHostRequest__Output
        >;
        DisconnectContainerRequest: MessageTypeDefinition<
          _fairlead_agent_v1_DisconnectContainerRequest,
          _fairlead_agent_v1_DisconnectContainerRequest__Output
        >;
        DisconnectContainerResponse: MessageTypeDefinition<
          _fairlead_agent_v1_DisconnectContainerResponse,
          _fairlead_agent_v1_DisconnectContainerResponse__Output
        >;
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
        InspectNetworkRequest: MessageTypeDefinition<
          _fairlead_agent_v1_InspectNetworkRequest,
          _fairlead_agent_v1_InspectNetworkRequest__Output
        >;
        InventoryUpdate: MessageTypeDefinition<
          _fairlead_agent_v1_InventoryUpdate,
          _fairlead_agent_v1_InventoryUpdate__Output
        >;
        ListNetworksRequest: MessageTypeDefinition<
          _fairlead_agent_v1_ListNetworksRequest,
          _fairlead_agent_v1_ListNetworksRequest__Output
        >;
        ListNetworksResponse: MessageTypeDefinition<
          _fairlead_agent_v1_ListNetworksResponse,
          _fairlead_agent_v1_ListNetworksResponse__Output
        >;
        LookUpOperationRequest: MessageTypeDefinition<
          _fairlead_agent_v1_LookUpOperationRequest,
          _fairlead_agent_v1_LookUpOperationRequest__Output
        >;
        LookUpOperationResponse: MessageTypeDefinition<
          _fairlead_agent_v1_LookUpOperationResponse,
          _fairlead_agent_v1_LookUpOperationResponse__Output
        >;
        NetworkMessage: MessageTypeDefinition<
          _fairlead_agent_v1_NetworkMessage,
          _fairlead_agent_v1_NetworkMessage__Output
        >;
        /**
         * What every agent serves, on its own socket and through its session alike.
         * A closed set of typed commands, never a pass-through of engine calls.
         *
         * Errors: a gRPC status with trailers `fairlead-code` (one of the closed list of
         * libs/domain/src/errors.ts), `fairlead-engine-message-bin` (the engine's own
         * words, UTF-8) and `fairlead-hint-bin`.
         *
         * Commands that change something carry an operation id. The agent journals it
         * before it acts: the same id again gives the stored result and never a second
         * act. An id of an operation that was begun and not finished is answered
         * `outcome_unknown`; LookUpOperation settles it.
         */
        NetworkService: SubtypeConstructor<typeof grpc.Client, _fairlead_agent_v1_NetworkServiceClient> & {
          service: _fairlead_agent_v1_NetworkServiceDefinition;
        };
        NetworkSpecMessage: MessageTypeDefinition<
          _fairlead_agent_v1_NetworkSpecMessage,
          _fairlead_agent_v1_NetworkSpecMessage__Output
        >;
        OperationErrorMessage: MessageTypeDefinition<
          _fairlead_agent_v1_OperationErrorMessage,
          _fairlead_agent_v1_OperationErrorMessage__Output
        >;
        PingMessage: MessageTypeDefinition<_fairlead_agent_v1_PingMessage, _fairlead_agent_v1_PingMessage__Output>;
        PlanRestoreRequest: MessageTypeDefinition<
          _fairlead_agent_v1_PlanRestoreRequest,
          _fairlead_agent_v1_PlanRestoreRequest__Output
        >;
        PlanRestoreResponse: MessageTypeDefinition<
          _fairlead_agent_v1_PlanRestoreResponse,
          _fairlead_agent_v1_PlanRestoreResponse__Output
        >;
        ProbeRequest: MessageTypeDefinition<_fairlead_agent_v1_ProbeRequest, _fairlead_agent_v1_ProbeRequest__Output>;
        ProbeResponse: MessageTypeDefinition<
          _fairlead_agent_v1_ProbeResponse,
          _fairlead_agent_v1_ProbeResponse__Output
        >;
        PruneItemMessage: MessageTypeDefinition<
          _fairlead_agent_v1_PruneItemMessage,
          _fairlead_agent_v1_PruneItemMessage__Output
        >;
        PruneItemResult: MessageTypeDefinition<
          _fairlead_agent_v1_PruneItemResult,
          _fairlead_agent_v1_PruneItemResult__Output
        >;
        PruneNetworksRequest: MessageTypeDefinition<
          _fairlead_agent_v1_PruneNetworksRequest,
          _fairlead_agent_v1_PruneNetworksRequest__Output
        >;
        ReattachedMessage: MessageTypeDefinition<
          _fairlead_agent_v1_ReattachedMessage,
          _fairlead_agent_v1_ReattachedMessage__Output
        >;
        ReattachmentMessage: MessageTypeDefinition<
          _fairlead_agent_v1_ReattachmentMessage,
          _fairlead_agent_v1_ReattachmentMessage__Output
        >;
        RemoveNetworkRequest: MessageTypeDefinition<
          _fairlead_agent_v1_RemoveNetworkRequest,
          _fairlead_agent_v1_RemoveNetworkRequest__Output
        >;
        RemoveNetworkResponse: MessageTypeDefinition<
          _fairlead_agent_v1_RemoveNetworkResponse,
          _fairlead_agent_v1_RemoveNetworkResponse__Output
        >;
        ResolutionMessage: MessageTypeDefinition<
          _fairlead_agent_v1_ResolutionMessage,
          _fairlead_agent_v1_ResolutionMessage__Output
        >;
        RestoreConflictMessage: MessageTypeDefinition<
          _fairlead_agent_v1_RestoreConflictMessage,
          _fairlead_agent_v1_RestoreConflictMessage__Output
        >;
        RestoreDifferenceMessage: MessageTypeDefinition<
          _fairlead_agent_v1_RestoreDifferenceMessage,
          _fairlead_agent_v1_RestoreDifferenceMessage__Output
        >;
        RestoreNetworkRequest: MessageTypeDefinition<
          _fairlead_agent_v1_RestoreNetworkRequest,
          _fairlead_agent_v1_RestoreNetworkRequest__Output
        >;
        RestoreNetworkResponse: MessageTypeDefinition<
          _fairlead_agent_v1_RestoreNetworkResponse,
          _fairlead_agent_v1_RestoreNetworkResponse__Output
        >;
        RunMessage: MessageTypeDefinition<_fairlead_agent_v1_RunMessage, _fairlead_agent_v1_RunMessage__Output>;
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
        WatchInventoryRequest: MessageTypeDefinition<
          _fairlead_agent_v1_WatchInventoryRequest,
          _fairlead_agent_v1_WatchInventoryRequest__Output
        >;
      };
    };
  };
}
