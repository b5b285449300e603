// Generated from proto/fairlead/agent/v1/network_service.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  ConnectContainerRequest as _fairlead_agent_v1_ConnectContainerRequest,
  ConnectContainerRequest__Output as _fairlead_agent_v1_ConnectContainerRequest__Output,
} from '../../../fairlead/agent/v1/ConnectContainerRequest.js';
import type {
  ConnectContainerResponse as _fairlead_agent_v1_ConnectContainerResponse,
  ConnectContainerResponse__Output as _fairlead_agent_v1_ConnectContainerResponse__Output,
} from '../../../fairlead/agent/v1/ConnectContainerResponse.js';
import type {
  CreateNetworkRequest as _fairlead_agent_v1_CreateNetworkRequest,
  CreateNetworkRequest__Output as _fairlead_agent_v1_CreateNetworkRequest__Output,
} from '../../../fairlead/agent/v1/CreateNetworkRequest.js';
import type {
  CreateNetworkResponse as _fairlead_agent_v1_CreateNetworkResponse,
  CreateNetworkResponse__Output as _fairlead_agent_v1_CreateNetworkResponse__Output,
} from '../../../fairlead/agent/v1/CreateNetworkResponse.js';
import type {
  DescribeHostRequest as _fairlead_agent_v1_DescribeHostRequest,
  DescribeHostRequest__Output as _fairlead_agent_v1_DescribeHostRequest__Output,
} from '../../../fairlead/agent/v1/DescribeHostRequest.js';
import type {
  DisconnectContainerRequest as _fairlead_agent_v1_DisconnectContainerRequest,
  DisconnectContainerRequest__Output as _fairlead_agent_v1_DisconnectContainerRequest__Output,
} from '../../../fairlead/agent/v1/DisconnectContainerRequest.js';
import type {
  DisconnectContainerResponse as _fairlead_agent_v1_DisconnectContainerResponse,
  DisconnectContainerResponse__Output as _fairlead_agent_v1_DisconnectContainerResponse__Output,
} from '../../../fairlead/agent/v1/DisconnectContainerResponse.js';
import type {
  HostMessage as _fairlead_agent_v1_HostMessage,
  HostMessage__Output as _fairlead_agent_v1_HostMessage__Output,
} from '../../../fairlead/agent/v1/HostMessage.js';
import type {
  InspectNetworkRequest as _fairlead_agent_v1_InspectNetworkRequest,
  InspectNetworkRequest__Output as _fairlead_agent_v1_InspectNetworkRequest__Output,
} from '../../../fairlead/agent/v1/InspectNetworkRequest.js';
import type {
  InventoryUpdate as _fairlead_agent_v1_InventoryUpdate,
  InventoryUpdate__Output as _fairlead_agent_v1_InventoryUpdate__Output,
} from '../../../fairlead/agent/v1/InventoryUpdate.js';
import type {
  ListNetworksRequest as _fairlead_agent_v1_ListNetworksRequest,
  ListNetworksRequest__Output as _fairlead_agent_v1_ListNetworksRequest__Output,
} from '../../../fairlead/agent/v1/ListNetworksRequest.js';
import type {
  ListNetworksResponse as _fairlead_agent_v1_ListNetworksResponse,
  ListNetworksResponse__Output as _fairlead_agent_v1_ListNetworksResponse__Output,
} from '../../../fairlead/agent/v1/ListNetworksResponse.js';
import type {
  LookUpOperationRequest as _fairlead_agent_v1_LookUpOperationRequest,
  LookUpOperationRequest__Output as _fairlead_agent_v1_LookUpOperationRequest__Output,
} from '../../../fairlead/agent/v1/LookUpOperationRequest.js';
import type {
  LookUpOperationResponse as _fairlead_agent_v1_LookUpOperationResponse,
  LookUpOperationResponse__Output as _fairlead_agent_v1_LookUpOperationResponse__Output,
} from '../../../fairlead/agent/v1/LookUpOperationResponse.js';
import type {
  NetworkMessage as _fairlead_agent_v1_NetworkMessage,
  NetworkMessage__Output as _fairlead_agent_v1_NetworkMessage__Output,
} from '../../../fairlead/agent/v1/NetworkMessage.js';
import type {
  PlanRestoreRequest as _fairlead_agent_v1_PlanRestoreRequest,
  PlanRestoreRequest__Output as _fairlead_agent_v1_PlanRestoreRequest__Output,
} from '../../../fairlead/agent/v1/PlanRestoreRequest.js';
import type {
  PlanRestoreResponse as _fairlead_agent_v1_PlanRestoreResponse,
  PlanRestoreResponse__Output as _fairlead_agent_v1_PlanRestoreResponse__Output,
} from '../../../fairlead/agent/v1/PlanRestoreResponse.js';
import type {
  ProbeRequest as _fairlead_agent_v1_ProbeRequest,
  ProbeRequest__Output as _fairlead_agent_v1_ProbeRequest__Output,
} from '../../../fairlead/agent/v1/ProbeRequest.js';
import type {
  ProbeResponse as _fairlead_agent_v1_ProbeResponse,
  ProbeResponse__Output as _fairlead_agent_v1_ProbeResponse__Output,
} from '../../../fairlead/agent/v1/ProbeResponse.js';
import type {
  PruneItemResult as _fairlead_agent_v1_PruneItemResult,
  PruneItemResult__Output as _fairlead_agent_v1_PruneItemResult__Output,
} from '../../../fairlead/agent/v1/PruneItemResult.js';
import type {
  PruneNetworksRequest as _fairlead_agent_v1_PruneNetworksRequest,
  PruneNetworksRequest__Output as _fairlead_agent_v1_PruneNetworksRequest__Output,
} from '../../../fairlead/agent/v1/PruneNetworksRequest.js';
import type {
  RemoveNetworkRequest as _fairlead_agent_v1_RemoveNetworkRequest,
  RemoveNetworkRequest__Output as _fairlead_agent_v1_RemoveNetworkRequest__Output,
} from '../../../fairlead/agent/v1/RemoveNetworkRequest.js';
import type {
  RemoveNetworkResponse as _fairlead_agent_v1_RemoveNetworkResponse,
  RemoveNetworkResponse__Output as _fairlead_agent_v1_RemoveNetworkResponse__Output,
} from '../../../fairlead/agent/v1/RemoveNetworkResponse.js';
import type {
  RestoreNetworkRequest as _fairlead_agent_v1_RestoreNetworkRequest,
  RestoreNetworkRequest__Output as _fairlead_agent_v1_RestoreNetworkRequest__Output,
} from '../../../fairlead/agent/v1/RestoreNetworkRequest.js';
import type {
  RestoreNetworkResponse as _fairlead_agent_v1_RestoreNetworkResponse,
  RestoreNetworkResponse__Output as _fairlead_agent_v1_RestoreNetworkResponse__Output,
} from '../../../fairlead/agent/v1/RestoreNetworkResponse.js';
import type {
  WatchInventoryRequest as _fairlead_agent_v1_WatchInventoryRequest,
  WatchInventoryRequest__Output as _fairlead_agent_v1_WatchInventoryRequest__Output,
} from '../../../fairlead/agent/v1/WatchInventoryRequest.js';

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
export interface NetworkServiceClient extends grpc.Client {
  /**
   * Attaches a container, running or stopped. Caller: controller. Once for each
   * operation id. Errors: network_not_found, container_not_found,
   * already_connected, engine_refused.
   */
  ConnectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  ConnectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  ConnectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  ConnectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Attaches a container, running or stopped. Caller: controller. Once for each
   * operation id. Errors: network_not_found, container_not_found,
   * already_connected, engine_refused.
   */
  connectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  connectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  connectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  connectContainer(
    argument: _fairlead_agent_v1_ConnectContainerRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ConnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Creates a network. Caller: controller. Once for each operation id. Errors:
   * already_exists, subnet_overlap, addresses_exhausted, not_swarm_manager,
   * invalid_argument, engine_refused, engine_failed.
   */
  CreateNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  CreateNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  CreateNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  CreateNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Creates a network. Caller: controller. Once for each operation id. Errors:
   * already_exists, subnet_overlap, addresses_exhausted, not_swarm_manager,
   * invalid_argument, engine_refused, engine_failed.
   */
  createNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  createNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  createNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  createNetwork(
    argument: _fairlead_agent_v1_CreateNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_CreateNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * The host, its engine and the agent. Caller: controller. No side effect.
   */
  DescribeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;
  DescribeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;
  DescribeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;
  DescribeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * The host, its engine and the agent. Caller: controller. No side effect.
   */
  describeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;
  describeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;
  describeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;
  describeHost(
    argument: _fairlead_agent_v1_DescribeHostRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_HostMessage__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Detaches a container. Caller: controller. Once for each operation id.
   * Errors: network_not_found, container_not_found, not_connected.
   */
  DisconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  DisconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  DisconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  DisconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Detaches a container. Caller: controller. Once for each operation id.
   * Errors: network_not_found, container_not_found, not_connected.
   */
  disconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  disconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  disconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;
  disconnectContainer(
    argument: _fairlead_agent_v1_DisconnectContainerRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_DisconnectContainerResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * One network by full id, unique name or unique id prefix, read from the
   * engine now. Caller: controller. No side effect. Errors: network_not_found,
   * ambiguous_name, engine_unavailable.
   */
  InspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;
  InspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;
  InspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;
  InspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * One network by full id, unique name or unique id prefix, read from the
   * engine now. Caller: controller. No side effect. Errors: network_not_found,
   * ambiguous_name, engine_unavailable.
   */
  inspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;
  inspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;
  inspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;
  inspectNetwork(
    argument: _fairlead_agent_v1_InspectNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_NetworkMessage__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * All networks with their endpoints, read from the engine now. Caller:
   * controller. No side effect. Errors: engine_unavailable.
   */
  ListNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * All networks with their endpoints, read from the engine now. Caller:
   * controller. No side effect. Errors: engine_unavailable.
   */
  listNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;
  listNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;
  listNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;
  listNetworks(
    argument: _fairlead_agent_v1_ListNetworksRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListNetworksResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * What became of an operation: from the journal, else by looking at the
   * engine. An id the agent has never seen is refused from then on, so that
   * "not started" stays true. Caller: controller. Idempotent.
   */
  LookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;
  LookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;
  LookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;
  LookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * What became of an operation: from the journal, else by looking at the
   * engine. An id the agent has never seen is refused from then on, so that
   * "not started" stays true. Caller: controller. Idempotent.
   */
  lookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;
  lookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;
  lookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;
  lookUpOperation(
    argument: _fairlead_agent_v1_LookUpOperationRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_LookUpOperationResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * What making a removed network again would meet on this host, read from the
   * journal and the engine now. Caller: controller. No side effect. Errors:
   * record_mismatch (the record is not the one that was journaled, or has been
   * tampered with), engine_unavailable, journal_failed.
   */
  PlanRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;
  PlanRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;
  PlanRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;
  PlanRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * What making a removed network again would meet on this host, read from the
   * journal and the engine now. Caller: controller. No side effect. Errors:
   * record_mismatch (the record is not the one that was journaled, or has been
   * tampered with), engine_unavailable, journal_failed.
   */
  planRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;
  planRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;
  planRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;
  planRestore(
    argument: _fairlead_agent_v1_PlanRestoreRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_PlanRestoreResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Resolves a name and pings it inside a container's network. Caller:
   * controller. Sends a few echo requests, changes nothing. Errors:
   * container_not_found, invalid_argument.
   */
  Probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Resolves a name and pings it inside a container's network. Caller:
   * controller. Sends a few echo requests, changes nothing. Errors:
   * container_not_found, invalid_argument.
   */
  probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;
  probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;
  probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;
  probe(
    argument: _fairlead_agent_v1_ProbeRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ProbeResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Removes the networks of an itemised list, each as RemoveNetwork does, one
   * after the other; a result for each as it happens. Caller: controller. Once
   * for each operation id; a cancelled call stops between two items. Errors:
   * plan_stale (a newer run of the same policy has been here).
   */
  PruneNetworks(
    argument: _fairlead_agent_v1_PruneNetworksRequest,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_PruneItemResult__Output>;
  PruneNetworks(
    argument: _fairlead_agent_v1_PruneNetworksRequest,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_PruneItemResult__Output>;
  /**
   * Removes the networks of an itemised list, each as RemoveNetwork does, one
   * after the other; a result for each as it happens. Caller: controller. Once
   * for each operation id; a cancelled call stops between two items. Errors:
   * plan_stale (a newer run of the same policy has been here).
   */
  pruneNetworks(
    argument: _fairlead_agent_v1_PruneNetworksRequest,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_PruneItemResult__Output>;
  pruneNetworks(
    argument: _fairlead_agent_v1_PruneNetworksRequest,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_PruneItemResult__Output>;

  /**
   * Removes one network by its full id: looks that the id is still that network
   * and that nobody uses it, journals its full record, removes, looks again.
   * Caller: controller. Once for each operation id. Errors: network_in_use
   * (naming the containers), network_predefined, network_changed,
   * network_not_found, journal_failed.
   */
  RemoveNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  RemoveNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  RemoveNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  RemoveNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Removes one network by its full id: looks that the id is still that network
   * and that nobody uses it, journals its full record, removes, looks again.
   * Caller: controller. Once for each operation id. Errors: network_in_use
   * (naming the containers), network_predefined, network_changed,
   * network_not_found, journal_failed.
   */
  removeNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  removeNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  removeNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  removeNetwork(
    argument: _fairlead_agent_v1_RemoveNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_RemoveNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Makes a removed network again and attaches again the containers that lost
   * it, running or stopped. Nothing is done where PlanRestore shows a conflict.
   * Where the network is there already, as an earlier restore that was cut short
   * has left it, only the attaching is done. Caller: controller. Once for each
   * operation id. Errors: record_mismatch, already_exists and subnet_overlap
   * (naming the holder), addresses_exhausted, not_swarm_manager, policy_refused,
   * engine_refused, engine_failed, engine_unavailable, journal_failed. A
   * container that cannot be attached is told in the answer, and is no error.
   */
  RestoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  RestoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  RestoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  RestoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Makes a removed network again and attaches again the containers that lost
   * it, running or stopped. Nothing is done where PlanRestore shows a conflict.
   * Where the network is there already, as an earlier restore that was cut short
   * has left it, only the attaching is done. Caller: controller. Once for each
   * operation id. Errors: record_mismatch, already_exists and subnet_overlap
   * (naming the holder), addresses_exhausted, not_swarm_manager, policy_refused,
   * engine_refused, engine_failed, engine_unavailable, journal_failed. A
   * container that cannot be attached is told in the answer, and is no error.
   */
  restoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  restoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  restoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;
  restoreNetwork(
    argument: _fairlead_agent_v1_RestoreNetworkRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_RestoreNetworkResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Snapshot (or bookmark, where asked for), then chained deltas and bookmarks,
   * until the caller ends it. A second snapshot comes on the same stream when the
   * chain breaks. Caller: controller. No side effect.
   */
  WatchInventory(
    argument: _fairlead_agent_v1_WatchInventoryRequest,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_InventoryUpdate__Output>;
  WatchInventory(
    argument: _fairlead_agent_v1_WatchInventoryRequest,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_InventoryUpdate__Output>;
  /**
   * Snapshot (or bookmark, where asked for), then chained deltas and bookmarks,
   * until the caller ends it. A second snapshot comes on the same stream when the
   * chain breaks. Caller: controller. No side effect.
   */
  watchInventory(
    argument: _fairlead_agent_v1_WatchInventoryRequest,
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_InventoryUpdate__Output>;
  watchInventory(
    argument: _fairlead_agent_v1_WatchInventoryRequest,
    options?: grpc.CallOptions,
  ): grpc.ClientReadableStream<_fairlead_agent_v1_InventoryUpdate__Output>;
}

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
export interface NetworkServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Attaches a container, running or stopped. Caller: controller. Once for each
   * operation id. Errors: network_not_found, container_not_found,
   * already_connected, engine_refused.
   */
  ConnectContainer: grpc.handleUnaryCall<
    _fairlead_agent_v1_ConnectContainerRequest__Output,
    _fairlead_agent_v1_ConnectContainerResponse
  >;

  /**
   * Creates a network. Caller: controller. Once for each operation id. Errors:
   * already_exists, subnet_overlap, addresses_exhausted, not_swarm_manager,
   * invalid_argument, engine_refused, engine_failed.
   */
  CreateNetwork: grpc.handleUnaryCall<
    _fairlead_agent_v1_CreateNetworkRequest__Output,
    _fairlead_agent_v1_CreateNetworkResponse
  >;

  /**
   * The host, its engine and the agent. Caller: controller. No side effect.
   */
  DescribeHost: grpc.handleUnaryCall<_fairlead_agent_v1_DescribeHostRequest__Output, _fairlead_agent_v1_HostMessage>;

  /**
   * Detaches a container. Caller: controller. Once for each operation id.
   * Errors: network_not_found, container_not_found, not_connected.
   */
  DisconnectContainer: grpc.handleUnaryCall<
    _fairlead_agent_v1_DisconnectContainerRequest__Output,
    _fairlead_agent_v1_DisconnectContainerResponse
  >;

  /**
   * One network by full id, unique name or unique id prefix, read from the
   * engine now. Caller: controller. No side effect. Errors: network_not_found,
   * ambiguous_name, engine_unavailable.
   */
  InspectNetwork: grpc.handleUnaryCall<
    _fairlead_agent_v1_InspectNetworkRequest__Output,
    _fairlead_agent_v1_NetworkMessage
  >;

  /**
   * All networks with their endpoints, read from the engine now. Caller:
   * controller. No side effect. Errors: engine_unavailable.
   */
  ListNetworks: grpc.handleUnaryCall<
    _fairlead_agent_v1_ListNetworksRequest__Output,
    _fairlead_agent_v1_ListNetworksResponse
  >;

  /**
   * What became of an operation: from the journal, else by looking at the
   * engine. An id the agent has never seen is refused from then on, so that
   * "not started" stays true. Caller: controller. Idempotent.
   */
  LookUpOperation: grpc.handleUnaryCall<
    _fairlead_agent_v1_LookUpOperationRequest__Output,
    _fairlead_agent_v1_LookUpOperationResponse
  >;

  /**
   * What making a removed network again would meet on this host, read from the
   * journal and the engine now. Caller: controller. No side effect. Errors:
   * record_mismatch (the record is not the one that was journaled, or has been
   * tampered with), engine_unavailable, journal_failed.
   */
  PlanRestore: grpc.handleUnaryCall<
    _fairlead_agent_v1_PlanRestoreRequest__Output,
    _fairlead_agent_v1_PlanRestoreResponse
  >;

  /**
   * Resolves a name and pings it inside a container's network. Caller:
   * controller. Sends a few echo requests, changes nothing. Errors:
   * container_not_found, invalid_argument.
   */
  Probe: grpc.handleUnaryCall<_fairlead_agent_v1_ProbeRequest__Output, _fairlead_agent_v1_ProbeResponse>;

  /**
   * Removes the networks of an itemised list, each as RemoveNetwork does, one
   * after the other; a result for each as it happens. Caller: controller. Once
   * for each operation id; a cancelled call stops between two items. Errors:
   * plan_stale (a newer run of the same policy has been here).
   */
  PruneNetworks: grpc.handleServerStreamingCall<
    _fairlead_agent_v1_PruneNetworksRequest__Output,
    _fairlead_agent_v1_PruneItemResult
  >;

  /**
   * Removes one network by its full id: looks that the id is still that network
   * and that nobody uses it, journals its full record, removes, looks again.
   * Caller: controller. Once for each operation id. Errors: network_in_use
   * (naming the containers), network_predefined, network_changed,
   * network_not_found, journal_failed.
   */
  RemoveNetwork: grpc.handleUnaryCall<
    _fairlead_agent_v1_RemoveNetworkRequest__Output,
    _fairlead_agent_v1_RemoveNetworkResponse
  >;

  /**
   * Makes a removed network again and attaches again the containers that lost
   * it, running or stopped. Nothing is done where PlanRestore shows a conflict.
   * Where the network is there already, as an earlier restore that was cut short
   * has left it, only the attaching is done. Caller: controller. Once for each
   * operation id. Errors: record_mismatch, already_exists and subnet_overlap
   * (naming the holder), addresses_exhausted, not_swarm_manager, policy_refused,
   * engine_refused, engine_failed, engine_unavailable, journal_failed. A
   * container that cannot be attached is told in the answer, and is no error.
   */
  RestoreNetwork: grpc.handleUnaryCall<
    _fairlead_agent_v1_RestoreNetworkRequest__Output,
    _fairlead_agent_v1_RestoreNetworkResponse
  >;

  /**
   * Snapshot (or bookmark, where asked for), then chained deltas and bookmarks,
   * until the caller ends it. A second snapshot comes on the same stream when the
   * chain breaks. Caller: controller. No side effect.
   */
  WatchInventory: grpc.handleServerStreamingCall<
    _fairlead_agent_v1_WatchInventoryRequest__Output,
    _fairlead_agent_v1_InventoryUpdate
  >;
}

export interface NetworkServiceDefinition extends grpc.ServiceDefinition {
  ConnectContainer: MethodDefinition<
    _fairlead_agent_v1_ConnectContainerRequest,
    _fairlead_agent_v1_ConnectContainerResponse,
    _fairlead_agent_v1_ConnectContainerRequest__Output,
    _fairlead_agent_v1_ConnectContainerResponse__Output
  >;
  CreateNetwork: MethodDefinition<
    _fairlead_agent_v1_CreateNetworkRequest,
    _fairlead_agent_v1_CreateNetworkResponse,
    _fairlead_agent_v1_CreateNetworkRequest__Output,
    _fairlead_agent_v1_CreateNetworkResponse__Output
  >;
  DescribeHost: MethodDefinition<
    _fairlead_agent_v1_DescribeHostRequest,
    _fairlead_agent_v1_HostMessage,
    _fairlead_agent_v1_DescribeHostRequest__Output,
    _fairlead_agent_v1_HostMessage__Output
  >;
  DisconnectContainer: MethodDefinition<
    _fairlead_agent_v1_DisconnectContainerRequest,
    _fairlead_agent_v1_DisconnectContainerResponse,
    _fairlead_agent_v1_DisconnectContainerRequest__Output,
    _fairlead_agent_v1_DisconnectContainerResponse__Output
  >;
  InspectNetwork: MethodDefinition<
    _fairlead_agent_v1_InspectNetworkRequest,
    _fairlead_agent_v1_NetworkMessage,
    _fairlead_agent_v1_InspectNetworkRequest__Output,
    _fairlead_agent_v1_NetworkMessage__Output
  >;
  ListNetworks: MethodDefinition<
    _fairlead_agent_v1_ListNetworksRequest,
    _fairlead_agent_v1_ListNetworksResponse,
    _fairlead_agent_v1_ListNetworksRequest__Output,
    _fairlead_agent_v1_ListNetworksResponse__Output
  >;
  LookUpOperation: MethodDefinition<
    _fairlead_agent_v1_LookUpOperationRequest,
    _fairlead_agent_v1_LookUpOperationResponse,
    _fairlead_agent_v1_LookUpOperationRequest__Output,
    _fairlead_agent_v1_LookUpOperationResponse__Output
  >;
  PlanRestore: MethodDefinition<
    _fairlead_agent_v1_PlanRestoreRequest,
    _fairlead_agent_v1_PlanRestoreResponse,
    _fairlead_agent_v1_PlanRestoreRequest__Output,
    _fairlead_agent_v1_PlanRestoreResponse__Output
  >;
  Probe: MethodDefinition<
    _fairlead_agent_v1_ProbeRequest,
    _fairlead_agent_v1_ProbeResponse,
    _fairlead_agent_v1_ProbeRequest__Output,
    _fairlead_agent_v1_ProbeResponse__Output
  >;
  PruneNetworks: MethodDefinition<
    _fairlead_agent_v1_PruneNetworksRequest,
    _fairlead_agent_v1_PruneItemResult,
    _fairlead_agent_v1_PruneNetworksRequest__Output,
    _fairlead_agent_v1_PruneItemResult__Output
  >;
  RemoveNetwork: MethodDefinition<
    _fairlead_agent_v1_RemoveNetworkRequest,
    _fairlead_agent_v1_RemoveNetworkResponse,
    _fairlead_agent_v1_RemoveNetworkRequest__Output,
    _fairlead_agent_v1_RemoveNetworkResponse__Output
  >;
  RestoreNetwork: MethodDefinition<
    _fairlead_agent_v1_RestoreNetworkRequest,
    _fairlead_agent_v1_RestoreNetworkResponse,
    _fairlead_agent_v1_RestoreNetworkRequest__Output,
    _fairlead_agent_v1_RestoreNetworkResponse__Output
  >;
  WatchInventory: MethodDefinition<
    _fairlead_agent_v1_WatchInventoryRequest,
    _fairlead_agent_v1_InventoryUpdate,
    _fairlead_agent_v1_WatchInventoryRequest__Output,
    _fairlead_agent_v1_InventoryUpdate__Output
  >;
}
