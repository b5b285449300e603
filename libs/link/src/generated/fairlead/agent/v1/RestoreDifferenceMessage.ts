// Generated from proto/fairlead/agent/v1/network_service.proto

export interface RestoreDifferenceMessage {
  /**
   * Name of the field of NetworkMessage.
   */
  field?: string;
  /**
   * Values as JSON text.
   */
  recorded?: string;
  restored?: string;
}

export interface RestoreDifferenceMessage__Output {
  /**
   * Name of the field of NetworkMessage.
   */
  field: string;
  /**
   * Values as JSON text.
   */
  recorded: string;
  restored: string;
}
