import type { Endpoint, Network } from './network.js';

export * from './cleanup/oracle.js';

/** A plain bridge network for tests, with what matters overridden. */
export function aNetwork(overrides: Partial<Network> = {}): Network {
  const name = overrides.name ?? 'my-net';
  return {
    id: name.padEnd(64, '0').replace(/[^0-9a-f]/g, 'a'),
    name,
    driver: 'bridge',
    scope: 'local',
    createdAt: '2026-11-01T00:00:00.000Z',
    internal: false,
    attachable: false,
    ingress: false,
    ipv4: true,
    ipv6: false,
    configOnly: false,
    configFrom: '',
    ipamDriver: 'default',
    ipamOptions: {},
    subnets: [{ cidr: '172.18.0.0/16', ipRange: null, gateway: '172.18.0.1', auxAddresses: {} }],
    options: {},
    labels: {},
    endpoints: [],
    ...overrides,
  };
}

/** A running container's endpoint for tests. */
export function anEndpoint(containerName: string, overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    containerId: containerName.padEnd(64, '0').replace(/[^0-9a-f]/g, 'c'),
    containerName,
    state: 'running',
    endpointId: 'e'.repeat(64),
    ipv4: '172.18.0.2',
    ipv6: '',
    mac: '02:42:ac:12:00:02',
    aliases: [],
    project: '',
    service: '',
    ...overrides,
  };
}
