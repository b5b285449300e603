import type {
  ConnectContainerRequest,
  ConnectContainerRequest__Output,
} from './generated/fairlead/agent/v1/ConnectContainerRequest.js';
import type {
  ConnectContainerResponse,
  ConnectContainerResponse__Output,
} from './generated/fairlead/agent/v1/ConnectContainerResponse.js';
import type {
  CreateNetworkRequest,
  CreateNetworkRequest__Output,
} from './generated/fairlead/agent/v1/CreateNetworkRequest.js';
import type {
  CreateNetworkResponse,
  CreateNetworkResponse__Output,
} from './generated/fairlead/agent/v1/CreateNetworkResponse.js';
import type {
  DescribeHostRequest,
  DescribeHostRequest__Output,
} from './generated/fairlead/agent/v1/DescribeHostRequest.js';
import type {
  DisconnectContainerRequest,
  DisconnectContainerRequest__Output,
} from './generated/fairlead/agent/v1/DisconnectContainerRequest.js';
import type {
  DisconnectContainerResponse,
  DisconnectContainerResponse__Output,
} from './generated/fairlead/agent/v1/DisconnectContainerResponse.js';
import type { HostMessage, HostMessage__Output } from './generated/fairlead/agent/v1/HostMessage.js';
import type {
  InspectNetworkRequest,
  InspectNetworkRequest__Output,
} from './generated/fairlead/agent/v1/InspectNetworkRequest.js';
import type { InventoryUpdate, InventoryUpdate__Output } from './generated/fairlead/agent/v1/InventoryUpdate.js';
import type {
  ListNetworksRequest,
  ListNetworksRequest__Output,
} from './generated/fairlead/agent/v1/ListNetworksRequest.js';
import type {
  ListNetworksResponse,
  ListNetworksResponse__Output,
} from './generated/fairlead/agent/v1/ListNetworksResponse.js';
import type {
  LookUpOperationRequest,
  LookUpOperationRequest__Output,
} from './generated/fairlead/agent/v1/LookUpOperationRequest.js';
import type {
  LookUpOperationResponse,
  LookUpOperationResponse__Output,
} from './generated/fairlead/agent/v1/LookUpOperationResponse.js';
import type { NetworkMessage, NetworkMessage__Output } from './generated/fairlead/agent/v1/NetworkMessage.js';
import type { ProbeRequest, ProbeRequest__Output } from './generated/fairlead/agent/v1/ProbeRequest.js';
import type { ProbeResponse, ProbeResponse__Output } from './generated/fairlead/agent/v1/ProbeResponse.js';
import type { PruneItemResult, PruneItemResult__Output } from './generated/fairlead/agent/v1/PruneItemResult.js';
import type {
  PruneNetworksRequest,
  PruneNetworksRequest__Output,
} from './generated/fairlead/agent/v1/PruneNetworksRequest.js';
import type {
  RemoveNetworkRequest,
  RemoveNetworkRequest__Output,
} from './generated/fairlead/agent/v1/RemoveNetworkRequest.js';
import type {
  RemoveNetworkResponse,
  RemoveNetworkResponse__Output,
} from './generated/fairlead/agent/v1/RemoveNetworkResponse.js';
import type {
  WatchInventoryRequest,
  WatchInventoryRequest__Output,
} from './generated/fairlead/agent/v1/WatchInventoryRequest.js';

/** What one side writes (`In`: fields may be left out) and the other reads (`Out`: all fields are there). */
interface Call<RequestIn, RequestOut, ResponseIn, ResponseOut> {
  readonly requestIn: RequestIn;
  readonly requestOut: RequestOut;
  readonly responseIn: ResponseIn;
  readonly responseOut: ResponseOut;
}

/** The unary methods of `fairlead.agent.v1.NetworkService`. */
export interface UnaryMethods {
  DescribeHost: Call<DescribeHostRequest, DescribeHostRequest__Output, HostMessage, HostMessage__Output>;
  ListNetworks: Call<
    ListNetworksRequest,
    ListNetworksRequest__Output,
    ListNetworksResponse,
    ListNetworksResponse__Output
  >;
  InspectNetwork: Call<InspectNetworkRequest, InspectNetworkRequest__Output, NetworkMessage, NetworkMessage__Output>;
  CreateNetwork: Call<
    CreateNetworkRequest,
    CreateNetworkRequest__Output,
    CreateNetworkResponse,
    CreateNetworkResponse__Output
  >;
  ConnectContainer: Call<
    ConnectContainerRequest,
    ConnectContainerRequest__Output,
    ConnectContainerResponse,
    ConnectContainerResponse__Output
  >;
  DisconnectContainer: Call<
    DisconnectContainerRequest,
    DisconnectContainerRequest__Output,
    DisconnectContainerResponse,
    DisconnectContainerResponse__Output
  >;
  RemoveNetwork: Call<
    RemoveNetworkRequest,
    RemoveNetworkRequest__Output,
    RemoveNetworkResponse,
    RemoveNetworkResponse__Output
  >;
  Probe: Call<ProbeRequest, ProbeRequest__Output, ProbeResponse, ProbeResponse__Output>;
  LookUpOperation: Call<
    LookUpOperationRequest,
    LookUpOperationRequest__Output,
    LookUpOperationResponse,
    LookUpOperationResponse__Output
  >;
}

/** Its server-streaming methods. */
export interface StreamMethods {
  PruneNetworks: Call<PruneNetworksRequest, PruneNetworksRequest__Output, PruneItemResult, PruneItemResult__Output>;
  WatchInventory: Call<WatchInventoryRequest, WatchInventoryRequest__Output, InventoryUpdate, InventoryUpdate__Output>;
}

export type UnaryMethod = keyof UnaryMethods;
export type StreamMethod = keyof StreamMethods;
export type Methods = UnaryMethods & StreamMethods;
export type Method = keyof Methods;

export interface CallContext {
  /** Aborts when the caller gave up, the deadline passed, or the session ended. */
  readonly signal: AbortSignal;
  /** Milliseconds left, by the agent's steady clock; Infinity without a deadline. */
  remainingMs(): number;
}

/**
 * The agent's one implementation of NetworkService, carried by its own gRPC server and by its session alike. Handlers
 * throw FairleadError; the carriers turn it into a status with trailers, or into an InvocationResult.
 */
export type NetworkServiceHandlers = {
  readonly [M in UnaryMethod]: (
    request: UnaryMethods[M]['requestOut'],
    context: CallContext,
  ) => Promise<UnaryMethods[M]['responseIn']>;
} & {
  readonly [M in StreamMethod]: (
    request: StreamMethods[M]['requestOut'],
    context: CallContext,
  ) => AsyncIterable<StreamMethods[M]['responseIn']>;
};

export interface InvokeOptions {
  /** Time for the whole call, in milliseconds. It travels as a duration. */
  readonly deadlineMs: number;
  /**
   * Asks the agent to stop. The call then ends with the agent's last word where it still comes (a session), else with
   * `outcome_unknown` (a dialled agent: gRPC drops a cancelled call).
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * One agent's live link as the controller sees it, whichever side dialled.
 *
 * Invariants: once closed it stays closed; after `closed` has resolved no update and no answer arrives; a call begun on
 * a closed connection throws `host_unavailable` and has sent nothing; a call whose answer was lost throws
 * `outcome_unknown`.
 */
export interface HostConnection {
  readonly host: HostMessage__Output;
  /** Random for each agent process. */
  readonly instanceId: string;
  readonly sessionId: string;
  /** Where the agent is, for people: `unix` or address and port. */
  readonly peer: string;
  /** When the last message of the agent came in: milliseconds since the epoch, by the controller's clock. */
  readonly lastHeardAt: number;
  /**
   * Inventory updates that have come in so far. Whatever the agent sent before an answer is counted when that answer
   * resolves, so that a reader of `updates` can tell when it has caught up with it.
   */
  readonly updatesReceived: number;
  /** Resolves with the reason when the session has ended. Never rejects. */
  readonly closed: Promise<string>;
  invoke<M extends UnaryMethod>(
    method: M,
    request: UnaryMethods[M]['requestIn'],
    options: InvokeOptions,
  ): Promise<UnaryMethods[M]['responseOut']>;
  invokeStream<M extends StreamMethod>(
    method: M,
    request: StreamMethods[M]['requestIn'],
    options: InvokeOptions,
  ): AsyncIterable<StreamMethods[M]['responseOut']>;
  /**
   * Inventory updates in order, for one consumer; reading slowly slows the agent down, never the engine. Answers share
   * the stream with the updates: a consumer that waits for a call between two updates can wait for itself.
   */
  updates(): AsyncIterable<InventoryUpdate__Output>;
  requestSnapshot(reason: string): void;
  close(reason: string): void;
}
