import type {
  ContainerState,
  Endpoint,
  EndpointSpec,
  Network,
  NetworkScope,
  NetworkSpec,
  Subnet,
} from '@fairlead/domain';
import type { EndpointMessage__Output } from './generated/fairlead/agent/v1/EndpointMessage.js';
import type {
  EndpointSpecMessage,
  EndpointSpecMessage__Output,
} from './generated/fairlead/agent/v1/EndpointSpecMessage.js';
import type { NetworkMessage, NetworkMessage__Output } from './generated/fairlead/agent/v1/NetworkMessage.js';
import type {
  NetworkSpecMessage,
  NetworkSpecMessage__Output,
} from './generated/fairlead/agent/v1/NetworkSpecMessage.js';
import type { SubnetMessage, SubnetMessage__Output } from './generated/fairlead/agent/v1/SubnetMessage.js';

const SCOPES: ReadonlySet<string> = new Set<NetworkScope>(['local', 'swarm', 'global']);
const STATES: ReadonlySet<string> = new Set<ContainerState>([
  'created',
  'running',
  'paused',
  'restarting',
  'exited',
  'removing',
  'dead',
]);

const isScope = (text: string): text is NetworkScope => SCOPES.has(text);
/** A word that only a newer agent knows counts as in use everywhere. */
const toState = (text: string): ContainerState => (STATES.has(text) ? (text as ContainerState) : 'unknown');

const toSubnetMessage = ({ cidr, ipRange, gateway, auxAddresses }: Subnet): SubnetMessage => ({
  cidr,
  ipRange: ipRange ?? '',
  gateway: gateway ?? '',
  auxAddresses,
});

const fromSubnetMessage = ({ cidr, ipRange, gateway, auxAddresses }: SubnetMessage__Output): Subnet => ({
  cidr,
  ipRange: ipRange === '' ? null : ipRange,
  gateway: gateway === '' ? null : gateway,
  auxAddresses: { ...auxAddresses },
});

const fromEndpointMessage = (message: EndpointMessage__Output): Endpoint => ({
  containerId: message.containerId,
  containerName: message.containerName,
  state: toState(message.state),
  endpointId: message.endpointId,
  ipv4: message.ipv4,
  ipv6: message.ipv6,
  mac: message.mac,
  aliases: [...message.aliases],
  project: message.project,
  service: message.service,
});

/** @param digest `networkDigest(network)`; given, because whoever sends networks has it already */
export const toNetworkMessage = (network: Network, digest: string): NetworkMessage => ({
  ...network,
  subnets: network.subnets.map(toSubnetMessage),
  endpoints: network.endpoints.map((endpoint) => ({ ...endpoint, aliases: [...endpoint.aliases] })),
  digest,
});

/** The message's `digest` is not part of a network; read it from the message. */
export const fromNetworkMessage = (message: NetworkMessage__Output): Network => ({
  id: message.id,
  name: message.name,
  driver: message.driver,
  scope: isScope(message.scope) ? message.scope : 'local',
  createdAt: message.createdAt,
  internal: message.internal,
  attachable: message.attachable,
  ingress: message.ingress,
  ipv4: message.ipv4,
  ipv6: message.ipv6,
  configOnly: message.configOnly,
  configFrom: message.configFrom,
  ipamDriver: message.ipamDriver,
  ipamOptions: { ...message.ipamOptions },
  subnets: message.subnets.map(fromSubnetMessage),
  options: { ...message.options },
  labels: { ...message.labels },
  endpoints: message.endpoints.map(fromEndpointMessage),
});

export function toNetworkSpecMessage({ ipv4, ipv6, subnets, ...spec }: NetworkSpec): NetworkSpecMessage {
  return {
    ...spec,
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    subnets: subnets.map(toSubnetMessage),
  };
}

export const fromNetworkSpecMessage = (message: NetworkSpecMessage__Output): NetworkSpec => ({
  name: message.name,
  driver: message.driver,
  scope: isScope(message.scope) ? message.scope : '',
  internal: message.internal,
  attachable: message.attachable,
  ingress: message.ingress,
  ipv4: message.ipv4,
  ipv6: message.ipv6,
  configOnly: message.configOnly,
  configFrom: message.configFrom,
  ipamDriver: message.ipamDriver,
  ipamOptions: { ...message.ipamOptions },
  subnets: message.subnets.map(fromSubnetMessage),
  options: { ...message.options },
  labels: { ...message.labels },
});

export const toEndpointSpecMessage = ({ gatewayPriority, ...spec }: EndpointSpec): EndpointSpecMessage => ({
  ...spec,
  aliases: [...spec.aliases],
  links: [...spec.links],
  linkLocalIps: [...spec.linkLocalIps],
  ...(gatewayPriority === undefined ? {} : { gatewayPriority }),
});

export const fromEndpointSpecMessage = (message: EndpointSpecMessage__Output): EndpointSpec => ({
  aliases: [...message.aliases],
  links: [...message.links],
  ipv4: message.ipv4,
  ipv6: message.ipv6,
  linkLocalIps: [...message.linkLocalIps],
  driverOptions: { ...message.driverOptions },
  gatewayPriority: message.gatewayPriority,
  mac: message.mac,
});
