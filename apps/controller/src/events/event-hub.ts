import { randomBytes } from 'node:crypto';
import { type Clock } from '../clock.js';
import { Follower, type Wish } from './follower.js';
import { type Audience } from './sight.js';
import { type NewEvent, ToldEvent } from './told-event.js';

/** Events kept for readers that come back, or that are slow. */
export const KEPT = 10_000;

/** Id of an event: a random word of this life of the controller, and a number that grows by one. */
const ID = /^([0-9a-f]{8})-(0|[1-9]\d{0,14})$/;

/**
 * Numbers events and keeps the last of them; readers take them from here at their own pace (see Follower).
 *
 * Invariants: ids grow by one and are never reused, also over a restart, since they begin with a random word of this
 * process; the event of number n is at n modulo KEPT until that of n + KEPT comes; publishing makes no view and waits
 * for nobody.
 */
export class EventHub {
  private readonly life = randomBytes(4).toString('hex');
  private readonly ring: ToldEvent[] = [];
  /** Readers that have read all there is, told once of the next event. */
  private waiting: (() => void)[] = [];
  private latest = 0;

  /** @param onFault told where the view of an event could not be made */
  constructor(
    private readonly now: Clock,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** @param audience by what is judged who may see it; without it only readers who may see everything do */
  publish(event: NewEvent, audience: Audience = {}): void {
    this.latest += 1;
    this.ring[this.latest % KEPT] = new ToldEvent(this.idOf(this.latest), event, audience, this.onFault);
    if (this.waiting.length === 0) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** @param lastEventId the event that the reader has seen last, or undefined to begin now */
  follow(lastEventId: string | undefined, wish: Wish): Follower {
    if (lastEventId === undefined) return new Follower(this, this.latest, wish, this.now);
    return new Follower(this, this.numberOf(lastEventId) ?? lastEventId, wish, this.now);
  }

  /** Number of the newest event; 0 before the first. */
  get last(): number {
    return this.latest;
  }

  /** Number of the newest event that is no longer kept. */
  get forgotten(): number {
    return Math.max(0, this.latest - KEPT);
  }

  /** An event that is kept. */
  at(number: number): ToldEvent {
    return this.ring[number % KEPT]!;
  }

  idOf(number: number): string {
    return `${this.life}-${number}`;
  }

  /** Calls `wake` once, at the next event. @returns ends that */
  onNext(wake: () => void): () => void {
    this.waiting.push(wake);
    return () => {
      this.waiting = this.waiting.filter((each) => each !== wake);
    };
  }

  /** Number of an id that this hub has given, or gave before its first event; undefined for any other text. */
  private numberOf(id: string): number | undefined {
    const [, life, digits] = ID.exec(id) ?? [];
    const number = Number(digits);
    return life === this.life && number <= this.latest ? number : undefined;
  }
}
