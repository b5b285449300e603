import { toFairleadError } from '@fairlead/domain';
import { type CheckpointMessage__Output } from '@fairlead/link';
import { type Fleet, type FleetListener } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { type Log } from '../log.js';
import { type Checkpoint } from './checkpoint.js';

/** Agents of this capability keep checkpoints. */
const CAPABILITY = 2;
/** Time for one call of an agent, in milliseconds. */
const DEADLINE_MS = 10_000;
/** Agents that are handed a checkpoint, or asked for theirs, at the same time. */
const AT_ONCE_HANDED = 20;
const AT_ONCE_ASKED = 50;

/** What one host's agent keeps, by its own account. */
export interface Testimony {
  readonly hostName: string;
  readonly checkpoints: readonly Checkpoint[];
}

/**
 * The agents as keepers of checkpoints.
 *
 * Invariants: each session is handed the newest checkpoint when it begins and each one that is made later, or, where
 * several were made meanwhile, the last of them; at most AT_ONCE_HANDED calls are on their way; a failure is logged
 * and never hurts the session.
 */
export class Witnesses implements FleetListener {
  private readonly greeted = new WeakSet<HostSession>();
  /** What is still to be handed out, in the order in which it came up. */
  private readonly waiting = new Map<HostSession, Checkpoint>();
  private handing = 0;
  private stopped = false;

  /** @param hostNames all hosts, connected or not */
  constructor(
    private readonly fleet: Pick<Fleet, 'session'>,
    private readonly hostNames: () => readonly string[],
    private readonly newest: () => Checkpoint | undefined,
    private readonly log: Log,
  ) {}

  hostChanged(hostName: string): void {
    const session = this.fleet.session(hostName);
    if (session === undefined || this.greeted.has(session)) return;
    this.greeted.add(session);
    const newest = this.newest();
    if (newest !== undefined) this.hand(session, newest);
  }

  /** Hands a new checkpoint to all agents that are connected. */
  made(checkpoint: Checkpoint): void {
    for (const name of this.hostNames()) {
      const session = this.fleet.session(name);
      if (session !== undefined) this.hand(session, checkpoint);
    }
  }

  /** Hands nothing out any more. */
  stop(): void {
    this.stopped = true;
    this.waiting.clear();
  }

  /** Asks all agents that are connected. @returns what they keep, and the hosts that could not be asked */
  async ask(): Promise<{ testimonies: Testimony[]; unasked: string[] }> {
    const testimonies: Testimony[] = [];
    const unasked: string[] = [];
    const names = this.hostNames().values();
    const askNext = async (): Promise<void> => {
      for (const hostName of names) {
        const checkpoints = await this.list(hostName);
        if (checkpoints === undefined) unasked.push(hostName);
        else testimonies.push({ hostName, checkpoints });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE_ASKED }, askNext));
    return { testimonies: testimonies.sort(byHost), unasked: unasked.sort() };
  }

  private async list(hostName: string): Promise<Checkpoint[] | undefined> {
    const session = this.fleet.session(hostName);
    if (session === undefined || !keepsCheckpoints(session)) return undefined;
    try {
      const { checkpoints } = await session.connection.invoke('ListCheckpoints', {}, { deadlineMs: DEADLINE_MS });
      return checkpoints.map(toCheckpoint);
    } catch (error) {
      this.log('a host cannot say which checkpoints it keeps', {
        host: hostName,
        error: toFairleadError(error).message,
      });
      return undefined;
    }
  }

  private hand(session: HostSession, checkpoint: Checkpoint): void {
    if (this.stopped || !keepsCheckpoints(session)) return;
    this.waiting.set(session, checkpoint);
    while (this.handing < AT_ONCE_HANDED && this.waiting.size > 0) void this.handNext();
  }

  private async handNext(): Promise<void> {
    const [next] = this.waiting;
    if (next === undefined) return;
    const [session, checkpoint] = next;
    this.waiting.delete(session);
    this.handing += 1;
    try {
      await session.connection.invoke('KeepCheckpoint', checkpoint, { deadlineMs: DEADLINE_MS });
    } catch (error) {
      const details = { host: session.name, seq: checkpoint.seq, error: toFairleadError(error).message };
      if (!this.stopped) this.log('a host did not keep a checkpoint of the audit', details);
    } finally {
      this.handing -= 1;
      void this.handNext();
    }
  }
}

const keepsCheckpoints = ({ connection }: HostSession): boolean => connection.host.capability >= CAPABILITY;

const byHost = (a: Testimony, b: Testimony): number => (a.hostName < b.hostName ? -1 : 1);

const toCheckpoint = ({ clusterId, seq, hash, at, signature }: CheckpointMessage__Output): Checkpoint => ({
  clusterId,
  seq,
  hash,
  at,
  signature,
});
