import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  CheckpointMessage as _fairlead_agent_v1_CheckpointMessage,
  CheckpointMessage__Output as _fairlead_agent_v1_CheckpointMessage__Output,
} from './fairlead/agent/v1/CheckpointMessage.js';
import type {
  IdentityServiceClient as _fairlead_agent_v1_IdentityServiceClient,
  IdentityServiceDefinition as _fairlead_agent_v1_IdentityServiceDefinition,
} from './fairlead/agent/v1/IdentityService.js';
import type {
  InstallCertificateRequest as _fairlead_agent_v1_InstallCertificateRequest,
  InstallCertificateRequest__Output as _fairlead_agent_v1_InstallCertificateRequest__Output,
} from './fairlead/agent/v1/InstallCertificateRequest.js';
import type {
  InstallCertificateResponse as _fairlead_agent_v1_InstallCertificateResponse,
  InstallCertificateResponse__Output as _fairlead_agent_v1_InstallCertificateResponse__Output,
} from './fairlead/agent/v1/InstallCertificateResponse.js';
import type {
  KeepCheckpointResponse as _fairlead_agent_v1_KeepCheckpointResponse,
  KeepCheckpointResponse__Output as _fairlead_agent_v1_KeepCheckpointResponse__Output,
} from './fairlead/agent/v1/KeepCheckpointResponse.js';
import type {
  ListCheckpointsRequest as _fairlead_agent_v1_ListCheckpointsRequest,
  ListCheckpointsRequest__Output as _fairlead_agent_v1_ListCheckpointsRequest__Output,
} from './fairlead/agent/v1/ListCheckpointsRequest.js';
import type {
  ListCheckpointsResponse as _fairlead_agent_v1_ListCheckpointsResponse,
  ListCheckpointsResponse__Output as _fairlead_agent_v1_ListCheckpointsResponse__Output,
} from './fairlead/agent/v1/ListCheckpointsResponse.js';
import type {
  RequestCertificateRequest as _fairlead_agent_v1_RequestCertificateRequest,
  RequestCertificateRequest__Output as _fairlead_agent_v1_RequestCertificateRequest__Output,
} from './fairlead/agent/v1/RequestCertificateRequest.js';
import type {
  SigningRequest as _fairlead_agent_v1_SigningRequest,
  SigningRequest__Output as _fairlead_agent_v1_SigningRequest__Output,
} from './fairlead/agent/v1/SigningRequest.js';
import type {
  UpdateTrustRequest as _fairlead_agent_v1_UpdateTrustRequest,
  UpdateTrustRequest__Output as _fairlead_agent_v1_UpdateTrustRequest__Output,
} from './fairlead/agent/v1/UpdateTrustRequest.js';
import type {
  UpdateTrustResponse as _fairlead_agent_v1_UpdateTrustResponse,
  UpdateTrustResponse__Output as _fairlead_agent_v1_UpdateTrustResponse__Output,
} from './fairlead/agent/v1/UpdateTrustResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new (...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fairlead: {
    agent: {
      v1: {
        CheckpointMessage: MessageTypeDefinition<
          _fairlead_agent_v1_CheckpointMessage,
          _fairlead_agent_v1_CheckpointMessage__Output
        >;
        /**
         * What every agent serves about itself: its certificate, the roots that it trusts,
         * and the audit checkpoints that it keeps as a witness. The controller drives it,
         * through the session or, with a listening agent, over mTLS.
         *
         * Errors as in NetworkService.
         */
        IdentityService: SubtypeConstructor<typeof grpc.Client, _fairlead_agent_v1_IdentityServiceClient> & {
          service: _fairlead_agent_v1_IdentityServiceDefinition;
        };
        InstallCertificateRequest: MessageTypeDefinition<
          _fairlead_agent_v1_InstallCertificateRequest,
          _fairlead_agent_v1_InstallCertificateRequest__Output
        >;
        InstallCertificateResponse: MessageTypeDefinition<
          _fairlead_agent_v1_InstallCertificateResponse,
          _fairlead_agent_v1_InstallCertificateResponse__Output
        >;
        KeepCheckpointResponse: MessageTypeDefinition<
          _fairlead_agent_v1_KeepCheckpointResponse,
          _fairlead_agent_v1_KeepCheckpointResponse__Output
        >;
        ListCheckpointsRequest: MessageTypeDefinition<
          _fairlead_agent_v1_ListCheckpointsRequest,
          _fairlead_agent_v1_ListCheckpointsRequest__Output
        >;
        ListCheckpointsResponse: MessageTypeDefinition<
          _fairlead_agent_v1_ListCheckpointsResponse,
          _fairlead_agent_v1_ListCheckpointsResponse__Output
        >;
        RequestCertificateRequest: MessageTypeDefinition<
          _fairlead_agent_v1_RequestCertificateRequest,
          _fairlead_agent_v1_RequestCertificateRequest__Output
        >;
        SigningRequest: MessageTypeDefinition<
          _fairlead_agent_v1_SigningRequest,
          _fairlead_agent_v1_SigningRequest__Output
        >;
        UpdateTrustRequest: MessageTypeDefinition<
          _fairlead_agent_v1_UpdateTrustRequest,
          _fairlead_agent_v1_UpdateTrustRequest__Output
        >;
        UpdateTrustResponse: MessageTypeDefinition<
          _fairlead_agent_v1_UpdateTrustResponse,
          _fairlead_agent_v1_UpdateTrustResponse__Output
        >;
      };
    };
  };
}
