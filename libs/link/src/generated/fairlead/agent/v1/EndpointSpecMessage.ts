// Generated from proto/fairlead/agent/v1/network.proto

/**
 * How a container is to be attached: every flag of `docker network connect`.
 */
export interface EndpointSpecMessage {
  aliases?: string[];
  /**
   * CONTAINER or CONTAINER:ALIAS.
   */
  links?: string[];
  ipv4?: string;
  ipv6?: string;
  linkLocalIps?: string[];
  driverOptions?: { [key: string]: string };
  /**
   * Highest wins the container's default gateway. Needs Docker Engine 28.
   */
  gatewayPriority?: number;
  /**
   * Empty: the engine makes one.
   */
  mac?: string;
  _gatewayPriority?: 'gatewayPriority';
}

/**
 * How a container is to be attached: every flag of `docker network connect`.
 */
export interface EndpointSpecMessage__Output {
  aliases: string[];
  /**
   * CONTAINER or CONTAINER:ALIAS.
   */
  links: string[];
  ipv4: string;
  ipv6: string;
  linkLocalIps: string[];
  driverOptions: { [key: string]: string };
  /**
   * Highest wins the container's default gateway. Needs Docker Engine 28.
   */
  gatewayPriority?: number;
  /**
   * Empty: the engine makes one.
   */
  mac: string;
  _gatewayPriority?: 'gatewayPriority';
}
