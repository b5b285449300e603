// Generated from proto/fairlead/link/v1/enrolment.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  ChallengeRequest as _fairlead_link_v1_ChallengeRequest,
  ChallengeRequest__Output as _fairlead_link_v1_ChallengeRequest__Output,
} from '../../../fairlead/link/v1/ChallengeRequest.js';
import type {
  ChallengeResponse as _fairlead_link_v1_ChallengeResponse,
  ChallengeResponse__Output as _fairlead_link_v1_ChallengeResponse__Output,
} from '../../../fairlead/link/v1/ChallengeResponse.js';
import type {
  EnrolledMessage as _fairlead_link_v1_EnrolledMessage,
  EnrolledMessage__Output as _fairlead_link_v1_EnrolledMessage__Output,
} from '../../../fairlead/link/v1/EnrolledMessage.js';
import type {
  JoinRequest as _fairlead_link_v1_JoinRequest,
  JoinRequest__Output as _fairlead_link_v1_JoinRequest__Output,
} from '../../../fairlead/link/v1/JoinRequest.js';
import type {
  RecoverRequest as _fairlead_link_v1_RecoverRequest,
  RecoverRequest__Output as _fairlead_link_v1_RecoverRequest__Output,
} from '../../../fairlead/link/v1/RecoverRequest.js';

/**
 * How a host gets its identity. Served on the link's TLS port beside AgentLink, to
 * callers that show no certificate. Callers have checked the digest of the root
 * before they send anything here.
 *
 * Nothing of a request but its public keys finds its way into a certificate: every
 * name is the controller's. Hence no PKCS#10.
 *
 * Errors: a gRPC status with the trailers of NetworkService.
 */
export interface EnrolmentClient extends grpc.Client {
  /**
   * A nonce for one Join or Recover, good for a minute. Caller: anyone. Errors:
   * overloaded.
   */
  Challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;
  Challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * A nonce for one Join or Recover, good for a minute. Caller: anyone. Errors:
   * overloaded.
   */
  challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;
  challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;
  challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;
  challenge(
    argument: _fairlead_link_v1_ChallengeRequest,
    callback: grpc.requestCallback<_fairlead_link_v1_ChallengeResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Uses up a join token and registers the host's key. Caller: holder of a join
   * token. The same token with the same key within 10 minutes gives the same
   * certificate (the answer was lost). Errors: token_refused (used, expired,
   * unknown: told apart only to holders of the secret), already_exists (the name is
   * taken), invalid_argument (key or proof), overloaded.
   */
  Join(
    argument: _fairlead_link_v1_JoinRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  Join(
    argument: _fairlead_link_v1_JoinRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  Join(
    argument: _fairlead_link_v1_JoinRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  Join(
    argument: _fairlead_link_v1_JoinRequest,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Uses up a join token and registers the host's key. Caller: holder of a join
   * token. The same token with the same key within 10 minutes gives the same
   * certificate (the answer was lost). Errors: token_refused (used, expired,
   * unknown: told apart only to holders of the secret), already_exists (the name is
   * taken), invalid_argument (key or proof), overloaded.
   */
  join(
    argument: _fairlead_link_v1_JoinRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  join(
    argument: _fairlead_link_v1_JoinRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  join(
    argument: _fairlead_link_v1_JoinRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  join(
    argument: _fairlead_link_v1_JoinRequest,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * A new certificate for a host whose own has expired, within 30 days of it.
   * Caller: holder of the key that is registered for the host. Errors:
   * identity_refused, host_quarantined, invalid_argument, overloaded.
   */
  Recover(
    argument: _fairlead_link_v1_RecoverRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  Recover(
    argument: _fairlead_link_v1_RecoverRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  Recover(
    argument: _fairlead_link_v1_RecoverRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  Recover(
    argument: _fairlead_link_v1_RecoverRequest,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * A new certificate for a host whose own has expired, within 30 days of it.
   * Caller: holder of the key that is registered for the host. Errors:
   * identity_refused, host_quarantined, invalid_argument, overloaded.
   */
  recover(
    argument: _fairlead_link_v1_RecoverRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  recover(
    argument: _fairlead_link_v1_RecoverRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  recover(
    argument: _fairlead_link_v1_RecoverRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
  recover(
    argument: _fairlead_link_v1_RecoverRequest,
    callback: grpc.requestCallback<_fairlead_link_v1_EnrolledMessage__Output>,
  ): grpc.ClientUnaryCall;
}

/**
 * How a host gets its identity. Served on the link's TLS port beside AgentLink, to
 * callers that show no certificate. Callers have checked the digest of the root
 * before they send anything here.
 *
 * Nothing of a request but its public keys finds its way into a certificate: every
 * name is the controller's. Hence no PKCS#10.
 *
 * Errors: a gRPC status with the trailers of NetworkService.
 */
export interface EnrolmentHandlers extends grpc.UntypedServiceImplementation {
  /**
   * A nonce for one Join or Recover, good for a minute. Caller: anyone. Errors:
   * overloaded.
   */
  Challenge: grpc.handleUnaryCall<_fairlead_link_v1_ChallengeRequest__Output, _fairlead_link_v1_ChallengeResponse>;

  /**
   * Uses up a join token and registers the host's key. Caller: holder of a join
   * token. The same token with the same key within 10 minutes gives the same
   * certificate (the answer was lost). Errors: token_refused (used, expired,
   * unknown: told apart only to holders of the secret), already_exists (the name is
   * taken), invalid_argument (key or proof), overloaded.
   */
  Join: grpc.handleUnaryCall<_fairlead_link_v1_JoinRequest__Output, _fairlead_link_v1_EnrolledMessage>;

  /**
   * A new certificate for a host whose own has expired, within 30 days of it.
   * Caller: holder of the key that is registered for the host. Errors:
   * identity_refused, host_quarantined, invalid_argument, overloaded.
   */
  Recover: grpc.handleUnaryCall<_fairlead_link_v1_RecoverRequest__Output, _fairlead_link_v1_EnrolledMessage>;
}

export interface EnrolmentDefinition extends grpc.ServiceDefinition {
  Challenge: MethodDefinition<
    _fairlead_link_v1_ChallengeRequest,
    _fairlead_link_v1_ChallengeResponse,
    _fairlead_link_v1_ChallengeRequest__Output,
    _fairlead_link_v1_ChallengeResponse__Output
  >;
  Join: MethodDefinition<
    _fairlead_link_v1_JoinRequest,
    _fairlead_link_v1_EnrolledMessage,
    _fairlead_link_v1_JoinRequest__Output,
    _fairlead_link_v1_EnrolledMessage__Output
  >;
  Recover: MethodDefinition<
    _fairlead_link_v1_RecoverRequest,
    _fairlead_link_v1_EnrolledMessage,
    _fairlead_link_v1_RecoverRequest__Output,
    _fairlead_link_v1_EnrolledMessage__Output
  >;
}
