// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface KeepCheckpointResponse {}

export interface KeepCheckpointResponse__Output {}
