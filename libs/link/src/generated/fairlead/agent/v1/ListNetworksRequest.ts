// Generated from proto/fairlead/agent/v1/network_service.proto

export interface ListNetworksRequest {}

export interface ListNetworksRequest__Output {}
