import { type InventoryState, type KnownNetwork } from '@fairlead/agent/inventory';
import { FairleadError, isPredefined, type Network, type NetworkSpec } from '@fairlead/domain';
import { networkDigest, setDigest } from '@fairlead/link';
import { bridge } from '../bridge.js';
import { below, pick, type Random } from './chance.js';
import { type Container, containerOf, describe } from './describe.js';
import {
  absentee,
  DEFAULT_SCALE,
  type HostSeed,
  localId,
  type Plan,
  planHost,
  POOL,
  ranAtFirst,
  type Scale,
} from './plan.js';

/** What was done to a set, for whoever looks when it can be seen elsewhere. */
export interface Change {
  readonly kind: 'create' | 'remove' | 'connect' | 'disconnect' | 'stop' | 'start';
  /** Of all networks that are another now. */
  readonly networkIds: readonly string[];
  /** Of the first of them. */
  readonly name: string;
}

/** A network whose record is made when it is looked at. */
class Known implements KnownNetwork {
  constructor(
    private readonly host: HostSeed,
    readonly plan: Plan,
    readonly digest: string,
  ) {}

  get network(): Network {
    return describe(this.host, this.plan);
  }
}

interface State extends InventoryState {
  readonly networks: ReadonlyMap<string, Known>;
}

/**
 * The networks of one simulated host, and what may be done to them. About 20 KB for 30 networks of 10 endpoints.
 *
 * Invariants: the same seed and scale begin with the same set; `state` is replaced by every change, never changed; its
 * digests are those of the records that it gives.
 */
export class SimulatedInventory {
  private current: State;
  private readonly usual: number;
  private lastSerial: number;

  constructor(
    private readonly host: HostSeed,
    streamId: string,
    private readonly now: () => number = Date.now,
    scale: Scale = DEFAULT_SCALE,
  ) {
    const plans = planHost(host, scale);
    const networks = new Map(plans.map((plan) => [plan.id, this.known(plan)]));
    this.current = { streamId, networks, revision: 1, setDigest: digestOf(networks) };
    this.usual = plans.length;
    this.lastSerial = plans.length;
  }

  /** The same one until something changes. */
  get state(): InventoryState {
    return this.current;
  }

  /** @throws FairleadError `network_not_found`, `ambiguous_name` */
  find(reference: string): KnownNetwork {
    return this.seek(reference);
  }

  /** Something of what happens on hosts by itself: mostly containers that stop, start, come and go. */
  change(random: Random): Change {
    const plans = Array.from(this.current.networks.values(), ({ plan }) => plan);
    const luck = random();
    if (luck < 0.15 && plans.length >= this.usual) {
      const unused = plans.filter((plan) => plan.kind === 'bridge' && plan.endpoints.length === 0);
      if (unused.length > 0) return this.drop(pick(random, unused));
    }
    const users = plans.filter((plan) => plan.kind === 'bridge');
    if (luck < 0.2 || users.length === 0) return this.appear(`job-${below(random, 1e9)}`);
    const plan = pick(random, users);
    if (luck < 0.4) {
      const container = absentee(plan, random);
      if (container !== undefined) return this.attach(plan, container);
    }
    if (plan.endpoints.length === 0) return this.attach(plan, plan.project * POOL);
    const endpoint = pick(random, plan.endpoints);
    return luck < 0.6 ? this.detach(plan, endpoint) : this.turn(endpoint);
  }

  /** A new network, made by somebody on the host. */
  appear(name: string): Change {
    const id = this.add({ project: 0, spec: bridge(name) });
    return { kind: 'create', networkIds: [id], name };
  }

  /** @throws FairleadError `already_exists` */
  create(spec: NetworkSpec): KnownNetwork {
    const taken = Array.from(this.current.networks.values()).some(({ network }) => network.name === spec.name);
    if (taken) throw new FairleadError('already_exists', `There is a network '${spec.name}' already`);
    return this.seek(this.add({ project: 0, spec }));
  }

  /**
   * @param force detaches all containers first
   * @throws FairleadError `network_not_found`, `network_predefined`, `network_in_use`
   */
  remove(id: string, force: boolean): { readonly removed: KnownNetwork; readonly detached: string[] } {
    const known = this.seekExactly(id);
    const { network } = known;
    if (isPredefined(network)) throw new FairleadError('network_predefined', `'${network.name}' is built in`);
    const detached = network.endpoints.map(({ containerName }) => containerName);
    if (detached.length > 0 && !force) {
      throw new FairleadError('network_in_use', `'${network.name}' is used by ${detached.join(', ')}`);
    }
    this.drop(known.plan);
    return { removed: known, detached };
  }

  /** @throws FairleadError `network_not_found`, `container_not_found`, `already_connected` */
  connect(id: string, container: string): KnownNetwork {
    const { plan } = this.seekExactly(id);
    const number = this.containerNumber(container);
    if (plan.endpoints.some((endpoint) => endpoint >> 1 === number)) {
      throw new FairleadError('already_connected', `'${container}' is on this network already`);
    }
    this.attach(plan, number);
    return this.seek(id);
  }

  /** @throws FairleadError `network_not_found`, `container_not_found`, `not_connected` */
  disconnect(id: string, container: string): KnownNetwork {
    const { plan } = this.seekExactly(id);
    const number = this.containerNumber(container);
    const endpoint = plan.endpoints.find((each) => each >> 1 === number);
    if (endpoint === undefined) throw new FairleadError('not_connected', `'${container}' is not on this network`);
    this.detach(plan, endpoint);
    return this.seek(id);
  }

  private add({ project, spec }: Pick<Plan, 'project' | 'spec'>): string {
    const serial = ++this.lastSerial;
    const id = localId(this.host, serial);
    const place = { id, serial, kind: 'bridge', part: 0, pool: this.freePool(), createdAt: this.now() } as const;
    this.replace([{ ...place, project, spec, endpoints: [] }]);
    return id;
  }

  private freePool(): number {
    const taken = new Set(Array.from(this.current.networks.values(), ({ plan }) => plan.pool));
    let pool = 1;
    while (taken.has(pool)) pool += 1;
    return pool;
  }

  private drop(plan: Plan): Change {
    const { name } = describe(this.host, plan);
    this.replace([], plan.id);
    return { kind: 'remove', networkIds: [plan.id], name };
  }

  private attach(plan: Plan, container: number): Change {
    const endpoint = container * 2 + Number(this.runs(container));
    return this.alter('connect', [{ ...plan, endpoints: [...plan.endpoints, endpoint] }]);
  }

  private detach(plan: Plan, endpoint: number): Change {
    return this.alter('disconnect', [{ ...plan, endpoints: plan.endpoints.filter((each) => each !== endpoint) }]);
  }

  /** Stops or starts a container, wherever it is attached. */
  private turn(endpoint: number): Change {
    const turned = endpoint ^ 1;
    const plans = Array.from(this.current.networks.values(), ({ plan }) => plan)
      .filter(({ endpoints }) => endpoints.includes(endpoint))
      .map((plan) => ({ ...plan, endpoints: plan.endpoints.map((each) => (each === endpoint ? turned : each)) }));
    return this.alter(turned % 2 === 1 ? 'start' : 'stop', plans);
  }

  private alter(kind: Change['kind'], plans: readonly Plan[]): Change {
    this.replace(plans);
    const [first] = plans;
    return { kind, networkIds: plans.map(({ id }) => id), name: first ? describe(this.host, first).name : '' };
  }

  private replace(plans: readonly Plan[], removed?: string): void {
    const networks = new Map(this.current.networks);
    for (const plan of plans) networks.set(plan.id, this.known(plan));
    if (removed !== undefined) networks.delete(removed);
    const { streamId, revision } = this.current;
    this.current = { streamId, networks, revision: revision + 1, setDigest: digestOf(networks) };
  }

  private known(plan: Plan): Known {
    return new Known(this.host, plan, networkDigest(describe(this.host, plan)));
  }

  private runs(container: number): boolean {
    for (const { plan } of this.current.networks.values()) {
      const endpoint = plan.endpoints.find((each) => each >> 1 === container);
      if (endpoint !== undefined) return endpoint % 2 === 1;
    }
    return ranAtFirst(this.host, container);
  }

  private containerNumber(reference: string): number {
    const places = new Set(Array.from(this.current.networks.values(), ({ plan }) => plan.project));
    for (const place of places) {
      for (let n = 0; n < POOL; n++) {
        const { id, name }: Container = containerOf(this.host, place * POOL + n);
        if (id === reference || name === reference) return place * POOL + n;
      }
    }
    throw new FairleadError('container_not_found', `There is no container '${reference}'`);
  }

  private seekExactly(id: string): Known {
    const known = this.current.networks.get(id);
    if (known !== undefined) return known;
    throw new FairleadError('network_not_found', `There is no network '${id}'`);
  }

  private seek(reference: string): Known {
    const exact = this.current.networks.get(reference);
    if (exact !== undefined) return exact;
    const all = Array.from(this.current.networks.values());
    const named = all.filter(({ network }) => network.name === reference);
    const found = named.length > 0 ? named : all.filter(({ plan }) => plan.id.startsWith(reference));
    if (found.length > 1) throw new FairleadError('ambiguous_name', `'${reference}' fits several networks`);
    return this.seekExactly(found[0]?.plan.id ?? reference);
  }
}

const digestOf = (networks: ReadonlyMap<string, Known>): string =>
  setDigest(Array.from(networks, ([id, { digest }]) => [id, digest]));
