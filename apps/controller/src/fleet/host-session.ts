import { type EngineHealth } from '@fairlead/domain';
import { fromHealthMessage, fromHostMessage, fromNetworkMessage, type HostConnection } from '@fairlead/link';
import { InventoryChain } from '../inventory/chain.js';
import { type InventoryChange, type InventoryStore } from '../inventory/inventory.store.js';
import { type KnownNetwork } from '../networks/networks.store.js';

/** What a session tells of its host. */
export interface SessionListener {
  changed(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>): void;
  healthChanged(health: EngineHealth): void;
  synced(): void;
  log(message: string): void;
}

/**
 * One live session of one host: its connection, and the inventory that it carries into the database.
 *
 * Invariants: updates are applied one after the other in the order they came; `applied` never runs ahead of the
 * database; a failure to apply ends the session, and the next one begins with a snapshot.
 */
export class HostSession {
  private applied = 0;
  private readonly waiting: { readonly until: number; readonly resume: () => void }[] = [];
  private currentHealth: EngineHealth;
  private confirmed: number;
  private readonly chain: InventoryChain;

  constructor(
    readonly connection: HostConnection,
    private readonly store: InventoryStore,
    stored: ReadonlyMap<string, string>,
    private readonly listener: SessionListener,
  ) {
    this.currentHealth = fromHealthMessage(connection.host.health);
    this.confirmed = connection.lastHeardAt;
    this.chain = new InventoryChain(stored);
  }

  get name(): string {
    return this.connection.host.name;
  }

  get health(): EngineHealth {
    return this.currentHealth;
  }

  get synced(): boolean {
    return this.chain.synced;
  }

  get journalId(): string {
    return fromHostMessage(this.connection.host).journalId;
  }

  /** When the rows were last known to be what the engine shows, milliseconds since the epoch. */
  get confirmedAt(): number {
    return this.confirmed;
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
      const reason = error instanceof Error ? error.message : String(error);
      this.listener.log(`the inventory could not be stored: ${reason}`);
      this.connection.close('the inventory could not be stored');
    } finally {
      this.wake(Infinity);
    }
  }

  /** Resolves when everything that has arrived by now is in the database, or the session has ended. */
  caughtUp(): Promise<void> {
    const until = this.connection.updatesReceived;
    if (this.applied >= until) return Promise.resolve();
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
    const wasSynced = this.chain.synced;
    const step = this.chain.apply(update);
    switch (step.kind) {
      case 'nothing':
        return;
      case 'resync':
        this.listener.log(`asking for a new snapshot: ${step.reason}`);
        return this.connection.requestSnapshot(step.reason);
      case 'bookmark':
        return this.note(step.health);
      case 'change': {
        const upserts = step.upserts.map((message) => ({ ...fromNetworkMessage(message), digest: message.digest }));
        const change = {
          hostName: this.name,
          position: step.position,
          upserts,
          removedIds: step.removedIds,
          at: this.connection.lastHeardAt,
        };
        const before = await this.store.apply(change);
        this.confirmed = change.at;
        this.listener.changed(change, before);
        if (!wasSynced) this.listener.synced();
      }
    }
  }

  private note(health: EngineHealth): void {
    if (health.state === 'up') this.confirmed = this.connection.lastHeardAt;
    const changed = health.state !== this.currentHealth.state || health.reason !== this.currentHealth.reason;
    this.currentHealth = health;
    if (changed) this.listener.healthChanged(health);
  }
}
