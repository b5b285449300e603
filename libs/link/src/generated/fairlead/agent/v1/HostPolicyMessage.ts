// Generated from proto/fairlead/agent/v1/host.proto

/**
 * In short, for people; the agent enforces the file itself.
 */
export interface HostPolicyMessage {
  /**
   * read-only, manage or full. Empty: there is no policy file, nothing is refused.
   */
  mode?: string;
  /**
   * One sentence a rule.
   */
  rules?: string[];
}

/**
 * In short, for people; the agent enforces the file itself.
 */
export interface HostPolicyMessage__Output {
  /**
   * read-only, manage or full. Empty: there is no policy file, nothing is refused.
   */
  mode: string;
  /**
   * One sentence a rule.
   */
  rules: string[];
}
