import {
  checkHostName,
  type EngineHealth,
  FairleadError,
  formatDuration,
  type Freshness,
  freshnessOf,
} from '@fairlead/domain';
import { fromHostMessage, type HostConnection } from '@fairlead/link';
import { type Clock } from '../clock.js';
import { type HostsStore, type StoredHost } from '../hosts/hosts.store.js';
import { type InventoryChange, type InventoryStore } from '../inventory/inventory.store.js';
import { type KnownNetwork } from '../networks/networks.store.js';
import { HostSession } from './host-session.js';

/** How far the rows of a host can be trusted at this moment. */
export interface HostStatus {
  readonly connected: boolean;
  readonly freshness: Freshness;
  /** Milliseconds since the epoch. */
  readonly asOf: number;
  readonly health: EngineHealth;
}

/** What others want to know of the fleet. Called in order; a listener that throws is logged and left out that time. */
export interface FleetListener {
  hostChanged?(hostName: string): void;
  hostRemoved?(hostName: string): void;
  networksChanged?(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>): void;
  /** The host's inventory is whole and its session takes commands. */
  hostSynced?(session: HostSession): void;
}

/** Time between two looks at ages, and between two notes of them in the database, in milliseconds. */
const LOOK_EVERY_MS = 500;
const NOTE_EVERY_MS = 30_000;

/**
 * The live sessions of all hosts.
 *
 * Invariants: at most one session for each host name; a session counts from the moment its host's row says connected
 * until `connection.closed`; ages are kept in memory and noted in the database now and then.
 */
export class Fleet {
  private readonly sessions = new Map<string, HostSession>();
  private readonly listeners: FleetListener[] = [];
  private readonly shown = new Map<string, Freshness>();
  private timer: NodeJS.Timeout | undefined;
  private notedAt = 0;

  constructor(
    private readonly hosts: HostsStore,
    private readonly inventory: InventoryStore,
    private readonly now: Clock,
    private readonly log: (message: string, details?: object) => void,
  ) {}

  listen(listener: FleetListener): void {
    this.listeners.push(listener);
  }

  async start(): Promise<void> {
    await this.hosts.load();
    for (const host of this.hosts.all()) this.shown.set(host.name, this.statusOf(host).freshness);
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    const sessions = [...this.sessions.values()];
    for (const { connection } of sessions) connection.close('the controller stops');
    await Promise.all(sessions.map(({ connection }) => connection.closed));
  }

  /**
   * Takes over an agent's connection; serves it until it ends.
   * @throws FairleadError `already_exists` when another agent of that name is connected
   */
  async attach(connection: HostConnection): Promise<void> {
    const facts = fromHostMessage(connection.host);
    checkHostName(facts.name);
    await this.makeRoom(connection);
    const session = new HostSession(connection, this.inventory, await this.inventory.digests(facts.name), {
      changed: (change, before) => this.tell((listener) => listener.networksChanged?.(change, before)),
      healthChanged: (health) => void this.noteHealth(facts.name, health),
      synced: () => this.onSynced(session),
      log: (message) => this.log(message, { host: facts.name }),
    });
    await this.hosts.attached(facts, connection.peer, this.now());
    this.sessions.set(facts.name, session);
    this.log('host connected', { host: facts.name, peer: connection.peer, engine: facts.engine.version });
    this.hostChanged(facts.name);
    void this.serve(session);
  }

  session(hostName: string): HostSession | undefined {
    return this.sessions.get(hostName);
  }

  statusOf(host: StoredHost): HostStatus {
    const session = this.sessions.get(host.name);
    const health = session?.health ?? host.health;
    const lastHeardAt = session?.connection.lastHeardAt ?? host.lastHeardAt;
    const facts = {
      connected: session !== undefined,
      engineUp: health.state === 'up',
      synced: session?.synced ?? false,
    };
    const freshness = freshnessOf({ ...facts, lastHeardAt }, this.now());
    return { connected: facts.connected, freshness, asOf: session?.confirmedAt ?? host.lastHeardAt, health };
  }

  /**
   * The session that a command to this host can be sent on.
   * @throws FairleadError `host_unavailable`: nothing was sent
   */
  reachable(host: StoredHost): HostSession {
    const session = this.sessions.get(host.name);
    const { freshness, asOf, health } = this.statusOf(host);
    if (session !== undefined && freshness === 'live') return session;
    const age = formatDuration(Math.max(0, this.now() - asOf));
    const why =
      session !== undefined && health.state === 'down'
        ? `its engine does not answer: ${health.reason}`
        : `it is ${freshness}, last heard of ${age} ago`;
    throw new FairleadError('host_unavailable', `Host '${host.name}' cannot be reached (${why}). Nothing was sent.`, {
      hint: `See 'fairlead host inspect ${host.name}', and try again when it is live.`,
    });
  }

  hostRemoved(hostName: string): void {
    this.shown.delete(hostName);
    this.tell((listener) => listener.hostRemoved?.(hostName));
  }

  /** An agent that comes back takes the place of its own dead session; a second agent of that name is refused. */
  private async makeRoom(connection: HostConnection): Promise<void> {
    const present = this.sessions.get(connection.host.name);
    if (present === undefined) return;
    const same =
      present.journalId === connection.host.journalId || present.connection.instanceId === connection.instanceId;
    if (!same) {
      throw new FairleadError(
        'already_exists',
        `Host name '${present.name}' is taken by an agent at ${present.connection.peer}`,
        {
          hint: 'Give this agent another name with --name, or stop the other one.',
        },
      );
    }
    present.connection.close('the agent came back on a new session');
    await present.connection.closed;
    this.sessions.delete(present.name);
  }

  private async serve(session: HostSession): Promise<void> {
    void session.run();
    const reason = await session.connection.closed;
    this.log('host disconnected', { host: session.name, reason });
    if (this.sessions.get(session.name) !== session) return;
    this.sessions.delete(session.name);
    await this.hosts.detached(session.name, session.confirmedAt).catch((error: unknown) => this.logFailure(error));
    this.hostChanged(session.name);
  }

  private onSynced(session: HostSession): void {
    this.hostChanged(session.name);
    this.tell((listener) => listener.hostSynced?.(session));
  }

  private async noteHealth(hostName: string, health: EngineHealth): Promise<void> {
    await this.hosts.healthChanged(hostName, health).catch((error: unknown) => this.logFailure(error));
    this.log(`engine is ${health.state}`, { host: hostName, reason: health.reason });
    this.hostChanged(hostName);
  }

  /** Tells of hosts whose age has made them stale or offline, and notes the ages of the others. */
  private async look(): Promise<void> {
    try {
      for (const host of this.hosts.all()) {
        if (this.shown.get(host.name) !== this.statusOf(host).freshness) this.hostChanged(host.name);
      }
      if (this.now() - this.notedAt < NOTE_EVERY_MS) return;
      this.notedAt = this.now();
      await this.hosts.heard(
        new Map([...this.sessions.values()].map((session) => [session.name, session.confirmedAt])),
      );
    } catch (error) {
      this.logFailure(error);
    }
  }

  hostChanged(hostName: string): void {
    const host = this.hosts.find(hostName);
    if (host) this.shown.set(hostName, this.statusOf(host).freshness);
    this.tell((listener) => listener.hostChanged?.(hostName));
  }

  private tell(call: (listener: FleetListener) => void): void {
    for (const listener of this.listeners) {
      try {
        call(listener);
      } catch (error) {
        this.logFailure(error);
      }
    }
  }

  private logFailure(error: unknown): void {
    this.log('a listener or the database failed', { error: error instanceof Error ? error.message : String(error) });
  }
}
