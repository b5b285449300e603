import { randomUUID } from 'node:crypto';
import {
  Bell,
  type InventoryState,
  type Timing,
  type Watched,
  Watcher,
  type WatchWish,
} from '@fairlead/agent/inventory';
import { type EngineHealth } from '@fairlead/domain';
import { type InventoryUpdate, LinkClient, type LinkLog, type NetworkServiceHandlers } from '@fairlead/link';
import { type Random } from './chance.js';
import { DEFAULT_SCALE, hostSeed, type Scale } from './plan.js';
import { createHandlers } from './simulated-handlers.js';
import { type SimulatedIdentity } from './simulated-identity.js';
import { type Change, SimulatedInventory } from './simulated-inventory.js';
import { noteLost, type Tally } from './tally.js';

const UP: EngineHealth = { state: 'up', reason: '' };
const ASLEEP: EngineHealth = { state: 'down', reason: 'the engine has not answered yet' };
const DEFAULT_HEARTBEAT_MS = 5_000;
/** How long the answer to a command waits until those who watch have its effect, as a real agent's does. */
const SETTLE_MS = 1_000;
const STEP_MS = 50;

/** Timers that end together: Node keeps one list for each length, so thousands of them cost next to nothing. */
export const coarseTiming: Timing = {
  now: () => performance.now(),
  random: Math.random,
  after: (ms, act) => {
    const timer = setTimeout(act, Math.ceil(ms / STEP_MS) * STEP_MS);
    return () => clearTimeout(timer);
  },
};

const nothing = (): void => undefined;

export interface AgentParts {
  readonly name: string;
  /** Place in the fleet: what its networks follow from. */
  readonly index: number;
  readonly fleetSeed: number;
  readonly scale?: Scale;
  readonly tally: Tally;
  /** Whether its engine does not answer before `awaken`, as after a start of the machine. */
  readonly asleep?: boolean;
  readonly timing?: Timing;
}

/**
 * The agent of one simulated host: the link's own client, the agent's own way to tell of an inventory, and a set of
 * networks in the place of an engine. It says that it is simulated.
 *
 * Invariant: at most one session, and none after `disconnect` has resolved.
 */
export class SimulatedAgent implements Watched {
  readonly name: string;
  readonly streamId = randomUUID();
  readonly changed: Bell;
  readonly handlers: NetworkServiceHandlers;
  identity: SimulatedIdentity | undefined;
  private readonly timing: Timing;
  private readonly taken: Bell;
  private readonly watchers = new Set<Watcher>();
  private readonly inventory: SimulatedInventory;
  private readonly tally: Tally;
  private asleep: boolean;
  private session = new AbortController();
  private running: { readonly stopping: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(parts: AgentParts) {
    const { name, index, fleetSeed, scale = DEFAULT_SCALE, tally, timing = coarseTiming, asleep = false } = parts;
    this.asleep = asleep;
    this.name = name;
    this.tally = tally;
    this.timing = timing;
    this.changed = new Bell(timing);
    this.taken = new Bell(timing);
    const host = hostSeed(fleetSeed, index);
    this.inventory = new SimulatedInventory(host, this.streamId, Date.now, scale);
    this.handlers = createHandlers({
      name,
      host,
      inventory: this.inventory,
      identity: () => this.own(),
      watch: (wish, signal) => this.watch(wish, signal),
      settle: () => this.settle(),
    });
  }

  get state(): InventoryState | undefined {
    return this.asleep ? undefined : this.inventory.state;
  }

  get health(): EngineHealth {
    return this.asleep ? ASLEEP : UP;
  }

  /** The engine answers for the first time. Changes nothing where it has answered before. */
  awaken(): void {
    this.asleep = false;
    this.changed.ring();
  }

  /** Keeps a session with the controller until `disconnect`. */
  connect(address: string): void {
    const stopping = new AbortController();
    this.running ??= { stopping, ended: this.run(address, stopping.signal) };
  }

  async disconnect(): Promise<void> {
    this.running?.stopping.abort();
    await this.running?.ended;
    this.running = undefined;
  }

  /** Ends the session, as a link that breaks does; the agent dials again. */
  drop(): void {
    this.session.abort();
  }

  /** Something happens on the host by itself. */
  change(random: Random): Change {
    const change = this.inventory.change(random);
    this.noteChange();
    return change;
  }

  /** Somebody makes a network on the host. */
  appear(name: string): Change {
    const change = this.inventory.appear(name);
    this.noteChange();
    return change;
  }

  private noteChange(): void {
    this.tally.changes += 1;
    this.changed.ring();
  }

  private own(): SimulatedIdentity {
    if (this.identity === undefined) throw new Error(`${this.name} has not joined`);
    return this.identity;
  }

  private async run(address: string, signal: AbortSignal): Promise<void> {
    const identity = () => this.own().tls;
    const log: LinkLog = { debug: nothing, info: nothing, warn: (reason) => noteLost(this.tally, reason) };
    const client = new LinkClient({
      address,
      handlers: this.handlers,
      instanceId: this.streamId,
      log,
      identity,
    });
    while (!signal.aborted) {
      this.session = new AbortController();
      await client.run(AbortSignal.any([signal, this.session.signal]));
    }
  }

  private async *watch(wish: WatchWish, signal: AbortSignal): AsyncGenerator<InventoryUpdate, void, void> {
    const watcher = new Watcher(this, this.timing, () => this.taken.ring());
    this.watchers.add(watcher);
    this.tally.watched += 1;
    if (wish.bookmarkFirst) this.tally.sessions += 1;
    try {
      const heartbeatMs = wish.heartbeatMs || DEFAULT_HEARTBEAT_MS;
      for await (const update of watcher.updates({ ...wish, heartbeatMs }, signal)) {
        this.count(update);
        yield update;
      }
    } finally {
      this.tally.watched -= 1;
      this.watchers.delete(watcher);
      this.taken.ring();
    }
  }

  private count({ bookmark, delta, snapshotBegin, snapshotChunk }: InventoryUpdate): void {
    if (bookmark) this.tally.bookmarks += 1;
    if (delta) this.tally.deltas += 1;
    if (snapshotBegin) this.tally.snapshots += 1;
    if (snapshotChunk) this.tally.chunks += 1;
  }

  private async settle(): Promise<void> {
    this.tally.commands += 1;
    this.changed.ring();
    const { revision } = this.inventory.state;
    const end = AbortSignal.timeout(SETTLE_MS);
    const isBehind = ({ given }: Watcher): boolean => (given?.revision ?? 0) < revision;
    while (!end.aborted && [...this.watchers].some(isBehind)) await this.taken.wait(Infinity, end);
  }
}
