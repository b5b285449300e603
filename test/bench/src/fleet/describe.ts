import { type Endpoint, type Network, type NetworkSpec, type Subnet } from '@fairlead/domain';
import { digitsOf, mix } from './chance.js';
import { clusterOf, type HostSeed, type Plan, POOL, projectName } from './plan.js';
import { ALONE, OWNERS, PARTS, SERVICES } from './words.js';

const SERVICES_OF_ONE = 10;

export interface Container {
  readonly id: string;
  readonly name: string;
  /** Empty outside a Compose project, as is `service`. */
  readonly project: string;
  readonly service: string;
}

/** The container of a number: its project's place on the host, and its own in the project. */
export function containerOf(host: HostSeed, container: number): Container {
  const place = Math.floor(container / POOL);
  const n = container % POOL;
  const service = SERVICES[(place * 3 + (n % SERVICES_OF_ONE)) % SERVICES.length] ?? '';
  const number = Math.floor(n / SERVICES_OF_ONE) + 1;
  const id = digitsOf(host.seed, 100_000 + container, 64);
  if (place === 0) return { id, name: `${service}-${number}`, project: '', service: '' };
  const project = projectName(host, place);
  return { id, name: `${project}-${service}-${number}`, project, service };
}

interface Range {
  readonly cidr: string;
  /** The three numbers that its first addresses begin with. */
  readonly base: string;
}

/** Docker's own ranges in the order in which it hands them out, then some chosen by people. */
export function rangeOf(host: HostSeed, plan: Pick<Plan, 'kind' | 'pool'>): Range | undefined {
  const { pool, kind } = plan;
  if (pool < 0) return undefined;
  if (kind === 'overlay') return { cidr: `10.0.${pool}.0/24`, base: `10.0.${pool}` };
  // One range for all hosts of a cluster: the building's own network.
  if (kind === 'macvlan') return chosenRange(10, 20 + pool, clusterOf(host) % 256);
  if (pool > 30 || mix(host.seed, 900 + pool) % 8 === 0)
    return chosenRange(10, 64 + (mix(host.seed, pool) % 128), pool % 256);
  if (pool < 15) return { cidr: `172.${17 + pool}.0.0/16`, base: `172.${17 + pool}.0` };
  const third = (16 * (pool - 15)) % 256;
  return { cidr: `192.168.${third}.0/20`, base: `192.168.${third}` };
}

const chosenRange = (a: number, b: number, c: number): Range => ({
  cidr: `${a}.${b}.${c}.0/24`,
  base: `${a}.${b}.${c}`,
});

/** The whole record of a network. */
export function describe(host: HostSeed, plan: Plan): Network {
  const attributes = plan.spec === undefined ? planned(host, plan) : asked(plan.spec, host, plan);
  return {
    ...attributes,
    id: plan.id,
    createdAt: new Date(plan.createdAt).toISOString(),
    endpoints: endpointsOf(host, plan),
  };
}

type Described = Omit<Network, 'id' | 'createdAt' | 'endpoints'>;

const PLAIN: Described = {
  name: '',
  driver: 'bridge',
  scope: 'local',
  internal: false,
  attachable: false,
  ingress: false,
  ipv4: true,
  ipv6: false,
  configOnly: false,
  configFrom: '',
  ipamDriver: 'default',
  ipamOptions: {},
  subnets: [],
  options: {},
  labels: {},
};

function planned(host: HostSeed, plan: Plan): Described {
  const subnets = subnetsOf(host, plan);
  switch (plan.kind) {
    case 'built-in':
      return { ...PLAIN, ...BUILT_IN[plan.part], subnets };
    case 'macvlan':
      return {
        ...PLAIN,
        name: `lan-${20 + plan.part}`,
        driver: 'macvlan',
        subnets,
        options: { parent: `eth0.${20 + plan.part}`, macvlan_mode: 'bridge' },
      };
    case 'overlay':
      return { ...PLAIN, ...overlay(plan.part), driver: 'overlay', scope: 'swarm', subnets };
    case 'bridge':
      return { ...PLAIN, ...(plan.project === 0 ? alone(host, plan) : composed(host, plan)), subnets };
  }
}

const BUILT_IN: Readonly<Record<number, Partial<Described>>> = {
  1: {
    name: 'bridge',
    options: { 'com.docker.network.bridge.default_bridge': 'true', 'com.docker.network.bridge.name': 'docker0' },
  },
  2: { name: 'host', driver: 'host' },
  3: { name: 'none', driver: 'null' },
};

function overlay(part: number): Partial<Described> {
  const options = { 'com.docker.network.driver.overlay.vxlanid_list': `${4096 + part}` };
  if (part === 0) return { name: 'ingress', ingress: true, options };
  return { name: part === 1 ? 'traefik-public' : 'services', attachable: true, options };
}

function composed(host: HostSeed, plan: Plan): Partial<Described> {
  const project = projectName(host, plan.project);
  const network = PARTS[plan.part] ?? '';
  const labels = {
    'com.docker.compose.config-hash': digitsOf(host.seed, 200_000 + plan.serial, 64),
    'com.docker.compose.network': network,
    'com.docker.compose.project': project,
    'com.docker.compose.version': '2.40.3',
  };
  return { name: `${project}_${network}`, internal: network === 'backend', labels };
}

function alone(host: HostSeed, { part, serial }: Plan): Partial<Described> {
  const owner = OWNERS[mix(host.seed, serial) % OWNERS.length] ?? '';
  return { name: `${ALONE[part] ?? ''}-${serial}`, labels: { owner } };
}

function asked(
  { driver, scope, ipv4 = true, ipv6 = false, ...spec }: NetworkSpec,
  host: HostSeed,
  plan: Plan,
): Described {
  const subnets = spec.subnets.length > 0 ? spec.subnets : subnetsOf(host, plan);
  return { ...spec, driver: driver || 'bridge', scope: scope || 'local', ipv4, ipv6, subnets };
}

function subnetsOf(host: HostSeed, plan: Plan): Subnet[] {
  const range = rangeOf(host, plan);
  return range === undefined ? [] : [{ cidr: range.cidr, ipRange: null, gateway: `${range.base}.1`, auxAddresses: {} }];
}

function endpointsOf(host: HostSeed, plan: Plan): Endpoint[] {
  const base = rangeOf(host, plan)?.base;
  return plan.endpoints.map((packed) => {
    const container = packed >> 1;
    const { id, name, project, service } = containerOf(host, container);
    const runs = packed % 2 === 1;
    const last = 2 + (container % POOL);
    return {
      containerId: id,
      containerName: name,
      state: runs ? 'running' : 'exited',
      endpointId: runs ? digitsOf(host.seed ^ plan.serial, 300_000 + container, 64) : '',
      ipv4: runs && base !== undefined ? `${base}.${last}` : '',
      ipv6: '',
      mac: runs && base !== undefined ? macOf(base, last) : '',
      aliases: service === '' ? [] : [service],
      project,
      service,
    };
  });
}

/** As Docker makes it of an address. */
const macOf = (base: string, last: number): string =>
  ['02', '42', ...[...base.split('.').map(Number), last].map((part) => part.toString(16).padStart(2, '0'))].join(':');
