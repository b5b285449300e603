/** What a fuzzed request may name: things that are there. */
export interface Surroundings {
  readonly networkIds: readonly string[];
  readonly containerIds: readonly string[];
  /** Ids and names of things that are none of Fairlead's business. */
  readonly foreign: readonly string[];
}

export interface FuzzedCall {
  readonly rpc: string;
  readonly request: Record<string, unknown>;
}

/** Texts that would mean something to a router, a shell, a file system, a terminal or a parser. */
const HOSTILE = [
  ...[
    '',
    ' ',
    '.',
    '..',
    '/',
    '//',
    '../',
    '../../../etc/passwd',
    '/etc/passwd',
    '/var/run/docker.sock',
    'a/b',
    'a/../b',
  ],
  ...[
    '../containers/json',
    '../../containers/create',
    '..%2f..%2fcontainers%2fcreate',
    '%2e%2e',
    '%2E%2E%2F',
    '%00',
    '%',
  ],
  ...[
    'a?x=1',
    '?all=1',
    'a#b',
    'a&b',
    'a;b',
    'a\\b',
    '..\\..\\',
    'x/connect',
    'x/json?size=1',
    'prune',
    'create',
    'json',
  ],
  ...[
    '\n',
    '\r\n',
    'a\r\nHost: evil\r\n\r\nPOST /containers/create HTTP/1.1\r\n',
    'a\0b',
    '\u001b[2J',
    '\u202eabc',
    'ünï',
  ],
  ...['-', '--', '--privileged', '-v/:/host', '$(id)', '`id`', '${HOME}', '"; rm -rf /', "' OR 1=1", '{{.ID}}', '{id}'],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', 'true', '0', '-1', '1e309', '[]', '{}'],
  ...[
    'host',
    'none',
    'bridge',
    'default',
    'ingress',
    'docker_gwbridge',
    'container:victim',
    'service:x',
    'ns:/proc/1/ns/net',
  ],
];
/** None that an engine would look for among its plugins: it does so for 15 s, and commands wait for one another. */
const DRIVERS = [
  '',
  'bridge',
  'host',
  'null',
  '/',
  '../x',
  '/run/docker/plugins/x',
  'a/../b',
  'x\n',
  'macvlan',
  'ipvlan',
  'overlay',
];
const SCOPES = ['', 'local', 'swarm', 'global', '/', 'host'];
const CIDRS = [
  '',
  '0.0.0.0/0',
  '10.0.0.0/33',
  '::/0',
  '127.0.0.0/8',
  '/',
  '10.300.0.0/16',
  'fd00::/64',
  '169.254.0.0/16',
];

/** Requests for every RPC of the agent, the same ones for the same seed. */
export class Fuzz {
  private state: number;
  private made = 0;

  constructor(
    seed: number,
    private readonly around: Surroundings,
  ) {
    this.state = seed >>> 0;
  }

  /** @param living networks that were made by earlier calls */
  next(living: readonly string[]): FuzzedCall {
    this.made += 1;
    const makers = this.makers(living);
    const rpc = this.pick([...Object.keys(makers), ...READS, ...READS]);
    return { rpc, request: makers[rpc]?.() ?? {} };
  }

  private makers(living: readonly string[]): Readonly<Record<string, () => Record<string, unknown>>> {
    const network = (): string => this.mostly(this.pick([...living, ...this.around.networkIds]));
    const container = (): string => this.mostly(this.pick(this.around.containerIds));
    const operation = () => ({ operationId: this.chance(0.02) ? this.text() : `op-${this.made}` });
    const item = () => ({ networkId: network(), expectedDigest: this.text() });
    return {
      DescribeHost: () => ({}),
      ListNetworks: () => ({}),
      InspectNetwork: () => ({ network: network() }),
      CreateNetwork: () => ({ ...operation(), spec: this.spec() }),
      ConnectContainer: () => ({
        ...operation(),
        networkId: network(),
        container: container(),
        ...(this.chance(0.5) && { endpoint: this.endpoint() }),
      }),
      DisconnectContainer: () => ({
        ...operation(),
        networkId: network(),
        container: container(),
        force: this.chance(0.5),
      }),
      RemoveNetwork: () => ({ ...operation(), networkId: network(), force: this.chance(0.5) }),
      PruneNetworks: () => ({ ...operation(), items: this.some(3, item) }),
      PlanRestore: () => this.restore(network()),
      RestoreNetwork: () => ({ ...operation(), ...this.restore(network()) }),
      Probe: () => ({
        from: this.chance(0.15) ? container() : this.text(),
        target: this.target(),
        count: this.chance(0.1) ? 4_000_000_000 : 1,
      }),
      LookUpOperation: () => ({
        operationId: this.chance(0.5) ? `op-${this.below(this.made)}` : this.text(),
        method: this.pick([...Object.keys(SHAPES), this.text()]),
        request: this.message(network(), container()),
        journalId: this.text(),
      }),
      WatchInventory: () => ({ heartbeatMs: this.pick([0, 1, 4_294_967_295]) }),
    };
  }

  /** With a digest that fits only by chance. */
  private restore(id: string): Record<string, unknown> {
    const record = { ...this.spec(), id, createdAt: this.text(), digest: this.text() };
    return { networkId: this.mostly(id), removedBy: this.rarely(), record, renumber: this.chance(0.5) };
  }

  private spec(): Record<string, unknown> {
    const plain = this.chance(0.2);
    const name = plain ? `fuzz-${this.made}` : this.text();
    const flag = (likely = 0.1): boolean => this.chance(likely);
    return {
      ...{ name, driver: plain ? '' : this.pick(DRIVERS), scope: plain ? '' : this.pick(SCOPES) },
      ...{ internal: flag(0.5), attachable: flag(), ingress: !plain && flag(), configOnly: flag(0.3) },
      ...{
        configFrom: flag() ? this.text() : '',
        ipamDriver: plain || flag(0.8) ? '' : this.pick(['default', 'null', '/']),
      },
      ...(flag() && { ipv4: false }),
      ...(flag() && { ipv6: true }),
      subnets: plain ? [] : this.some(2, () => this.subnet()),
      ...{ options: this.map(), ipamOptions: this.map(), labels: this.map() },
    };
  }

  private subnet(): Record<string, unknown> {
    const third = this.below(256);
    const cidr = this.chance(0.5) ? `10.${this.below(256)}.${third}.0/24` : this.pick(CIDRS);
    return { cidr, ipRange: this.rarely(), gateway: this.rarely(), auxAddresses: this.map() };
  }

  private endpoint(): Record<string, unknown> {
    return {
      ...{ aliases: this.some(2, () => this.text()), links: this.chance(0.2) ? [this.text()] : [] },
      ...{ ipv4: this.rarely(), ipv6: this.rarely(), linkLocalIps: this.chance(0.2) ? [this.text()] : [] },
      driverOptions: this.map(),
      ...(this.chance(0.1) && { gatewayPriority: 1 }),
      mac: this.rarely(),
    };
  }

  /** Of maps, proto-loader takes a list of entries. */
  private map(): { key: string; value: string }[] {
    if (this.chance(0.6)) return [];
    const key = (): string => this.pick(['parent', 'Privileged', 'HostConfig', 'Binds', 'o', 'device', this.text()]);
    return this.some(3, () => ({ key: key(), value: this.text() }));
  }

  private target(): string {
    return this.chance(0.8) ? this.text() : this.pick(['127.0.0.1', 'victim', 'nowhere', '::1', '1.2.3.4.5']);
  }

  /** The bytes of a message with these texts as its first fields, or bytes of no message at all. */
  private message(...texts: string[]): Buffer {
    if (this.chance(0.2)) return Buffer.from(this.text());
    const fields = [`op-${this.below(this.made)}`, ...texts];
    return Buffer.concat(
      fields.map((text, index) => {
        const bytes = Buffer.from(text).subarray(0, 120);
        return Buffer.concat([Buffer.from([((index + 1) << 3) | 2, bytes.length]), bytes]);
      }),
    );
  }

  private text(): string {
    const kind = this.below(20);
    if (kind < 11) return this.pick(HOSTILE);
    if (kind < 15) return this.pick(this.around.foreign);
    if (kind < 17) return this.pick([...this.around.networkIds, ...this.around.containerIds]).slice(0, this.below(64));
    if (kind < 18)
      return this.pick(HOSTILE)
        .repeat(1 + this.below(2_000))
        .slice(0, 20_000);
    return String.fromCharCode(...this.some(30, () => this.below(0x2100)));
  }

  private mostly = (likely: string): string => (this.chance(0.6) ? likely : this.text());
  private rarely = (): string => (this.chance(0.8) ? '' : this.text());
  private chance = (probability: number): boolean => this.random() < probability;
  private below = (limit: number): number => Math.floor(this.random() * limit);
  private some = <T>(most: number, make: () => T): T[] => Array.from({ length: this.below(most + 1) }, make);

  private pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new Error('there is nothing to choose from');
    return found;
  }

  /** Mulberry32. */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** Asked more often, since they cost little. */
const READS = ['DescribeHost', 'ListNetworks', 'InspectNetwork', 'LookUpOperation', 'WatchInventory'];

/** The RPCs that a fuzzed look-up asks about. */
const SHAPES = {
  CreateNetwork: 1,
  ConnectContainer: 1,
  DisconnectContainer: 1,
  RemoveNetwork: 1,
  PruneNetworks: 1,
  Probe: 1,
};
