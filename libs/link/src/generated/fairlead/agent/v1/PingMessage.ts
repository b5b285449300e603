// Generated from proto/fairlead/agent/v1/probe.proto

export interface PingMessage {
  tried?: boolean;
  sent?: number;
  received?: number;
  /**
   * One for each echo that came back.
   */
  roundTripMs?: (number | string)[];
  error?: string;
  method?: string;
}

export interface PingMessage__Output {
  tried: boolean;
  sent: number;
  received: number;
  /**
   * One for each echo that came back.
   */
  roundTripMs: number[];
  error: string;
  method: string;
}
