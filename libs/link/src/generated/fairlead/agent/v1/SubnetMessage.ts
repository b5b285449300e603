// Generated from proto/fairlead/agent/v1/network.proto

/**
 * One IPAM pool of a network. Addresses are text as the engine gives them.
 */
export interface SubnetMessage {
  /**
   * With its prefix length: 172.18.0.0/16.
   */
  cidr?: string;
  /**
   * Empty where the whole pool may be handed out.
   */
  ipRange?: string;
  gateway?: string;
  /**
   * Reserved addresses: name to address.
   */
  auxAddresses?: { [key: string]: string };
}

/**
 * One IPAM pool of a network. Addresses are text as the engine gives them.
 */
export interface SubnetMessage__Output {
  /**
   * With its prefix length: 172.18.0.0/16.
   */
  cidr: string;
  /**
   * Empty where the whole pool may be handed out.
   */
  ipRange: string;
  gateway: string;
  /**
   * Reserved addresses: name to address.
   */
  auxAddresses: { [key: string]: string };
}
