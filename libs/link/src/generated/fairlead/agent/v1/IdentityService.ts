// Generated from proto/fairlead/agent/v1/identity_service.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  CheckpointMessage as _fairlead_agent_v1_CheckpointMessage,
  CheckpointMessage__Output as _fairlead_agent_v1_CheckpointMessage__Output,
} from '../../../fairlead/agent/v1/CheckpointMessage.js';
import type {
  InstallCertificateRequest as _fairlead_agent_v1_InstallCertificateRequest,
  InstallCertificateRequest__Output as _fairlead_agent_v1_InstallCertificateRequest__Output,
} from '../../../fairlead/agent/v1/InstallCertificateRequest.js';
import type {
  InstallCertificateResponse as _fairlead_agent_v1_InstallCertificateResponse,
  InstallCertificateResponse__Output as _fairlead_agent_v1_InstallCertificateResponse__Output,
} from '../../../fairlead/agent/v1/InstallCertificateResponse.js';
import type {
  KeepCheckpointResponse as _fairlead_agent_v1_KeepCheckpointResponse,
  KeepCheckpointResponse__Output as _fairlead_agent_v1_KeepCheckpointResponse__Output,
} from '../../../fairlead/agent/v1/KeepCheckpointResponse.js';
import type {
  ListCheckpointsRequest as _fairlead_agent_v1_ListCheckpointsRequest,
  ListCheckpointsRequest__Output as _fairlead_agent_v1_ListCheckpointsRequest__Output,
} from '../../../fairlead/agent/v1/ListCheckpointsRequest.js';
import type {
  ListCheckpointsResponse as _fairlead_agent_v1_ListCheckpointsResponse,
  ListCheckpointsResponse__Output as _fairlead_agent_v1_ListCheckpointsResponse__Output,
} from '../../../fairlead/agent/v1/ListCheckpointsResponse.js';
import type {
  RequestCertificateRequest as _fairlead_agent_v1_RequestCertificateRequest,
  RequestCertificateRequest__Output as _fairlead_agent_v1_RequestCertificateRequest__Output,
} from '../../../fairlead/agent/v1/RequestCertificateRequest.js';
import type {
  SigningRequest as _fairlead_agent_v1_SigningRequest,
  SigningRequest__Output as _fairlead_agent_v1_SigningRequest__Output,
} from '../../../fairlead/agent/v1/SigningRequest.js';
import type {
  UpdateTrustRequest as _fairlead_agent_v1_UpdateTrustRequest,
  UpdateTrustRequest__Output as _fairlead_agent_v1_UpdateTrustRequest__Output,
} from '../../../fairlead/agent/v1/UpdateTrustRequest.js';
import type {
  UpdateTrustResponse as _fairlead_agent_v1_UpdateTrustResponse,
  UpdateTrustResponse__Output as _fairlead_agent_v1_UpdateTrustResponse__Output,
} from '../../../fairlead/agent/v1/UpdateTrustResponse.js';

/**
 * What every agent serves about itself: its certificate, the roots that it trusts,
 * and the audit checkpoints that it keeps as a witness. The controller drives it,
 * through the session or, with a listening agent, over mTLS.
 *
 * Errors as in NetworkService.
 */
export interface IdentityServiceClient extends grpc.Client {
  /**
   * Puts a certificate for the key of RequestCertificate in the place of the
   * present one, for the next connections. The same certificate again is no error.
   * Caller: controller. Errors: invalid_argument (not for a key of this agent, not
   * under a trusted root), journal_failed.
   */
  InstallCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;
  InstallCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;
  InstallCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;
  InstallCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Puts a certificate for the key of RequestCertificate in the place of the
   * present one, for the next connections. The same certificate again is no error.
   * Caller: controller. Errors: invalid_argument (not for a key of this agent, not
   * under a trusted root), journal_failed.
   */
  installCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;
  installCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;
  installCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;
  installCertificate(
    argument: _fairlead_agent_v1_InstallCertificateRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_InstallCertificateResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Keeps a signed checkpoint of the audit. One that was kept is never changed or
   * replaced. Caller: controller. Errors: journal_failed.
   */
  KeepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;
  KeepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;
  KeepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;
  KeepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Keeps a signed checkpoint of the audit. One that was kept is never changed or
   * replaced. Caller: controller. Errors: journal_failed.
   */
  keepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;
  keepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;
  keepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;
  keepCheckpoint(
    argument: _fairlead_agent_v1_CheckpointMessage,
    callback: grpc.requestCallback<_fairlead_agent_v1_KeepCheckpointResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * The kept checkpoints, oldest first. Caller: controller.
   */
  ListCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;
  ListCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * The kept checkpoints, oldest first. Caller: controller.
   */
  listCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;
  listCheckpoints(
    argument: _fairlead_agent_v1_ListCheckpointsRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_ListCheckpointsResponse__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Makes a new key, keeps it beside the present one, and asks for its certificate.
   * A second call before InstallCertificate gives the same key. Caller: controller.
   * Errors: unsupported (a local agent has no certificate), journal_failed (the key
   * cannot be written).
   */
  RequestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;
  RequestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;
  RequestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;
  RequestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Makes a new key, keeps it beside the present one, and asks for its certificate.
   * A second call before InstallCertificate gives the same key. Caller: controller.
   * Errors: unsupported (a local agent has no certificate), journal_failed (the key
   * cannot be written).
   */
  requestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;
  requestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;
  requestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;
  requestCertificate(
    argument: _fairlead_agent_v1_RequestCertificateRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_SigningRequest__Output>,
  ): grpc.ClientUnaryCall;

  /**
   * Replaces the set of trusted roots. Refused where it would leave out the root of
   * the agent's own present certificate. Caller: controller. Errors:
   * invalid_argument, journal_failed.
   */
  UpdateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
  UpdateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
  UpdateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
  UpdateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
  /**
   * Replaces the set of trusted roots. Refused where it would leave out the root of
   * the agent's own present certificate. Caller: controller. Errors:
   * invalid_argument, journal_failed.
   */
  updateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
  updateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
  updateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
  updateTrust(
    argument: _fairlead_agent_v1_UpdateTrustRequest,
    callback: grpc.requestCallback<_fairlead_agent_v1_UpdateTrustResponse__Output>,
  ): grpc.ClientUnaryCall;
}

/**
 * What every agent serves about itself: its certificate, the roots that it trusts,
 * and the audit checkpoints that it keeps as a witness. The controller drives it,
 * through the session or, with a listening agent, over mTLS.
 *
 * Errors as in NetworkService.
 */
export interface IdentityServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Puts a certificate for the key of RequestCertificate in the place of the
   * present one, for the next connections. The same certificate again is no error.
   * Caller: controller. Errors: invalid_argument (not for a key of this agent, not
   * under a trusted root), journal_failed.
   */
  InstallCertificate: grpc.handleUnaryCall<
    _fairlead_agent_v1_InstallCertificateRequest__Output,
    _fairlead_agent_v1_InstallCertificateResponse
  >;

  /**
   * Keeps a signed checkpoint of the audit. One that was kept is never changed or
   * replaced. Caller: controller. Errors: journal_failed.
   */
  KeepCheckpoint: grpc.handleUnaryCall<
    _fairlead_agent_v1_CheckpointMessage__Output,
    _fairlead_agent_v1_KeepCheckpointResponse
  >;

  /**
   * The kept checkpoints, oldest first. Caller: controller.
   */
  ListCheckpoints: grpc.handleUnaryCall<
    _fairlead_agent_v1_ListCheckpointsRequest__Output,
    _fairlead_agent_v1_ListCheckpointsResponse
  >;

  /**
   * Makes a new key, keeps it beside the present one, and asks for its certificate.
   * A second call before InstallCertificate gives the same key. Caller: controller.
   * Errors: unsupported (a local agent has no certificate), journal_failed (the key
   * cannot be written).
   */
  RequestCertificate: grpc.handleUnaryCall<
    _fairlead_agent_v1_RequestCertificateRequest__Output,
    _fairlead_agent_v1_SigningRequest
  >;

  /**
   * Replaces the set of trusted roots. Refused where it would leave out the root of
   * the agent's own present certificate. Caller: controller. Errors:
   * invalid_argument, journal_failed.
   */
  UpdateTrust: grpc.handleUnaryCall<
    _fairlead_agent_v1_UpdateTrustRequest__Output,
    _fairlead_agent_v1_UpdateTrustResponse
  >;
}

export interface IdentityServiceDefinition extends grpc.ServiceDefinition {
  InstallCertificate: MethodDefinition<
    _fairlead_agent_v1_InstallCertificateRequest,
    _fairlead_agent_v1_InstallCertificateResponse,
    _fairlead_agent_v1_InstallCertificateRequest__Output,
    _fairlead_agent_v1_InstallCertificateResponse__Output
  >;
  KeepCheckpoint: MethodDefinition<
    _fairlead_agent_v1_CheckpointMessage,
    _fairlead_agent_v1_KeepCheckpointResponse,
    _fairlead_agent_v1_CheckpointMessage__Output,
    _fairlead_agent_v1_KeepCheckpointResponse__Output
  >;
  ListCheckpoints: MethodDefinition<
    _fairlead_agent_v1_ListCheckpointsRequest,
    _fairlead_agent_v1_ListCheckpointsResponse,
    _fairlead_agent_v1_ListCheckpointsRequest__Output,
    _fairlead_agent_v1_ListCheckpointsResponse__Output
  >;
  RequestCertificate: MethodDefinition<
    _fairlead_agent_v1_RequestCertificateRequest,
    _fairlead_agent_v1_SigningRequest,
    _fairlead_agent_v1_RequestCertificateRequest__Output,
    _fairlead_agent_v1_SigningRequest__Output
  >;
  UpdateTrust: MethodDefinition<
    _fairlead_agent_v1_UpdateTrustRequest,
    _fairlead_agent_v1_UpdateTrustResponse,
    _fairlead_agent_v1_UpdateTrustRequest__Output,
    _fairlead_agent_v1_UpdateTrustResponse__Output
  >;
}
