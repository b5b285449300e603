import type { EndpointSpec, NetworkSpec } from '@fairlead/domain';
import { capabilitiesOf, type EngineCapabilities } from '../docker/capabilities.js';
import type { EngineEvent, EnginePort } from '../port.js';

/** What the suite needs of a host besides the port: what a user does there with docker, and faults. */
export interface HostTools {
  /**
   * `docker run -d --name NAME --network NETWORK`, of an image that has `ping`, with the right to use it. Returns the
   * container's full id.
   */
  run(name: string, network?: string): Promise<string>;
  /** `docker create`, the same. */
  create(name: string, network?: string): Promise<string>;
  start(container: string): Promise<void>;
  stop(container: string): Promise<void>;
  /** `docker rm -f` */
  remove(container: string): Promise<void>;
  /** The engine stops and starts again, while no container runs. */
  restart(): Promise<void>;
  /** The engine stops answering, and answers again. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  /** Ends whatever was set up. */
  tearDown(): Promise<void>;
}

export interface EngineUnderTest {
  /** Freshly installed: it has its own networks and no containers. */
  readonly engine: EnginePort;
  readonly host: HostTools;
}

/** One engine for the whole suite; after each test, what the test made on it is removed. */
export class Subject implements EngineUnderTest {
  private readonly containers = new Set<string>();
  private readonly followers: AbortController[] = [];

  private constructor(
    readonly engine: EnginePort,
    readonly host: HostTools,
    /** What the engine is known to do; what it lacks has to be refused. */
    readonly can: EngineCapabilities,
  ) {}

  static async of({ engine, host }: EngineUnderTest): Promise<Subject> {
    return new Subject(engine, host, capabilitiesOf(await engine.describe()));
  }

  async network(name: string, spec: Partial<NetworkSpec> = {}): Promise<string> {
    return (await this.engine.createNetwork(aSpec(name, spec))).id;
  }

  running(name: string, network?: string): Promise<string> {
    this.containers.add(name);
    return this.host.run(name, network);
  }

  created(name: string, network?: string): Promise<string> {
    this.containers.add(name);
    return this.host.create(name, network);
  }

  async stopped(name: string, network?: string): Promise<string> {
    const id = await this.running(name, network);
    await this.host.stop(name);
    return id;
  }

  /** Follows the events from now on. */
  async follow(): Promise<EventLog> {
    const controller = new AbortController();
    this.followers.push(controller);
    const log = new EventLog();
    const ended = this.engine.followEvents({ opened: log.opened, event: log.add }, controller.signal);
    log.ended = ended.then(
      () => undefined,
      (error: unknown) => error,
    );
    await Promise.race([log.isOpen, ended]);
    return log;
  }

  async cleanUp(): Promise<void> {
    for (const follower of this.followers.splice(0)) follower.abort();
    for (const container of this.containers) await this.host.remove(container).catch(() => undefined);
    this.containers.clear();
    const left = (await this.engine.listNetworks()).filter(({ name }) => !PREDEFINED.includes(name));
    // Configurations last: they are in use by the networks made from them.
    for (const network of left.sort((a, b) => Number(a.configOnly) - Number(b.configOnly))) {
      await this.engine.removeNetwork(network.id);
    }
  }
}

export const PREDEFINED: readonly string[] = ['bridge', 'host', 'none'];

/** What one follower has been told. */
export class EventLog {
  readonly events: EngineEvent[] = [];
  ended: Promise<unknown> = Promise.resolve();
  opened: () => void = () => undefined;
  readonly isOpen = new Promise<void>((resolve) => {
    this.opened = resolve;
  });
  private waiting: () => void = () => undefined;

  readonly add = (event: EngineEvent): void => {
    this.events.push(event);
    this.waiting();
  };

  /** Resolves once such an event was told; the test's own time limit ends the wait. */
  async until(wanted: EngineEvent): Promise<void> {
    while (!this.events.some((event) => isSame(event, wanted))) {
      await new Promise<void>((resolve) => (this.waiting = resolve));
    }
  }

  /** The actions told of one network or container, each once: Docker 20.10 and 26.1 tell a disconnect twice. */
  actions(id: string): string[] {
    return [...new Set(this.events.filter((event) => event.id === id).map(({ action }) => action))];
  }
}

const isSame = (a: EngineEvent, b: EngineEvent): boolean => a.type === b.type && a.action === b.action && a.id === b.id;

/** What `docker network create NAME` asks for, with more asked for. */
export const aSpec = (name: string, overrides: Partial<NetworkSpec> = {}): NetworkSpec => ({
  name,
  driver: 'bridge',
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
  ...overrides,
});

/** What `docker network connect` asks for, with more asked for. */
export const anEndpointSpec = (overrides: Partial<EndpointSpec> = {}): EndpointSpec => ({
  aliases: [],
  links: [],
  ipv4: '',
  ipv6: '',
  linkLocalIps: [],
  driverOptions: {},
  gatewayPriority: undefined,
  mac: '',
  ...overrides,
});

export const aSubnet = (cidr: string) => ({ cidr, ipRange: null, gateway: null, auxAddresses: {} });
