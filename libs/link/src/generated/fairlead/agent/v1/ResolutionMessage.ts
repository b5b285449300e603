// Generated from proto/fairlead/agent/v1/probe.proto

export interface ResolutionMessage {
  /**
   * False where the target is an address already, or nothing was tried.
   */
  needed?: boolean;
  resolved?: boolean;
  addresses?: string[];
  durationMs?: number | string;
  /**
   * The resolver's own words on failure.
   */
  error?: string;
  /**
   * container (its own tools) or namespace (the host's tools in its network).
   */
  method?: string;
}

export interface ResolutionMessage__Output {
  /**
   * False where the target is an address already, or nothing was tried.
   */
  needed: boolean;
  resolved: boolean;
  addresses: string[];
  durationMs: number;
  /**
   * The resolver's own words on failure.
   */
  error: string;
  /**
   * container (its own tools) or namespace (the host's tools in its network).
   */
  method: string;
}
