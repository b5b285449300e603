// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface ListCheckpointsRequest {}

export interface ListCheckpointsRequest__Output {}
