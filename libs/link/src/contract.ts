import type * as m from './messages.js';
import type { Peer } from './peer.js';

/** What one side writes (`In`: fields may be left out) and the other reads (`Out`: all fields are there). */
interface Call<RequestIn, RequestOut, ResponseIn, ResponseOut> {
  readonly requestIn: RequestIn;
  readonly requestOut: RequestOut;
  readonly responseIn: ResponseIn;
  readonly responseOut: ResponseOut;
}

/** The unary methods of `fairlead.agent.v1.NetworkService` and `fairlead.agent.v1.IdentityService`. */
export interface UnaryMethods {
  DescribeHost: Call<m.DescribeHostRequest, m.DescribeHostRequest__Output, m.HostMessage, m.HostMessage__Output>;
  ListNetworks: Call<
    m.ListNetworksRequest,
    m.ListNetworksRequest__Output,
    m.ListNetworksResponse,
    m.ListNetworksResponse__Output
  >;
  InspectNetwork: Call<
    m.InspectNetworkRequest,
    m.InspectNetworkRequest__Output,
    m.NetworkMessage,
    m.NetworkMessage__Output
  >;
  CreateNetwork: Call<
    m.CreateNetworkRequest,
    m.CreateNetworkRequest__Output,
    m.CreateNetworkResponse,
    m.CreateNetworkResponse__Output
  >;
  ConnectContainer: Call<
    m.ConnectContainerRequest,
    m.ConnectContainerRequest__Output,
    m.ConnectContainerResponse,
    m.ConnectContainerResponse__Output
  >;
  DisconnectContainer: Call<
    m.DisconnectContainerRequest,
    m.DisconnectContainerRequest__Output,
    m.DisconnectContainerResponse,
    m.DisconnectContainerResponse__Output
  >;
  RemoveNetwork: Call<
    m.RemoveNetworkRequest,
    m.RemoveNetworkRequest__Output,
    m.RemoveNetworkResponse,
    m.RemoveNetworkResponse__Output
  >;
  PlanRestore: Call<
    m.PlanRestoreRequest,
    m.PlanRestoreRequest__Output,
    m.PlanRestoreResponse,
    m.PlanRestoreResponse__Output
  >;
  RestoreNetwork: Call<
    m.RestoreNetworkRequest,
    m.RestoreNetworkRequest__Output,
    m.RestoreNetworkResponse,
    m.RestoreNetworkResponse__Output
  >;
  Probe: Call<m.ProbeRequest, m.ProbeRequest__Output, m.ProbeResponse, m.ProbeResponse__Output>;
  LookUpOperation: Call<
    m.LookUpOperationRequest,
    m.LookUpOperationRequest__Output,
    m.LookUpOperationResponse,
    m.LookUpOperationResponse__Output
  >;
  RequestCertificate: Call<
    m.RequestCertificateRequest,
    m.RequestCertificateRequest__Output,
    m.SigningRequest,
    m.SigningRequest__Output
  >;
  InstallCertificate: Call<
    m.InstallCertificateRequest,
    m.InstallCertificateRequest__Output,
    m.InstallCertificateResponse,
    m.InstallCertificateResponse__Output
  >;
  UpdateTrust: Call<
    m.UpdateTrustRequest,
    m.UpdateTrustRequest__Output,
    m.UpdateTrustResponse,
    m.UpdateTrustResponse__Output
  >;
  KeepCheckpoint: Call<
    m.CheckpointMessage,
    m.CheckpointMessage__Output,
    m.KeepCheckpointResponse,
    m.KeepCheckpointResponse__Output
  >;
  ListCheckpoints: Call<
    m.ListCheckpointsRequest,
    m.ListCheckpointsRequest__Output,
    m.ListCheckpointsResponse,
    m.ListCheckpointsResponse__Output
  >;
}

/** The server-streaming methods of NetworkService. */
export interface StreamMethods {
  PruneNetworks: Call<
    m.PruneNetworksRequest,
    m.PruneNetworksRequest__Output,
    m.PruneItemResult,
    m.PruneItemResult__Output
  >;
  WatchInventory: Call<
    m.WatchInventoryRequest,
    m.WatchInventoryRequest__Output,
    m.InventoryUpdate,
    m.InventoryUpdate__Output
  >;
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
 * The agent's one implementation of NetworkService and IdentityService, carried by its own gRPC server and by its session alike. Handlers
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
  readonly host: m.HostMessage__Output;
  /** Random for each agent process. */
  readonly instanceId: string;
  readonly sessionId: string;
  /** Where the agent is, for people: `unix` or address and port. */
  readonly peer: string;
  /** Who the agent is, by its certificate alone; `local` over a Unix socket and within one process. */
  readonly identity: Peer;
  /** Time between the agent's bookmarks, ± 10 %, in milliseconds. */
  readonly heartbeatMs: number;
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
  updates(): AsyncIterable<m.InventoryUpdate__Output>;
  /** When one of them came in, which may be long before it is read: as `lastHeardAt`. */
  arrivedAt(update: m.InventoryUpdate__Output): number;
  /** A session begins with a bookmark (with a snapshot where the agent's capability is below 3): this brings a snapshot. */
  requestSnapshot(reason: string): void;
  close(reason: string): void;
}
