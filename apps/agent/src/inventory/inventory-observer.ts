import type { EngineHealth, FairleadError, Network } from '@fairlead/domain';
import type { EnginePort } from '@fairlead/engine';
import type { InventoryUpdate } from '@fairlead/link';
import { Bell } from '../concurrency/bell.js';
import type { Timing } from '../concurrency/timing.js';
import type { Log } from '../log.js';
import { EngineFollower } from './engine-follower.js';
import { type InventoryState, nextState } from './inventory-state.js';
import { capNetwork, MAX_NETWORKS } from './limits.js';
import { type Watched, Watcher, type WatchWish } from './watcher.js';

/** How long the effect of a command waits for its watchers. */
const SETTLE_LIMIT_MS = 1_000;
/** Between two bookmarks, where the watcher does not say. */
const DEFAULT_HEARTBEAT_MS = 5_000;

export interface ObserverParts {
  readonly engine: EnginePort;
  readonly timing: Timing;
  /** A new random name for a stream. */
  readonly newId: () => string;
  readonly log: Log;
  /** What is told of the engine itself may have changed: it answers (again), or it has joined or left a swarm. */
  readonly note?: () => void;
}

/**
 * What one engine shows, for those who watch it.
 *
 * Invariants
 * - What is told comes from whole reads only; an event decides when to read, never what is there.
 * - The state is replaced whole, and by another one only where something has changed.
 * - Every opening of the event stream begins a new stream of revisions: what happened in between is not known. The
 *   default bridge's new id after a restart of the engine is a change like any other.
 * - While the engine does not answer, the last state stays and `health` says so.
 * - A watcher that reads slowly, or not at all, holds up nobody but those who `settle`, and them for 1 s at most.
 */
export class InventoryObserver implements Watched {
  readonly changed: Bell;
  private current: InventoryState | undefined;
  private engineHealth: EngineHealth = { state: 'down', reason: 'the engine has not answered yet' };
  private stream: string;
  private upSince = Infinity;
  private cut = '';
  private readonly taken: Bell;
  private readonly watchers = new Set<Watcher>();
  private readonly follower: EngineFollower;

  constructor(private readonly parts: ObserverParts) {
    const { engine, timing, newId } = parts;
    this.changed = new Bell(timing);
    this.taken = new Bell(timing);
    this.stream = newId();
    this.follower = new EngineFollower({
      engine,
      timing,
      opened: () => (this.stream = newId()),
      read: (networks) => this.show(networks),
      lost: (error) => this.lose(error),
    });
  }

  get state(): InventoryState | undefined {
    return this.current;
  }

  get health(): EngineHealth {
    return this.engineHealth;
  }

  get streamId(): string {
    return this.stream;
  }

  /** For how long the engine has been answering without a break; 0 while it does not. */
  upForMs(): number {
    return Math.max(0, this.parts.timing.now() - this.upSince);
  }

  /** Follows the engine until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void> {
    return this.follower.run(signal);
  }

  /**
   * The inventory as messages: one snapshot or bookmark, then chained deltas and bookmarks; a snapshot where a new
   * stream shows another set or a delta would be too large. Ends when `signal` aborts.
   * @param wish `heartbeatMs` 0 means 5 s
   */
  async *watch(wish: WatchWish, signal: AbortSignal): AsyncGenerator<InventoryUpdate, void, void> {
    const watcher = new Watcher(this, this.parts.timing, () => this.taken.ring());
    this.watchers.add(watcher);
    try {
      yield* watcher.updates({ ...wish, heartbeatMs: wish.heartbeatMs || DEFAULT_HEARTBEAT_MS }, signal);
    } finally {
      this.watchers.delete(watcher);
      this.taken.ring();
    }
  }

  /**
   * Reads now, and waits until every watcher has been given what was read, so that a command's effect is known before
   * its answer is. Costs one read, which those who ask at the same time share. Gives up silently after `timeoutMs`, or
   * when the engine does not answer: then the next read tells.
   */
  async settle(timeoutMs = SETTLE_LIMIT_MS): Promise<void> {
    const limit = new AbortController();
    const cancel = this.parts.timing.after(timeoutMs, () => limit.abort());
    try {
      await this.follower.readNow(limit.signal);
      const revision = this.current?.revision ?? 0;
      const isBehind = ({ given }: Watcher): boolean => (given?.revision ?? 0) < revision;
      while (!limit.signal.aborted && [...this.watchers].some(isBehind)) {
        await this.taken.wait(Infinity, limit.signal);
      }
    } finally {
      cancel();
    }
  }

  private show(networks: readonly Network[]): void {
    const before = this.current;
    this.current = nextState(before, this.stream, networks);
    const reason = this.noteCuts(networks);
    const wasUp = this.engineHealth.state === 'up';
    if (!wasUp || this.engineHealth.reason !== reason) this.engineHealth = { state: 'up', reason };
    else if (this.current === before) return;
    this.changed.ring();
    if (!wasUp) {
      this.upSince = this.parts.timing.now();
      this.parts.log.info('The engine answers', { networks: networks.length });
    }
    if (!wasUp || isInSwarm(before) !== isInSwarm(this.current)) this.parts.note?.();
  }

  private lose({ message }: FairleadError): void {
    if (this.engineHealth.state === 'down' && this.engineHealth.reason === message) return;
    this.engineHealth = { state: 'down', reason: message };
    this.upSince = Infinity;
    this.changed.ring();
    this.parts.log.warn('The engine does not answer', { reason: message });
  }

  /** What is left out of a read, for the log where it is news. Returns what health says of it. */
  private noteCuts(networks: readonly Network[]): string {
    const names = networks.filter((network) => capNetwork(network) !== network).map(({ name }) => name);
    const over =
      networks.length <= MAX_NETWORKS
        ? ''
        : `over-limit: of ${networks.length} networks only the ${MAX_NETWORKS} oldest are followed`;
    const cut = [over, ...names.slice(0, 10)].join(' ');
    if (cut !== this.cut && (over !== '' || names.length > 0)) {
      this.parts.log.warn('The inventory is too large to be passed on whole', {
        over,
        cut: names.slice(0, 10),
      });
    }
    this.cut = cut;
    return over;
  }
}

/** An engine of a swarm shows its ingress network at least. */
const isInSwarm = (state: InventoryState | undefined): boolean =>
  [...(state?.networks.values() ?? [])].some(({ network }) => network.scope === 'swarm');
