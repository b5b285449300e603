import {
  FairleadError,
  isPredefined,
  type NetworkAttributes,
  type NetworkSpec,
  parseCidr,
  type Subnet,
} from '@fairlead/domain';
import { nextDefaultPool, noOverlap } from './pools.js';
import { activeOn, findNetwork, refuse, type World } from './world.js';

const CALL = 'network.create';
const DRIVERS: ReadonlySet<string> = new Set(['bridge', 'macvlan', 'ipvlan', 'host', 'null', 'overlay']);
const NO_SWARM =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

/** The three networks that an engine makes itself. */
export function createPredefined(world: World): void {
  const none: Subnet[] = [];
  addNetwork(world, { ...attributesOf(world, blank('none', 'null')), subnets: none });
  addNetwork(world, { ...attributesOf(world, blank('host', 'host')), subnets: none });
  createDefaultBridge(world);
}

/** Again at every start of the engine, with another id. */
export function createDefaultBridge(world: World): void {
  const subnets = [{ cidr: '172.17.0.0/16', ipRange: null, gateway: '172.17.0.1', auxAddresses: {} }];
  const options = { 'com.docker.network.bridge.default_bridge': 'true', 'com.docker.network.bridge.name': 'docker0' };
  addNetwork(world, { ...attributesOf(world, blank('bridge', 'bridge')), subnets, options });
}

export function createNetwork(world: World, spec: NetworkSpec): { id: string; warning: string } {
  checkName(world, spec.name);
  const driver = spec.configOnly ? 'null' : spec.driver || 'bridge';
  if (!spec.configOnly) checkDriver(spec.name, driver);
  const source = configurationOf(world, spec);
  const asked = source?.subnets ?? spec.subnets;
  const network = {
    ...attributesOf(world, { ...spec, driver }),
    subnets: spec.configOnly ? [...spec.subnets] : subnetsOf(world, spec, asked),
    ...(source && { ipv6: source.ipv6, options: source.options, labels: source.labels }),
  };
  addNetwork(world, network);
  if (!spec.configOnly && !asked.some(isIpv4)) world.automatic.add(network.id);
  // Docker reports nothing of networks that are only configuration (seen on 20.10).
  if (!spec.configOnly) world.emit({ type: 'network', action: 'create', id: network.id });
  return { id: network.id, warning: '' };
}

export function removeNetwork(world: World, reference: string): void {
  const call = 'network.remove';
  const network = findNetwork(world, call, reference);
  const subject = network.name;
  if (isPredefined(network)) {
    refuse(call, subject, 403, `${network.name} is a pre-defined network and cannot be removed`);
  }
  const [user] = activeOn(world, network.id);
  if (user) {
    const endpoint = `(name:"${user.name}" id:"${user.id.slice(0, 12)}")`;
    refuse(call, subject, 403, `error while removing network: network ${subject} has active endpoints ${endpoint}`);
  }
  if ([...world.networks.values()].some(({ configFrom }) => network.configOnly && configFrom === network.name)) {
    refuse(call, subject, 403, `error while removing network: configuration network "${subject}" is in use`);
  }
  world.networks.delete(network.id);
  world.automatic.delete(network.id);
  if (!network.configOnly) world.emit({ type: 'network', action: 'destroy', id: network.id });
}

function addNetwork(world: World, network: NetworkAttributes): void {
  world.networks.set(network.id, network);
}

function checkName(world: World, name: string): void {
  if (name.trim() === '') refuse(CALL, name, 400, 'invalid name: name is empty');
  if (['bridge', 'host', 'none'].includes(name)) {
    refuse(CALL, name, 403, `operation is not permitted on predefined ${name} network`);
  }
  if ([...world.networks.values()].some((network) => network.name === name)) {
    refuse(CALL, name, 409, `network with name ${name} already exists`);
  }
}

function checkDriver(name: string, driver: string): void {
  if (!DRIVERS.has(driver)) refuse(CALL, name, 404, `plugin "${driver}" not found`);
  if (driver === 'overlay') refuse(CALL, name, 403, NO_SWARM);
  if (driver === 'host' || driver === 'null') {
    refuse(CALL, name, 403, `only one instance of "${driver}" network is allowed`);
  }
}

function configurationOf(world: World, spec: NetworkSpec): NetworkAttributes | undefined {
  const { name, configFrom } = spec;
  if (configFrom === '') return undefined;
  checkAsksNothingElse(spec);
  const source = [...world.networks.values()].find((network) => network.configOnly && network.name === configFrom);
  return source ?? refuse(CALL, name, 404, `configuration network "${configFrom}" does not exist`);
}

/** Beside a configuration, whether or not it is there, Docker takes `internal` and `attachable` alone. */
function checkAsksNothingElse(spec: NetworkSpec): void {
  const { name, ipv4, ipv6, ipamDriver, ipamOptions, subnets, options, labels } = spec;
  const isOwnIpam = !['', 'default'].includes(ipamDriver) || hasAny(ipamOptions) || subnets.length > 0;
  if (isOwnIpam || ipv4 === false || ipv6 === true || hasAny(labels))
    refuse(CALL, name, 403, `user specified configurations are ${NOT_BESIDE}`);
  if (hasAny(options)) refuse(CALL, name, 403, `network driver options are ${NOT_BESIDE}`);
}

const NOT_BESIDE = 'not supported if the network depends on a configuration network';

const hasAny = (entries: Readonly<Record<string, string>>): boolean => Object.keys(entries).length > 0;

function subnetsOf(world: World, spec: NetworkSpec, asked: readonly Subnet[]): Subnet[] {
  const { name } = spec;
  for (const { cidr } of asked) checkCidr(name, cidr);
  const taken = [...world.networks.values()]
    .filter(({ configOnly }) => !configOnly)
    .flatMap(({ subnets }) => subnets.map(({ cidr }) => cidr));
  if (asked.some(({ cidr }) => !noOverlap(cidr, taken))) {
    refuse(CALL, name, 403, 'invalid pool request: Pool overlaps with other one on this address space');
  }
  const pools = [...asked];
  if (spec.ipv4 !== false && !asked.some(isIpv4))
    pools.unshift(nextDefaultPool(taken) ?? refuse(CALL, name, 400, NO_POOL));
  if (spec.ipv6 === true && asked.every(isIpv4)) pools.push(nextIpv6Pool(taken));
  return pools;
}

const NO_POOL = 'all predefined address pools have been fully subnetted';

const isIpv4 = ({ cidr }: Subnet): boolean => cidr.includes('.');

/** Docker 28 takes IPv6 pools from a unique local prefix; here the prefix is always the same. */
function nextIpv6Pool(taken: readonly string[]): Subnet {
  for (let index = 1; ; index += 1) {
    const prefix = `fdfa:1ead:${index.toString(16)}::`;
    const pool = { cidr: `${prefix}/64`, ipRange: null, gateway: `${prefix}1`, auxAddresses: {} };
    if (noOverlap(pool.cidr, taken)) return pool;
  }
}

function checkCidr(name: string, cidr: string): void {
  try {
    parseCidr(cidr);
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    refuse(CALL, name, 400, `invalid network config: invalid subnet ${cidr}: invalid CIDR block notation`);
  }
}

/** What `docker network create NAME` asks for. */
export function blank(name: string, driver = 'bridge'): NetworkSpec {
  return {
    name,
    driver,
    scope: '',
    internal: false,
    attachable: false,
    ingress: false,
    ipv4: undefined,
    ipv6: undefined,
    configOnly: false,
    configFrom: '',
    ipamDriver: '',
    ipamOptions: {},
    subnets: [],
    options: {},
    labels: {},
  };
}

function attributesOf(world: World, spec: NetworkSpec): NetworkAttributes {
  return {
    ...spec,
    id: world.newId(),
    scope: spec.scope || 'local',
    createdAt: new Date(world.now()).toISOString(),
    ipv4: spec.ipv4 ?? true,
    ipv6: spec.ipv6 ?? false,
    ipamDriver: spec.ipamDriver || 'default',
  };
}
