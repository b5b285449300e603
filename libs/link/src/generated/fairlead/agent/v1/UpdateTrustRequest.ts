// Generated from proto/fairlead/agent/v1/identity_service.proto

export interface UpdateTrustRequest {
  roots?: string;
}

export interface UpdateTrustRequest__Output {
  roots: string;
}
