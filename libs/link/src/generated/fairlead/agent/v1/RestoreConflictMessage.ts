// Generated from proto/fairlead/agent/v1/network_service.proto

export interface RestoreConflictMessage {
  /**
   * name or range.
   */
  kind?: string;
  /**
   * The name, or the range that is wanted.
   */
  what?: string;
  /**
   * Name and id of the network that has it.
   */
  holder?: string;
  holderId?: string;
  /**
   * A sentence.
   */
  explanation?: string;
  renumberingHelps?: boolean;
}

export interface RestoreConflictMessage__Output {
  /**
   * name or range.
   */
  kind: string;
  /**
   * The name, or the range that is wanted.
   */
  what: string;
  /**
   * Name and id of the network that has it.
   */
  holder: string;
  holderId: string;
  /**
   * A sentence.
   */
  explanation: string;
  renumberingHelps: boolean;
}
