// Generated from proto/fairlead/agent/v1/network_service.proto

export interface DescribeHostRequest {}

export interface DescribeHostRequest__Output {}
