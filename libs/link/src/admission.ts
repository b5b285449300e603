import type { Socket } from 'node:net';
import type { SteadyClock } from './call-scope.js';
import { plainAddress, sourceOf } from './ip.js';
import type { LinkLimits } from './limits.js';
import { Lockout } from './lockout.js';
import { TokenBuckets } from './token-bucket.js';

/**
 * All agents that are known at one address may come back at once when the controller has been away, and again within so
 * many seconds: those that are sent away dial again after 10 s on average.
 */
const SECONDS_TO_RETURN = 10;

/**
 * Counts the connections of each source and of each agent.
 *
 * Invariants: a connection counts for its source until it closes or `prove` moves it to its agent; no more strangers
 * stay than the limits say.
 */
export class Admission {
  private readonly bySource = new Map<string, number>();
  private readonly byAgent = new Map<string, number>();
  private readonly heldBySource = new WeakMap<Socket, () => void>();
  private readonly agentOf = new WeakMap<Socket, string>();
  private readonly strangers = new Set<Socket>();
  private readonly rates: TokenBuckets;
  private readonly floods: Lockout;

  /** @param expected how many agents are known to come from a source: those behind one router share its address */
  constructor(
    private readonly limits: LinkLimits,
    private readonly clock: SteadyClock,
    private readonly expected: (source: string) => number = () => 0,
  ) {
    const { perSecond, burst } = limits.newConnectionsPerAddress;
    this.rates = new TokenBuckets((source) => {
      const agents = expected(source);
      return { perSecond: perSecond + agents / SECONDS_TO_RETURN, burst: burst + agents };
    });
    this.floods = new Lockout(limits.floods, limits.floodMs, clock);
  }

  /** Returns why the connection is refused, as a sentence; undefined where it is let in. */
  enter(socket: Socket): string | undefined {
    const source = sourceOf(socket.remoteAddress ?? '');
    const address = plainAddress(socket.remoteAddress ?? 'an address that is gone');
    if (this.floods.remainingMs(source) > 0) return `${address} has flooded us a moment ago`;
    if (!this.rates.take(source, this.clock())) return `${address} opens connections too fast`;
    const open = this.bySource.get(source) ?? 0;
    if (open >= this.limits.connectionsPerAddress + this.expected(source))
      return `${address} has ${open} connections open already`;
    this.heldBySource.set(socket, this.hold(this.bySource, source, socket));
    return undefined;
  }

  /** From now on the connection counts for its agent. Returns why it is refused, as a sentence, or undefined. */
  prove(socket: Socket, agentId: string): string | undefined {
    if (this.floods.remainingMs(agentId) > 0) return `agent ${agentId} has flooded us a moment ago`;
    const open = this.byAgent.get(agentId) ?? 0;
    if (open >= this.limits.connectionsPerAgent) return `agent ${agentId} has ${open} connections open already`;
    this.heldBySource.get(socket)?.();
    this.hold(this.byAgent, agentId, socket);
    this.agentOf.set(socket, agentId);
    return undefined;
  }

  /**
   * A connection was ended because it sent too much. Each may cost us little before that; the next ones of its agent,
   * or of its source where it was a stranger's, shall not come.
   */
  flooded(socket: Socket): void {
    const agentId = this.agentOf.get(socket);
    if (agentId !== undefined) this.floods.failed(agentId);
    else if (this.heldBySource.has(socket)) this.floods.failed(sourceOf(socket.remoteAddress ?? ''));
  }

  /**
   * The handshake is done and proves no agent. Returns who has to make room, which is the stranger that has been here
   * for longest: so somebody with many addresses cannot keep everybody else out by staying.
   */
  stay(socket: Socket): Socket | undefined {
    if (!this.heldBySource.has(socket)) return undefined;
    this.strangers.add(socket);
    socket.once('close', () => this.strangers.delete(socket));
    if (this.strangers.size <= this.limits.strangers) return undefined;
    const [longest] = this.strangers;
    if (longest !== undefined) this.strangers.delete(longest);
    return longest;
  }

  /** Returns what ends the count before the connection does. */
  private hold(counts: Map<string, number>, key: string, socket: Socket): () => void {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const letGo = (): void => {
      socket.off('close', letGo);
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    };
    socket.on('close', letGo);
    return letGo;
  }
}
