// Generated from proto/fairlead/agent/v1/network_service.proto

export interface OperationErrorMessage {
  code?: string;
  message?: string;
  engineMessage?: string;
  hint?: string;
}

export interface OperationErrorMessage__Output {
  code: string;
  message: string;
  engineMessage: string;
  hint: string;
}
