import type { Endpoint, EndpointSpec, Network, NetworkSpec } from '@fairlead/domain';
import type { HostFacts } from '../host-message.js';

/** A running container's endpoint with every field set. */
export const anEndpoint = (overrides: Partial<Endpoint> = {}): Endpoint => ({
  containerId: 'c'.repeat(64),
  containerName: 'web-1',
  state: 'running',
  endpointId: 'e'.repeat(64),
  ipv4: '172.18.0.2',
  ipv6: 'fd00::2',
  mac: '02:42:ac:12:00:02',
  aliases: ['web', 'naïve-名前'],
  project: 'shop',
  service: 'web',
  ...overrides,
});

/** A network with every field set to something other than its default. */
export const aNetwork = (overrides: Partial<Network> = {}): Network => ({
  id: 'a'.repeat(64),
  name: 'my-net',
  driver: 'bridge',
  scope: 'swarm',
  createdAt: '2026-11-01T00:00:00.123456789Z',
  internal: true,
  attachable: true,
  ingress: true,
  ipv4: true,
  ipv6: true,
  configOnly: true,
  configFrom: 'template',
  ipamDriver: 'default',
  ipamOptions: { foo: 'bar' },
  subnets: [
    { cidr: '172.18.0.0/16', ipRange: '172.18.5.0/24', gateway: '172.18.0.1', auxAddresses: { router: '172.18.0.9' } },
    { cidr: 'fd00::/64', ipRange: null, gateway: null, auxAddresses: {} },
  ],
  options: { 'com.docker.network.bridge.name': 'br0' },
  labels: { env: 'prüfung', empty: '' },
  endpoints: [anEndpoint()],
  ...overrides,
});

/** What a user asks for, with every flag given. */
export const aNetworkSpec = (overrides: Partial<NetworkSpec> = {}): NetworkSpec => {
  const { id: _id, createdAt: _createdAt, endpoints: _endpoints, ...attributes } = aNetwork();
  return { ...attributes, ipv4: false, ipv6: true, ...overrides };
};

/** How a container is attached, with every flag given. */
export const anEndpointSpec = (overrides: Partial<EndpointSpec> = {}): EndpointSpec => ({
  aliases: ['db'],
  links: ['other:alias'],
  ipv4: '172.18.0.10',
  ipv6: 'fd00::10',
  linkLocalIps: ['169.254.8.8'],
  driverOptions: { 'com.docker.network.endpoint.ifname': 'eth7' },
  gatewayPriority: -5,
  mac: '02:42:ac:12:00:0a',
  ...overrides,
});

/** A host with a healthy engine. */
export const hostFacts = (overrides: Partial<HostFacts> = {}): HostFacts => ({
  name: 'web-07',
  labels: { env: 'prod' },
  agentVersion: '0.1.0',
  capability: 2,
  engine: {
    kind: 'podman',
    version: '5.4.2',
    apiVersion: '1.41',
    simulated: true,
    swarm: { nodeId: 'n1', clusterId: 'c1', manager: true },
  },
  health: { state: 'up', reason: '' },
  journalId: 'j1',
  policy: { mode: 'manage', rules: ['Networks labelled keep are protected.'] },
  rootDigests: ['ab'.repeat(32)],
  ...overrides,
});
