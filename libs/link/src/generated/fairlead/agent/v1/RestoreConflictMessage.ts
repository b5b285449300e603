// Generated from proto/fairlead/agent/v1/network_service.proto

export interface RestoreConflictMessage {
  /**
   * name or range: a network has it. configuration, or swarm to be a manager of:
   * it is not there.
   */
  kind?: string;
  /**
   * The name, the range that is wanted, the name of the configuration, that of
   * the swarm's network.
   */
  what?: string;
  /**
   * Name and id of the network that has it; empty where something is not there.
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
   * name or range: a network has it. configuration, or swarm to be a manager of:
   * it is not there.
   */
  kind: string;
  /**
   * The name, the range that is wanted, the name of the configuration, that of
   * the swarm's network.
   */
  what: string;
  /**
   * Name and id of the network that has it; empty where something is not there.
   */
  holder: string;
  holderId: string;
  /**
   * A sentence.
   */
  explanation: string;
  renumberingHelps: boolean;
}
