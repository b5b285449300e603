// Generated from proto/fairlead/agent/v1/network.proto

import type {
  SubnetMessage as _fairlead_agent_v1_SubnetMessage,
  SubnetMessage__Output as _fairlead_agent_v1_SubnetMessage__Output,
} from '../../../fairlead/agent/v1/SubnetMessage.js';

/**
 * What a user asks for: every flag of `docker network create`.
 */
export interface NetworkSpecMessage {
  name?: string;
  /**
   * Empty: the engine's default, bridge.
   */
  driver?: string;
  /**
   * Empty: the driver's own scope.
   */
  scope?: string;
  internal?: boolean;
  attachable?: boolean;
  ingress?: boolean;
  /**
   * Unset leaves the choice to the engine. ipv4 = false needs Docker Engine 28.
   */
  ipv4?: boolean;
  ipv6?: boolean;
  configOnly?: boolean;
  configFrom?: string;
  ipamDriver?: string;
  ipamOptions?: { [key: string]: string };
  subnets?: _fairlead_agent_v1_SubnetMessage[];
  options?: { [key: string]: string };
  labels?: { [key: string]: string };
  _ipv4?: 'ipv4';
  _ipv6?: 'ipv6';
}

/**
 * What a user asks for: every flag of `docker network create`.
 */
export interface NetworkSpecMessage__Output {
  name: string;
  /**
   * Empty: the engine's default, bridge.
   */
  driver: string;
  /**
   * Empty: the driver's own scope.
   */
  scope: string;
  internal: boolean;
  attachable: boolean;
  ingress: boolean;
  /**
   * Unset leaves the choice to the engine. ipv4 = false needs Docker Engine 28.
   */
  ipv4?: boolean;
  ipv6?: boolean;
  configOnly: boolean;
  configFrom: string;
  ipamDriver: string;
  ipamOptions: { [key: string]: string };
  subnets: _fairlead_agent_v1_SubnetMessage__Output[];
  options: { [key: string]: string };
  labels: { [key: string]: string };
  _ipv4?: 'ipv4';
  _ipv6?: 'ipv6';
}
