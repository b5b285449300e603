import {
  checkHostName,
  type EngineHealth,
  FairleadError,
  formatDuration,
  type Freshness,
  freshnessOf,
  toFairleadError,
} from '@fairlead/domain';
import { fromHostMessage, type HostConnection, type HostFacts } from '@fairlead/link';
import { type Clock } from '../clock.js';
import { isOutsideFault, type Statement } from '../database/index.js';
import { type HostsStore, type StoredHost } from '../hosts/hosts.store.js';
import { type ClockJump, movedBy, moveTimes } from '../inventory/clock-jump.js';
import { type InventoryChange, type InventoryStore } from '../inventory/inventory.store.js';
import { KeyedMutex } from '../keyed-mutex.js';
import { type KnownNetwork } from '../networks/networks.store.js';
import { HostSession, type StoredSet } from './host-session.js';
import { type Turn, TurnGate } from './turn-gate.js';

/** How far the rows of a host can be trusted at this moment. */
export interface HostStatus {
  readonly connected: boolean;
  readonly freshness: Freshness;
  /** Milliseconds since the epoch. */
  readonly asOf: number;
  readonly health: EngineHealth;
}

export type StatusOf = (host: StoredHost) => HostStatus;

/** What others want to know of the fleet. Called in order; a listener that throws is logged and left out that time. */
export interface FleetListener {
  hostChanged?(hostName: string): void;
  /** @param last the host as it was */
  hostRemoved?(hostName: string, last: StoredHost | undefined): void;
  networksChanged?(change: InventoryChange, before: ReadonlyMap<string, KnownNetwork>): void;
  /** The host's inventory is whole and its session takes commands. */
  hostSynced?(session: HostSession): void;
  /** Two machines use its identity: an alarm. */
  hostQuarantined?(hostName: string): void;
}

/** Who may have a session, and who may be sent a command. All of it throws FairleadError where the answer is no. */
export interface Gate {
  /** @returns what counts of the facts that the agent tells of itself */
  admit(connection: HostConnection, facts: HostFacts): Promise<HostFacts>;
  /** The same question at the moment when the session is to count. */
  recheck(connection: HostConnection, hostName: string): void;
  assertMayAct(hostName: string): void;
  /** Why a session must not go on, if there is a reason. */
  objection(hostName: string): string | undefined;
  /** The session of a host has failed because the disk did. Must not throw. */
  excuse(hostName: string): void;
}

const NO_SET: StoredSet = { streamId: '', revision: 0, setDigest: '', synced: false, known: false };

/** Snapshots of how many hosts may be on their way at once. One is 40 KB on the wire and several times that in memory. */
const MOST_SNAPSHOTS = 16;
/** Agents that are taken in at once: what is written of each goes to the disk one after the other in any case. */
const MOST_ARRIVALS = 16;

/** Time between two looks at ages, and between two notes of them in the database, in milliseconds. */
const LOOK_EVERY_MS = 500;
/** Hosts that are looked at in one such time at most, on average: 10,000 are looked at every 2.5 s. */
const LOOKED_AT = 2_000;
const NOTE_EVERY_MS = 30_000;

/**
 * The live sessions of all hosts.
 *
 * Invariants: at most one session for each host name; a session counts from the moment its host's row says connected
 * until its connection has closed and its last write is done, so that the next session of the host never meets a write
 * of the one before; agents of one name attach one after the other; ages are kept in memory and noted in the database
 * now and then.
 */
export class Fleet {
  private readonly sessions = new Map<string, HostSession>();
  /** Resolves when the session of that name has gone. */
  private readonly endings = new Map<string, Promise<void>>();
  private readonly arrivals = new KeyedMutex();
  private stopping = false;
  private readonly snapshots = new TurnGate(MOST_SNAPSHOTS);
  private readonly entrance = new TurnGate(MOST_ARRIVALS);
  private readonly listeners: FleetListener[] = [];
  private readonly shown = new Map<string, Freshness>();
  private timer: NodeJS.Timeout | undefined;
  private notedAt = 0;
  private looks = 0;

  constructor(
    private readonly hosts: HostsStore,
    private readonly inventory: InventoryStore,
    private readonly gate: Gate,
    private readonly now: Clock,
    private readonly log: (message: string, details?: object) => void,
  ) {}

  listen(listener: FleetListener): void {
    this.listeners.push(listener);
  }

  async start(): Promise<void> {
    await this.hosts.load();
    for (const host of this.hosts.all()) this.shown.set(host.name, this.freshnessOf(host));
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    for (const { connection } of this.sessions.values()) connection.close('the controller stops');
    await Promise.all(this.endings.values());
  }

  /**
   * Takes over an agent's connection; serves it until it ends.
   * @throws FairleadError `already_exists` when another agent of that name is connected, and what the gate throws
   */
  async attach(connection: HostConnection): Promise<void> {
    const told = fromHostMessage(connection.host);
    checkHostName(told.name);
    const turn = await this.enter(connection);
    try {
      const facts = await this.gate.admit(connection, told);
      await this.arrivals.run(facts.name, () => this.takeIn(connection, facts));
    } catch (error) {
      if (isOutsideFault(error)) this.gate.excuse(told.name);
      throw error;
    } finally {
      turn.end();
    }
  }

  /**
   * An agent waits 30 s for its Welcome. Who has left by then is passed over: else, where more come than the disk takes,
   * only those would be taken in who have gone, while the others wait for that.
   */
  private enter({ closed }: HostConnection): Promise<Turn> {
    return new Promise((resolve, reject) => {
      let isWaiting = true;
      const turn = this.entrance.queue(() => {
        isWaiting = false;
        queueMicrotask(() => resolve(turn));
      });
      void closed.then((reason) => {
        if (!isWaiting) return;
        turn.end();
        reject(new FairleadError('host_unavailable', `The agent has left before it was taken in: ${reason}`));
      });
    });
  }

  /** Runs the work while no agent attaches under that name, and no host of it is forgotten. */
  exclusively<T>(hostName: string, work: () => Promise<T>): Promise<T> {
    return this.arrivals.run(hostName, work);
  }

  private async takeIn(connection: HostConnection, facts: HostFacts): Promise<void> {
    this.gate.recheck(connection, facts.name);
    await this.makeRoom(connection);
    const stored = this.hosts.find(facts.name)?.inventory ?? NO_SET;
    this.gate.recheck(connection, facts.name);
    await this.hosts.attached(facts, connection.peer, this.now());
    if (this.stopping) throw new FairleadError('controller_unavailable', 'The controller is stopping');
    // Where the clock was set meanwhile the host's age has moved; from here on that of the session does.
    const confirmedAt = this.hosts.find(facts.name)?.lastHeardAt ?? this.now();
    const session = new HostSession(connection, this.inventory, this.snapshots, stored, confirmedAt, {
      changed: (change, before) => this.tell((listener) => listener.networksChanged?.(change, before)),
      healthChanged: (health) => this.noteHealth(facts.name, health),
      synced: () => this.onSynced(session),
      failed: (error) => {
        this.log(`the inventory could not be stored: ${toFairleadError(error).message}`, { host: facts.name });
        if (isOutsideFault(error)) this.gate.excuse(facts.name);
      },
      log: (message) => this.log(message, { host: facts.name }),
    });
    this.sessions.set(facts.name, session);
    this.objectTo(session);
    this.log('host connected', { host: facts.name, peer: connection.peer, engine: facts.engine.version });
    this.hostChanged(facts.name);
    this.endings.set(facts.name, this.serve(session));
  }

  session(hostName: string): HostSession | undefined {
    return this.sessions.get(hostName);
  }

  isConnected(hostName: string): boolean {
    return this.sessions.has(hostName);
  }

  /** Ends the host's session at once, if it has one: its commands end as unknown. Resolves when it is gone. */
  async end(hostName: string, reason: string): Promise<void> {
    this.sessions.get(hostName)?.connection.close(reason);
    await this.endings.get(hostName);
  }

  /**
   * All times of what was seen follow a clock that was set. What has come by the clock as it was is stored before.
   * @param commit carries the statements out in one transaction, or none of them
   */
  async clockSet(jump: ClockJump, commit: (statements: readonly Statement[]) => Promise<unknown>): Promise<void> {
    const sessions = () => [...this.sessions.values()];
    await Promise.all(sessions().map((session) => session.caughtUp()));
    const moved = (at: number): number => movedBy(jump, at, this.now());
    const write = () => commit(moveTimes(jump, this.now()));
    await this.inventory.clockSet(jump, write, () => {
      this.hosts.agesMoved(moved);
      for (const session of sessions()) session.ageMoved(moved);
    });
  }

  /** Ends its session and raises the alarm. */
  quarantined(hostName: string): void {
    void this.end(hostName, 'two machines use the identity of this host');
    this.hostChanged(hostName);
    this.tell((listener) => listener.hostQuarantined?.(hostName));
  }

  /** For rows that are read from now on: they are not known to be true for longer than that, however long the read takes. */
  statusFromNow(): StatusOf {
    const begun = this.now();
    return (host) => {
      const status = this.statusOf(host);
      return { ...status, asOf: Math.min(status.asOf, begun) };
    };
  }

  statusOf(host: StoredHost): HostStatus {
    const session = this.sessions.get(host.name);
    return {
      connected: session !== undefined,
      freshness: this.freshnessOf(host),
      asOf: session?.confirmedAt ?? host.lastHeardAt,
      health: session?.health ?? host.health,
    };
  }

  freshnessOf(host: StoredHost): Freshness {
    const session = this.sessions.get(host.name);
    const facts = {
      connected: session !== undefined,
      engineUp: (session?.health ?? host.health).state === 'up',
      synced: session?.synced ?? false,
      lastHeardAt: session?.connection.lastHeardAt ?? host.lastHeardAt,
      heartbeatMs: session?.connection.heartbeatMs ?? 0,
    };
    return freshnessOf(facts, this.now());
  }

  /**
   * What was told of it last, for questions about the whole fleet: what time or a bookmark alone has changed since shows
   * at the next look, within half a second (of 10,000 hosts 2.5 s). To work it out for 10,000 takes some 50 ms.
   */
  toldFreshnessOf(host: StoredHost): Freshness {
    return this.shown.get(host.name) ?? this.freshnessOf(host);
  }

  /**
   * The session that a command to this host can be sent on.
   * @throws FairleadError `host_unavailable`, `host_quarantined`: nothing was sent
   */
  reachable(host: StoredHost): HostSession {
    this.gate.assertMayAct(host.name);
    const session = this.sessions.get(host.name);
    const status = this.statusOf(host);
    if (session !== undefined && status.freshness === 'live') return session;
    const why = this.whyNot(status);
    throw new FairleadError('host_unavailable', `Host '${host.name}' cannot be reached (${why}). Nothing was sent.`, {
      hint: `See 'fairlead host inspect ${host.name}', and try again when it is live.`,
    });
  }

  private whyNot({ connected, freshness, asOf, health }: HostStatus): string {
    if (connected && health.state === 'down') return `its engine does not answer: ${health.reason}`;
    return `it is ${freshness}, last known ${formatDuration(Math.max(0, this.now() - asOf))} ago`;
  }

  /**
   * Forgets a host that no agent attaches to meanwhile. The session of a joined host ends: its identity goes with it.
   * @throws FairleadError `forbidden` while a local agent of that name is connected
   */
  async forget(hostName: string, remove: () => Promise<void>): Promise<void> {
    await this.arrivals.run(hostName, async () => {
      if (this.sessions.get(hostName)?.connection.identity.kind === 'local') {
        throw new FairleadError('forbidden', `Host '${hostName}' is connected; its agent would bring it back at once`, {
          hint: 'Stop the agent on that host first.',
        });
      }
      const last = this.hosts.find(hostName);
      await this.end(hostName, 'this host was removed');
      await remove();
      this.shown.delete(hostName);
      this.tell((listener) => listener.hostRemoved?.(hostName, last));
    });
  }

  /**
   * An agent that comes back takes the place of its own dead session; a second agent of that name is refused. With a
   * certificate the gate has decided already whose session it is.
   */
  private async makeRoom(connection: HostConnection): Promise<void> {
    const present = this.sessions.get(connection.host.name);
    if (present === undefined) return;
    const { journalId } = connection.host;
    const same =
      connection.identity.kind !== 'local' ||
      present.connection.instanceId === connection.instanceId ||
      (journalId !== '' && journalId === present.journalId);
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
    await this.endings.get(present.name);
  }

  private async serve(session: HostSession): Promise<void> {
    const [reason] = await Promise.all([session.connection.closed, session.run()]);
    this.log('host disconnected', { host: session.name, reason });
    this.hosts.detached(session.name, session.confirmedAt);
    this.sessions.delete(session.name);
    this.endings.delete(session.name);
    this.hostChanged(session.name);
  }

  /** What the gate would no longer let in must not stay either. */
  private objectTo({ name, connection }: HostSession): void {
    const objection = this.gate.objection(name);
    if (objection !== undefined) connection.close(objection);
  }

  private onSynced(session: HostSession): void {
    this.hostChanged(session.name);
    this.tell((listener) => listener.hostSynced?.(session));
  }

  private noteHealth(hostName: string, health: EngineHealth): void {
    this.hosts.healthChanged(hostName, health);
    this.log(`engine is ${health.state}`, { host: hostName, reason: health.reason });
    this.hostChanged(hostName);
  }

  /** Tells of hosts whose age has made them stale or offline, and notes the ages of the others. */
  private async look(): Promise<void> {
    this.looks += 1;
    if (this.looks % Math.max(1, Math.ceil(this.hosts.count / LOOKED_AT)) !== 0) return;
    try {
      for (const session of this.sessions.values()) this.objectTo(session);
      for (const host of this.hosts.all()) {
        if (this.shown.get(host.name) !== this.freshnessOf(host)) this.hostChanged(host.name);
      }
      // Also at once where the clock was set back.
      if (Math.abs(this.now() - this.notedAt) < NOTE_EVERY_MS) return;
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
    if (host) this.shown.set(hostName, this.freshnessOf(host));
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
