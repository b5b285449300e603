import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Fleet, type FleetListener } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { type Log } from '../log.js';
import { type CertificateAuthority, type Root } from './certificate-authority.js';
import { type StoredIdentity } from './identity.js';
import { type IdentitiesOfRenewals, RenewingAgent } from './renewals-agent.js';
import { type Held, type RandomOf, randomOf, renewalOf, type Roots, type Step, stepFor } from './renewals-need.js';

export interface RenewalsParts {
  readonly fleet: Pick<Fleet, 'session'>;
  readonly identities: IdentitiesOfRenewals;
  readonly ca: CertificateAuthority;
  readonly now: Clock;
  readonly log: Log;
  readonly random?: RandomOf;
}

/** Agents of this capability have an IdentityService. */
const CAPABILITY = 2;
/** Time between two looks at who lacks something, in milliseconds. */
const LOOK_EVERY_MS = 1000;
/** Agents that are looked at in one such time at most, on average. */
const LOOKED_AT = 2_000;
/** Agents that are served at the same time, over the whole fleet. */
const AT_ONCE = 30;
/** A fleet of this size leaves its old root at once; a larger one takes so much time for each host, up to a limit. */
const SMALL_FLEET = 50;
const SPREAD_MS_PER_HOST = 100;
const LONGEST_SPREAD_MS = 180_000;
/** Pauses after failures in a row. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
/** Pause before the same is done again that has succeeded: certificates next to the end of their root are short. */
const AGAIN_MS = 60_000;

/** A session with a certificate, and how far it has come. */
interface Served {
  readonly session: HostSession;
  readonly agentId: string;
  /** 0 (included) to 1 (excluded), always the same for the same agent. */
  readonly random: number;
  held: Held;
  /** What was tried since it became busy: nothing is done twice without a pause, whatever the agent says. */
  readonly tried: Set<Step>;
  /** For as long as it has this certificate and this set of roots is the cluster's. */
  readonly refused: Set<Step>;
  failures: number;
  /** Not before then, milliseconds since the epoch. */
  pausedUntil: number;
  busy: boolean;
}

/**
 * Keeps the certificates of connected agents young and their sets of roots right, over sessions that go on meanwhile.
 *
 * It looks again and again at what each agent lacks, so that it does not matter how an attempt came to its end: what was
 * lost is found at the next look, also by the next controller.
 *
 * Invariants: `served` holds the live sessions of agents with a certificate; at most AT_ONCE of them are busy, each with
 * one thing at a time; a session ends with the certificate that its agent is known to have; a failure is logged, pauses
 * that agent alone, and never hurts its session.
 */
export class Renewals implements FleetListener {
  private readonly served = new Map<string, Served>();
  /** Hosts in want of something, the most urgent ones first. */
  private queue: string[] = [];
  private readonly running = new Set<Promise<void>>();
  /** When the hosts began to leave an old root, and how long they take. */
  private leaving = { since: 0, spreadMs: 0 };
  /** Made anew with each set of roots. */
  private known: (Roots & { readonly all: readonly Root[] }) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly random: RandomOf;

  constructor(private readonly parts: RenewalsParts) {
    this.random = parts.random ?? randomOf;
  }

  start(): void {
    if (this.stopped) return;
    const ticks = Math.max(1, Math.ceil(this.served.size / LOOKED_AT));
    this.timer = setTimeout(() => {
      this.look();
      this.start();
    }, ticks * LOOK_EVERY_MS);
  }

  /** Begins nothing more; resolves when what is under way has ended, as it does at the latest with its sessions. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.queue = [];
    await Promise.all(this.running);
  }

  hostChanged(hostName: string): void {
    const session = this.parts.fleet.session(hostName);
    if (this.served.get(hostName)?.session === session) return;
    this.served.delete(hostName);
    const { identity: peer, host } = session?.connection ?? {};
    if (session === undefined || peer?.kind !== 'agent' || (host?.capability ?? 0) < CAPABILITY) return;
    this.served.set(hostName, {
      session,
      agentId: peer.id,
      random: this.random(peer.id),
      tried: new Set(),
      held: { serial: peer.serial, notAfter: peer.notAfter },
      refused: new Set(),
      failures: 0,
      pausedUntil: 0,
      busy: false,
    });
  }

  /** The set of trusted roots, or the one that issues, has changed. */
  rootsChanged(): void {
    const count = this.served.size;
    const spreadMs = count <= SMALL_FLEET ? 0 : Math.min(count * SPREAD_MS_PER_HOST, LONGEST_SPREAD_MS);
    this.leaving = { since: this.parts.now(), spreadMs };
    for (const each of this.served.values()) beginAnew(each);
    this.look();
  }

  /** Ends sessions whose certificates have expired, and sees who lacks something. */
  look(): void {
    if (this.stopped) return;
    const now = this.parts.now();
    const due: Served[] = [];
    for (const each of this.served.values()) {
      if (each.held.notAfter <= now) each.session.connection.close('its certificate has expired');
      else if (!each.busy && each.pausedUntil <= now && this.stepOf(each) !== undefined) due.push(each);
    }
    due.sort((a, b) => a.held.notAfter - b.held.notAfter);
    this.queue = due.map(({ session }) => session.name);
    this.fill();
  }

  private fill(): void {
    while (!this.stopped && this.running.size < AT_ONCE) {
      const hostName = this.queue.shift();
      if (hostName === undefined) return;
      const next = this.served.get(hostName);
      if (next === undefined || next.busy) continue;
      const work = this.serve(next).finally(() => {
        this.running.delete(work);
        this.fill();
      });
      this.running.add(work);
    }
  }

  /** One agent, until it lacks nothing. Never rejects. */
  private async serve(agent: Served): Promise<void> {
    agent.busy = true;
    agent.tried.clear();
    try {
      for (let step = this.stepOf(agent); step !== undefined; step = this.stepOf(agent)) {
        if (agent.tried.has(step)) return void (agent.pausedUntil = this.parts.now() + AGAIN_MS);
        agent.tried.add(step);
        await this.take(agent, step);
        agent.failures = 0;
      }
    } catch (error) {
      this.failed(agent, error);
    } finally {
      agent.busy = false;
    }
  }

  private async take(agent: Served, step: Step): Promise<void> {
    const identity = this.identityOf(agent);
    if (identity === undefined) return;
    const { identities, ca } = this.parts;
    const remote = new RenewingAgent(agent.session.connection, identities, ca);
    try {
      if (step === 'trust') await remote.trust(identity);
      else if (step === 'confirm') await identities.confirmed(identity.id, identity.serial);
      else if (step === 'install') this.has(agent, await remote.install(identity));
      else this.has(agent, await remote.renew(identity, agent.refused.has('install')));
    } catch (error) {
      const refused = error instanceof FairleadError && error.code === 'invalid_argument' && step !== 'renew';
      if (!refused) throw error;
      this.note(agent, `it has refused this (${step})`, error);
      agent.refused.add(step);
    }
  }

  private has(agent: Served, held: Held): void {
    agent.held = held;
    agent.refused.clear();
  }

  private stepOf(agent: Served): Step | undefined {
    const identity = this.identityOf(agent);
    if (identity === undefined || this.stopped) return undefined;
    const { since, spreadMs } = this.leaving;
    return stepFor({
      identity,
      held: agent.held,
      roots: this.roots(),
      now: this.parts.now(),
      leaveOldRootAt: since + spreadMs * agent.random,
      renewAt: renewalOf(identity, agent.random),
      refused: agent.refused,
    });
  }

  private roots(): Roots {
    const { ca } = this.parts;
    const all = ca.roots();
    if (this.known?.all !== all) {
      this.known = { all, active: ca.active.digest, trusted: all.map(({ digest }) => digest) };
    }
    return this.known;
  }

  /** Undefined where it has ended, or its session has. */
  private identityOf({ session, agentId }: Served): StoredIdentity | undefined {
    if (this.served.get(session.name)?.session !== session) return undefined;
    const identity = this.parts.identities.of(session.name);
    return identity?.id === agentId && identity.state === 'active' ? identity : undefined;
  }

  private failed(agent: Served, error: unknown): void {
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** agent.failures, LONGEST_PAUSE_MS);
    agent.failures += 1;
    agent.pausedUntil = this.parts.now() + pause * (0.5 + agent.random / 2);
    if (this.identityOf(agent) !== undefined)
      this.note(agent, `it is tried again in ${Math.ceil(pause / 1000)} s or less`, error);
  }

  private note({ session, failures }: Served, then: string, error: unknown): void {
    const { code, message } = toFairleadError(error);
    this.parts.log('the certificate or the roots of a host could not be renewed', {
      host: session.name,
      code,
      error: message,
      failures,
      then,
    });
  }
}

function beginAnew(agent: Served): void {
  agent.refused.clear();
  agent.tried.clear();
  agent.pausedUntil = 0;
}
