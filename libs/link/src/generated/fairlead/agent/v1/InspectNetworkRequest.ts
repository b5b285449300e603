// Generated from proto/fairlead/agent/v1/network_service.proto

export interface InspectNetworkRequest {
  network?: string;
}

export interface InspectNetworkRequest__Output {
  network: string;
}
