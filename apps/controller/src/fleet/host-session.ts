import { type EngineHealth } from '@fairlead/domain';
import { fromHealthMessage, fromHostMessage, fromNetworkMessage, type HostConnection } from '@fairlead/link';
import { type ChainStep, InventoryChain, type Position } from '../inventory/chain.js';
import { type InventoryChange, type InventoryStore } from '../inventory/inventory.store.js';
import { type KnownNetwork } from '../networks/networks.store.js';
import { type TurnGate, type Turn } from './turn-gate.js';

/** Snapshots in a row that may be broken before the session ends: the agent then dials again with growing pauses. */
const MAX_BROKEN = 3;

/** What is stored of a host's set of networks. */
export interface StoredSet {
  /** Where in which of the agent's streams it was taken. */
  readonly streamId: string;
  readonly revision: number;
  readonly setDigest: string;
  /** Whether its row says that it is what the agent sees. */
  readonly synced: boolean;
  /** Whether there has ever been a whole one. */
  readonly known: boolean;
}

type Standpoint = Pick<Position, 'streamId' | 'revision'>;

/** What a session tells of its host. */
export interface SessionListener {
  changed(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>): void;
  healthChanged(health: EngineHealth): void;
  synced(): void;
  /** A change could not be stored; the session ends. */
  failed(error: unknown): void;
  log(message: string): void;
}

/**
 * One live session of one host: its connection, and the inventory that it carries into the database.
 *
 * Invariants: updates are applied one after the other in the order they came; `applied`, `synced` and `confirmedAt`
 * never run ahead of the database; a failure to apply ends the session, and the next one begins with a snapshot; after
 * `run` has resolved it writes no more.
 */
export class HostSession {
  private applied = 0;
  private broken = 0;
  private over = false;
  private whole = false;
  private known: boolean;
  /** Whether the host's row says that its networks are what the agent sees. */
  private trusted: boolean;
  private turn: Turn | undefined;
  /** Up to where nothing has gone unseen: an agent that still stands there has watched, also while it had no session. */
  private seenTo: Standpoint;
  private readonly waiting: { readonly until: number; readonly resume: () => void }[] = [];
  private currentHealth: EngineHealth;
  private readonly chain: InventoryChain;

  /**
   * @param stored what the database holds for this host
   * @param confirmed when that was last known to be what the engine shows
   */
  constructor(
    readonly connection: HostConnection,
    private readonly store: InventoryStore,
    private readonly gate: TurnGate,
    stored: StoredSet,
    private confirmed: number,
    private readonly listener: SessionListener,
  ) {
    this.currentHealth = fromHealthMessage(connection.host.health);
    this.known = stored.known;
    this.trusted = stored.synced;
    this.seenTo = stored;
    this.chain = new InventoryChain(stored.known ? stored.setDigest : '');
  }

  get name(): string {
    return this.connection.host.name;
  }

  get health(): EngineHealth {
    return this.currentHealth;
  }

  /** Whether the rows are the agent's set: from the first whole snapshot, or a bookmark of them, until a break. */
  get synced(): boolean {
    return this.whole;
  }

  get journalId(): string {
    return fromHostMessage(this.connection.host).journalId;
  }

  /** When the rows were last known to be what the engine shows, milliseconds since the epoch. */
  get confirmedAt(): number {
    return this.confirmed;
  }

  /** The clock was set. */
  ageMoved(moved: (at: number) => number): void {
    this.confirmed = moved(this.confirmed);
  }

  /** Applies updates until the session ends. Never rejects. */
  async run(): Promise<void> {
    try {
      for await (const update of this.connection.updates()) {
        await this.apply(update);
        this.applied += 1;
        this.wake(this.applied);
      }
    } catch (error) {
      this.listener.failed(error);
      this.connection.close('the inventory could not be stored');
    } finally {
      this.over = true;
      this.turn?.end();
      this.wake(Infinity);
    }
  }

  /** Resolves when everything that has arrived by now is in the database, or the session has ended. */
  caughtUp(): Promise<void> {
    const until = this.connection.updatesReceived;
    if (this.over || this.applied >= until) return Promise.resolve();
    return new Promise((resume) => this.waiting.push({ until, resume }));
  }

  private wake(applied: number): void {
    const due = this.waiting.filter(({ until }) => until <= applied);
    for (const waiter of due) {
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
      waiter.resume();
    }
  }

  private async apply(update: Parameters<InventoryChain['apply']>[0]): Promise<void> {
    if (this.chain.needs(update)) this.chain.load(await this.store.digests(this.name));
    const before = this.chain.standing;
    const step = this.chain.apply(update);
    const at = this.connection.arrivedAt(update);
    switch (step.kind) {
      case 'nothing':
        return;
      case 'resync':
        return this.resync(step.reason);
      case 'bookmark':
        return this.note(step.health, this.chain.standing, at);
      case 'change':
        return this.change(step, this.hasSeen(before, step.position), at);
    }
  }

  private async change(
    { position, upserts, replacedIds, removedIds }: Extract<ChainStep, { kind: 'change' }>,
    seen: boolean,
    at: number,
  ): Promise<void> {
    const networks = upserts.map((message) => ({ ...fromNetworkMessage(message), digest: message.digest }));
    const unseen = { notBefore: seen ? null : this.confirmed, first: !this.known };
    const change = { hostName: this.name, position, upserts: networks, replacedIds, removedIds, at, ...unseen };
    const before = await this.store.apply(change);
    this.seenTo = position;
    this.known = true;
    this.trusted = true;
    this.confirmed = at;
    const first = this.becomeWhole();
    this.listener.changed(change, before);
    if (first) this.listener.synced();
  }

  /** Returns whether it was not whole before. */
  private becomeWhole(): boolean {
    const first = !this.whole;
    this.whole = true;
    this.broken = 0;
    this.turn?.end();
    return first;
  }

  private async resync(reason: string): Promise<void> {
    this.whole = false;
    this.broken += 1;
    this.listener.log(`asking for a new snapshot: ${reason}`);
    if (this.trusted) await this.store.distrust(this.name);
    this.trusted = false;
    this.turn?.end();
    if (this.broken > MAX_BROKEN) this.connection.close(`its inventory never comes whole: ${reason}`);
    else this.turn = this.gate.queue(() => this.connection.requestSnapshot(reason));
  }

  /** The rows are the agent's set, but nobody has seen what came and went since they were last confirmed. */
  private async takeUp(position: Position, at: number): Promise<void> {
    const nothing = { upserts: [], replacedIds: [], removedIds: [] };
    await this.store.apply({ hostName: this.name, position, ...nothing, at, notBefore: this.confirmed, first: false });
    this.seenTo = position;
    this.trusted = true;
  }

  /** Whether nothing has gone unseen on the way to a position: a stream is one as long as the agent has watched. */
  private hasSeen(from: Position | undefined, to: Position): boolean {
    return this.isSeenTo(to) || (this.isSeenTo(from) && from?.streamId === to.streamId);
  }

  private isSeenTo(position: Standpoint | undefined): boolean {
    return position?.streamId === this.seenTo.streamId && position.revision === this.seenTo.revision;
  }

  private async note(health: EngineHealth, position: Position | undefined, at: number): Promise<void> {
    const unseen = position !== undefined && health.state === 'up' && !this.isSeenTo(position);
    if (unseen) await this.takeUp(position, at);
    const first = position !== undefined && this.becomeWhole();
    if (this.whole && health.state === 'up') this.confirmed = at;
    const changed = health.state !== this.currentHealth.state || health.reason !== this.currentHealth.reason;
    this.currentHealth = health;
    if (changed) this.listener.healthChanged(health);
    if (first) this.listener.synced();
  }
}
