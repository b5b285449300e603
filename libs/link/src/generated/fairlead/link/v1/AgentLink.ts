// Generated from proto/fairlead/link/v1/link.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AgentMessage as _fairlead_link_v1_AgentMessage,
  AgentMessage__Output as _fairlead_link_v1_AgentMessage__Output,
} from '../../../fairlead/link/v1/AgentMessage.js';
import type {
  ControllerMessage as _fairlead_link_v1_ControllerMessage,
  ControllerMessage__Output as _fairlead_link_v1_ControllerMessage__Output,
} from '../../../fairlead/link/v1/ControllerMessage.js';

/**
 * The live link of one agent, dialled by the agent. One stream is one session;
 * any fault ends it and the next one starts clean: nothing is half repaired.
 *
 * Refused designs: unary calls from the agent (3 to 9 times the cost a message),
 * a tunnel of bytes to the engine (gives the controller the whole engine), and
 * resuming a session (the state to be resumed is what gets lost).
 *
 * Capability, sent in Hello. A number is never reused or changed in meaning.
 * 1  2026-11-24  Hello, Welcome, invocations, inventory, bookmarks.
 * 2  2026-11-25  IdentityService is invoked like NetworkService; the host tells
 * its policy and the roots that it trusts.
 * 3  2026-11-25  The inventory begins with a bookmark. A receiver that holds the
 * set of its digest takes it for its position, else it asks for
 * a snapshot when it has room for one.
 */
export interface AgentLinkClient extends grpc.Client {
  /**
   * Caller: an agent, by its certificate, or the local agent by its Unix socket. The first message up is Hello, the first one down Welcome.
   * Errors: invalid_argument (bad name), already_exists (the name has a live
   * session from another agent), unsupported (no common capability).
   */
  Attach(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_fairlead_link_v1_AgentMessage, _fairlead_link_v1_ControllerMessage__Output>;
  Attach(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_fairlead_link_v1_AgentMessage, _fairlead_link_v1_ControllerMessage__Output>;
  /**
   * Caller: an agent, by its certificate, or the local agent by its Unix socket. The first message up is Hello, the first one down Welcome.
   * Errors: invalid_argument (bad name), already_exists (the name has a live
   * session from another agent), unsupported (no common capability).
   */
  attach(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_fairlead_link_v1_AgentMessage, _fairlead_link_v1_ControllerMessage__Output>;
  attach(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_fairlead_link_v1_AgentMessage, _fairlead_link_v1_ControllerMessage__Output>;
}

/**
 * The live link of one agent, dialled by the agent. One stream is one session;
 * any fault ends it and the next one starts clean: nothing is half repaired.
 *
 * Refused designs: unary calls from the agent (3 to 9 times the cost a message),
 * a tunnel of bytes to the engine (gives the controller the whole engine), and
 * resuming a session (the state to be resumed is what gets lost).
 *
 * Capability, sent in Hello. A number is never reused or changed in meaning.
 * 1  2026-11-24  Hello, Welcome, invocations, inventory, bookmarks.
 * 2  2026-11-25  IdentityService is invoked like NetworkService; the host tells
 * its policy and the roots that it trusts.
 * 3  2026-11-25  The inventory begins with a bookmark. A receiver that holds the
 * set of its digest takes it for its position, else it asks for
 * a snapshot when it has room for one.
 */
export interface AgentLinkHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Caller: an agent, by its certificate, or the local agent by its Unix socket. The first message up is Hello, the first one down Welcome.
   * Errors: invalid_argument (bad name), already_exists (the name has a live
   * session from another agent), unsupported (no common capability).
   */
  Attach: grpc.handleBidiStreamingCall<_fairlead_link_v1_AgentMessage__Output, _fairlead_link_v1_ControllerMessage>;
}

export interface AgentLinkDefinition extends grpc.ServiceDefinition {
  Attach: MethodDefinition<
    _fairlead_link_v1_AgentMessage,
    _fairlead_link_v1_ControllerMessage,
    _fairlead_link_v1_AgentMessage__Output,
    _fairlead_link_v1_ControllerMessage__Output
  >;
}
