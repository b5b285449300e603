import { type Clock } from '../clock.js';
import { type EventHub } from './event-hub.js';
import { type Sight } from './sight.js';
import { type ReadEvent, type Seen, type ToldEvent, toRead, toResync } from './told-event.js';

/** What a reader may see, and what of that it asks for. */
export interface Wish {
  readonly sight: Sight;
  readonly wants: (told: ToldEvent, seen: Seen) => boolean;
}

/**
 * The place of one reader in the stream of events. It holds no event, only where it is, so that a slow reader costs
 * nothing.
 *
 * Invariant: what `take` has given is every event after the place where the reader began, as far as it may see and asks
 * for it, or a `resync` in the place of those that are no longer kept; never a gap.
 */
export class Follower {
  private passed: number;
  /** Why the reader has to read again before it goes on. */
  private lost: string | undefined;

  /** @param after number of the event before the first to give, or an id that is not known */
  constructor(
    private readonly hub: EventHub,
    after: number | string,
    private readonly wish: Wish,
    private readonly now: Clock,
  ) {
    this.passed = typeof after === 'number' ? after : hub.last;
    if (typeof after === 'string') this.lost = noLongerKnown(after);
  }

  /** Id of the event up to which the reader has been given everything; undefined: it has to read again first. */
  get position(): string | undefined {
    return this.lost === undefined ? this.hub.idOf(this.passed) : undefined;
  }

  get isBehind(): boolean {
    return this.lost !== undefined || this.passed < this.hub.last;
  }

  /** The next events for this reader, out of `most` that are looked at. None does not mean that there are no more. */
  take(most: number): ReadEvent[] {
    if (this.lost === undefined && this.passed < this.hub.forgotten)
      this.lost = noLongerKnown(this.hub.idOf(this.passed));
    if (this.lost !== undefined) return [this.resync(this.lost)];
    const end = Math.min(this.hub.last, this.passed + most);
    const taken: ReadEvent[] = [];
    while (this.passed < end) {
      const told = this.hub.at(++this.passed);
      const seen = this.wish.sight(told);
      if (seen !== undefined && this.wish.wants(told, seen)) taken.push(told.as(seen));
    }
    return taken;
  }

  /** Tells the reader to read again: after that it knows everything up to now. */
  resync(reason: string): ReadEvent {
    this.lost = undefined;
    this.passed = this.hub.last;
    return toRead(toResync(this.hub.idOf(this.passed), this.now(), reason));
  }

  /** Calls `wake` once when there is something to take. @returns ends that */
  wait(wake: () => void): () => void {
    if (!this.isBehind) return this.hub.onNext(wake);
    wake();
    return () => undefined;
  }
}

const noLongerKnown = (id: string): string => `events since ${id} are no longer known: read again what you show`;
