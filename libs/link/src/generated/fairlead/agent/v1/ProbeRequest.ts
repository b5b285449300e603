// Generated from proto/fairlead/agent/v1/probe.proto

export interface ProbeRequest {
  /**
   * Name or id of a container of this host.
   */
  from?: string;
  /**
   * Container or host name, or an address. Never an option or a shell word:
   * anything but [A-Za-z0-9_.:-] is refused.
   */
  target?: string;
  /**
   * Echo requests to send: 1 to 10, 0 means 3.
   */
  count?: number;
}

export interface ProbeRequest__Output {
  /**
   * Name or id of a container of this host.
   */
  from: string;
  /**
   * Container or host name, or an address. Never an option or a shell word:
   * anything but [A-Za-z0-9_.:-] is refused.
   */
  target: string;
  /**
   * Echo requests to send: 1 to 10, 0 means 3.
   */
  count: number;
}
