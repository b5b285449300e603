// Generated from proto/fairlead/agent/v1/network.proto

import type {
  SubnetMessage as _fairlead_agent_v1_SubnetMessage,
  SubnetMessage__Output as _fairlead_agent_v1_SubnetMessage__Output,
} from '../../../fairlead/agent/v1/SubnetMessage.js';
import type {
  EndpointMessage as _fairlead_agent_v1_EndpointMessage,
  EndpointMessage__Output as _fairlead_agent_v1_EndpointMessage__Output,
} from '../../../fairlead/agent/v1/EndpointMessage.js';

export interface NetworkMessage {
  id?: string;
  name?: string;
  driver?: string;
  /**
   * local, swarm or global.
   */
  scope?: string;
  /**
   * RFC 3339, by the engine's clock.
   */
  createdAt?: string;
  internal?: boolean;
  attachable?: boolean;
  ingress?: boolean;
  ipv4?: boolean;
  ipv6?: boolean;
  configOnly?: boolean;
  /**
   * Name of the config-only network this one is configured from; else empty.
   */
  configFrom?: string;
  ipamDriver?: string;
  ipamOptions?: { [key: string]: string };
  subnets?: _fairlead_agent_v1_SubnetMessage[];
  options?: { [key: string]: string };
  labels?: { [key: string]: string };
  endpoints?: _fairlead_agent_v1_EndpointMessage[];
  /**
   * SHA-256 (hex) of the canonical form of all fields above: the same for the
   * same network, however the engine ordered its parts. Preconditions name it.
   */
  digest?: string;
}

export interface NetworkMessage__Output {
  id: string;
  name: string;
  driver: string;
  /**
   * local, swarm or global.
   */
  scope: string;
  /**
   * RFC 3339, by the engine's clock.
   */
  createdAt: string;
  internal: boolean;
  attachable: boolean;
  ingress: boolean;
  ipv4: boolean;
  ipv6: boolean;
  configOnly: boolean;
  /**
   * Name of the config-only network this one is configured from; else empty.
   */
  configFrom: string;
  ipamDriver: string;
  ipamOptions: { [key: string]: string };
  subnets: _fairlead_agent_v1_SubnetMessage__Output[];
  options: { [key: string]: string };
  labels: { [key: string]: string };
  endpoints: _fairlead_agent_v1_EndpointMessage__Output[];
  /**
   * SHA-256 (hex) of the canonical form of all fields above: the same for the
   * same network, however the engine ordered its parts. Preconditions name it.
   */
  digest: string;
}
