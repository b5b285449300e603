// Generated from proto/fairlead/agent/v1/network.proto

/**
 * One container's attachment, also of a container that is stopped or was never started.
 */
export interface EndpointMessage {
  containerId?: string;
  /**
   * Without the engine's leading slash.
   */
  containerName?: string;
  /**
   * created, running, paused, restarting, exited, removing, dead or unknown.
   */
  state?: string;
  /**
   * Empty while the container is not running, as are the addresses.
   */
  endpointId?: string;
  ipv4?: string;
  ipv6?: string;
  mac?: string;
  aliases?: string[];
  /**
   * Compose project and service; empty where the container is not Compose's.
   */
  project?: string;
  service?: string;
}

/**
 * One container's attachment, also of a container that is stopped or was never started.
 */
export interface EndpointMessage__Output {
  containerId: string;
  /**
   * Without the engine's leading slash.
   */
  containerName: string;
  /**
   * created, running, paused, restarting, exited, removing, dead or unknown.
   */
  state: string;
  /**
   * Empty while the container is not running, as are the addresses.
   */
  endpointId: string;
  ipv4: string;
  ipv6: string;
  mac: string;
  aliases: string[];
  /**
   * Compose project and service; empty where the container is not Compose's.
   */
  project: string;
  service: string;
}
