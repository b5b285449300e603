import type { Socket } from 'node:net';
import type { SteadyClock } from './call-scope.js';
import type { LinkLimits } from './limits.js';
import { TokenBucket } from './token-bucket.js';

/** Time after which a handshake no longer counts as under way: the other end is slow, and costs us nothing meanwhile. */
const UNDER_WAY_MS = 500;
/** Time until room is looked for again where none was, in milliseconds. */
const LOOK_AGAIN_MS = 10;

/** A connection whose handshake is to begin. */
export interface Waiting {
  readonly socket: Socket;
  /** Whether agents are known at its source. */
  readonly known: boolean;
  readonly begin: () => void;
  /** Called in place of `begin` where too many wait, or this one has waited for too long. */
  readonly sendAway: () => void;
}

type Entry = Waiting & { readonly since: number };

/**
 * Lets TLS handshakes begin in the order in which their connections came: no faster than the limits say, and no more at
 * a time than get done.
 *
 * An agent gives up 30 s after it has dialled. Where a fleet comes back faster than it can be taken in, whoever waits
 * for too long is sent away while nothing was spent on him: else, only those would be served who have gone meanwhile.
 *
 * Invariants: who comes from where agents are known waits for no others but those under way; each handshake counts until
 * it is `over`, its socket closes or half a second has passed, so that nobody who is slow keeps others out; a socket that
 * has closed keeps no place; one that was sent away never begins.
 */
export class HandshakeQueue {
  private readonly pace: TokenBucket;
  private readonly underWay = new Map<Socket, NodeJS.Timeout>();
  /** Each in order of arrival. */
  private readonly known = new Set<Entry>();
  private readonly others = new Set<Entry>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param busyWith how many callers whose handshakes are over are being taken in */
  constructor(
    private readonly limits: Pick<
      LinkLimits,
      'handshakes' | 'handshakesAtOnce' | 'waitingHandshakes' | 'handshakeWaitMs'
    >,
    private readonly clock: SteadyClock,
    private readonly busyWith: () => number,
  ) {
    this.pace = new TokenBucket(limits.handshakes.perSecond, limits.handshakes.burst, clock());
  }

  add(waiting: Waiting): void {
    const lane = waiting.known ? this.known : this.others;
    if (this.stopped || lane.size >= this.limits.waitingHandshakes) {
      waiting.sendAway();
      return;
    }
    const entry = { ...waiting, since: this.clock() };
    lane.add(entry);
    waiting.socket.once('close', () => {
      lane.delete(entry);
      this.over(waiting.socket);
    });
    if (this.timer === undefined) this.next();
  }

  /** The handshake of this socket is done, or has failed. */
  over(socket: Socket): void {
    clearTimeout(this.underWay.get(socket));
    this.underWay.delete(socket);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const lane of [this.known, this.others]) lane.clear();
  }

  private next(): void {
    this.timer = undefined;
    for (const lane of [this.known, this.others]) {
      for (let first = this.firstOf(lane); first !== undefined && this.mayBegin(); first = this.firstOf(lane)) {
        lane.delete(first);
        this.begin(first);
      }
    }
    if (this.known.size + this.others.size === 0) return;
    const waitMs = Math.max(this.hasRoom() ? 0 : LOOK_AGAIN_MS, this.pace.waitMs(this.clock()));
    this.timer = setTimeout(() => this.next(), waitMs);
  }

  /** Who has waited longest, passing over who has gone, and sending away who has waited for too long. */
  private firstOf(lane: Set<Entry>): Entry | undefined {
    const late = this.clock() - this.limits.handshakeWaitMs;
    for (const first of lane) {
      if (!first.socket.destroyed && first.since > late) return first;
      lane.delete(first);
      if (!first.socket.destroyed) first.sendAway();
    }
    return undefined;
  }

  private begin({ socket, begin }: Waiting): void {
    this.underWay.set(
      socket,
      setTimeout(() => this.over(socket), UNDER_WAY_MS),
    );
    begin();
  }

  private mayBegin(): boolean {
    return this.hasRoom() && this.pace.take(this.clock());
  }

  private hasRoom(): boolean {
    return this.underWay.size + this.busyWith() < this.limits.handshakesAtOnce;
  }
}
