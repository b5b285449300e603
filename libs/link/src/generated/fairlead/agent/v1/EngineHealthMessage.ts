// Generated from proto/fairlead/agent/v1/host.proto

export interface EngineHealthMessage {
  /**
   * up or down.
   */
  state?: string;
  /**
   * Why the engine does not answer, in the words of the system or the engine.
   */
  reason?: string;
}

export interface EngineHealthMessage__Output {
  /**
   * up or down.
   */
  state: string;
  /**
   * Why the engine does not answer, in the words of the system or the engine.
   */
  reason: string;
}
