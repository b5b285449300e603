import type { EndpointSpec, NetworkAttributes, Subnet } from '@fairlead/domain';
import { refusal } from '../docker/errors.js';
import { macOf, nextAddress, subnetContains } from './pools.js';
import {
  activeOn,
  findContainer,
  findNetwork,
  holdsAddresses,
  refuse,
  type SimulatedAttachment,
  type SimulatedContainerState,
  type World,
} from './world.js';

const HOST_MODE = 'container cannot be disconnected from host network or connected to host network';

const PLAIN: EndpointSpec = {
  aliases: [],
  links: [],
  ipv4: '',
  ipv6: '',
  linkLocalIps: [],
  driverOptions: {},
  gatewayPriority: undefined,
  mac: '',
};

export function pendingAttachment(endpoint: Partial<EndpointSpec> = {}, fixedMac = ''): SimulatedAttachment {
  const asked = { ...PLAIN, ...structuredClone(endpoint) };
  return { networkId: '', endpointId: '', ipv4: '', ipv6: '', mac: asked.mac, asked, fixedMac };
}

export function connect(world: World, networkRef: string, containerRef: string, endpoint: EndpointSpec): void {
  const call = 'network.connect';
  const container = findContainer(world, call, containerRef);
  const network = findNetwork(world, call, networkRef);
  const subject = `Container '${container.name}' and network '${network.name}'`;
  if (network.driver === 'host' || container.networkMode === 'host') refuse(call, subject, 400, HOST_MODE);
  checkFixed(world, network, endpoint.ipv4, subject);
  const attachment = pendingAttachment(endpoint);
  if (holdsAddresses(container)) {
    if (container.attachments.has(network.name)) {
      const words = `endpoint with name ${container.name} already exists in network ${network.name}`;
      refuse(call, subject, 403, words);
    }
    attach(world, container, network, attachment);
    world.emit({ type: 'network', action: 'connect', id: network.id });
  }
  // A stopped container's attachment is only recorded, by the network's name and without an event.
  container.attachments.set(network.name, attachment);
}

export function disconnect(world: World, networkRef: string, containerRef: string, force: boolean): void {
  const call = 'network.disconnect';
  const network = findNetwork(world, call, networkRef);
  const container = findForDisconnect(world, containerRef, force);
  const subject = `Container '${container.name}' and network '${network.name}'`;
  const attachment = container.attachments.get(network.name);
  if (network.driver === 'host' && attachment) refuse(call, subject, 400, HOST_MODE);
  if (!attachment) refuse(call, subject, 500, `container ${container.id} is not connected to network ${network.name}`);
  container.attachments.delete(network.name);
  world.emit({ type: 'network', action: 'disconnect', id: network.id });
}

function findForDisconnect(world: World, reference: string, force: boolean): SimulatedContainerState {
  try {
    return findContainer(world, 'network.disconnect', reference);
  } catch (error) {
    // Forced, the engine looks for an endpoint that a lost container may have left.
    throw force
      ? refusal('network.disconnect', `Container '${reference}'`, 404, `endpoint ${reference} not found`)
      : error;
  }
}

function checkFixed(world: World, network: NetworkAttributes, ipv4: string, subject: string): void {
  if (ipv4 === '') return;
  const call = 'network.connect';
  if (world.automatic.has(network.id)) refuse(call, subject, 400, FIXED_NEEDS_SUBNET);
  if (addressesOn(world, network.id).has(ipv4)) refuse(call, subject, 403, 'Address already in use');
  if (!network.subnets.some((subnet) => subnetContains(subnet, ipv4))) {
    refuse(call, subject, 400, `no configured subnet or ip-range contain the IP address ${ipv4}`);
  }
}

const FIXED_NEEDS_SUBNET =
  'user specified IP address is supported only when connecting to networks with user configured subnets';

/** Gives the attachment its endpoint and addresses. */
export function attach(
  world: World,
  container: SimulatedContainerState,
  network: NetworkAttributes,
  attachment: SimulatedAttachment,
): void {
  const taken = addressesOn(world, network.id);
  const take = (fixed: string, family: '.' | ':'): string => {
    const subnet = network.subnets.find(({ cidr }) => cidr.includes(family));
    return subnet === undefined ? '' : fixed || addressIn(subnet, network, container, taken);
  };
  attachment.ipv4 = take(attachment.asked.ipv4, '.');
  attachment.ipv6 = network.ipv6 ? take(attachment.asked.ipv6, ':') : '';
  attachment.mac = attachment.fixedMac || (attachment.ipv4 === '' ? '' : macOf(attachment.ipv4));
  attachment.endpointId = world.newId();
  attachment.networkId = network.id;
}

function addressIn(
  subnet: Subnet,
  network: NetworkAttributes,
  container: SimulatedContainerState,
  taken: ReadonlySet<string>,
): string {
  const address = nextAddress(subnet, taken);
  if (address !== undefined) return address;
  const words = `no available IPv4 addresses on this network's address pools: ${network.name} (${network.id})`;
  return refuse('network.connect', `Container '${container.name}' and network '${network.name}'`, 403, words);
}

function addressesOn(world: World, networkId: string): ReadonlySet<string> {
  const attachments = activeOn(world, networkId).flatMap(({ attachments: all }) => [...all.values()]);
  const here = attachments.filter((attachment) => attachment.networkId === networkId);
  return new Set(here.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]));
}

/** What is left of an attachment when its container stops: where it was, and what was asked for. */
export function detach(attachment: SimulatedAttachment): void {
  Object.assign(attachment, { endpointId: '', ipv4: '', ipv6: '', mac: '' });
}
