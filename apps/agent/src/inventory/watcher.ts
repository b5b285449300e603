import type { EngineHealth } from '@fairlead/domain';
import type { InventoryUpdate } from '@fairlead/link';
import type { Bell } from '../concurrency/bell.js';
import type { Timing } from '../concurrency/timing.js';
import type { InventoryState } from './inventory-state.js';
import { bookmarkOf, updatesTo } from './updates.js';

/** What a watcher looks at. */
export interface Watched {
  /** Undefined before the engine has been read for the first time. */
  readonly state: InventoryState | undefined;
  readonly health: EngineHealth;
  /** Names the stream before there is a state. */
  readonly streamId: string;
  /** Rings when `state` or `health` has become another one. */
  readonly changed: Bell;
}

/** What a consumer wants; all of WatchInventoryRequest. */
export interface WatchWish {
  /** Between two bookmarks, ± 10 %. */
  readonly heartbeatMs: number;
  /** It may hold the set already: it is told the digest, and asks for a snapshot by another watch where it does not. */
  readonly bookmarkFirst: boolean;
  /** A bookmark of the digest that it holds sets its position. */
  readonly adoptsBookmarks: boolean;
}

/**
 * One consumer of the inventory.
 *
 * Invariants: it holds no more than the state that it is giving and the one before, however slowly its consumer reads;
 * `given` is what the consumer has taken whole, or has been told the digest of, which is known when it asks for the
 * next message; every delta applies to `given`.
 */
export class Watcher {
  given: InventoryState | undefined;

  /** @param taken is called each time `given` has changed */
  constructor(
    private readonly watched: Watched,
    private readonly timing: Timing,
    private readonly taken: () => void,
  ) {}

  /**
   * A snapshot (or a bookmark, where that is wished first), then deltas, and bookmarks every `heartbeatMs` ± 10 % and at
   * each change of health.
   */
  async *updates(wish: WatchWish, signal: AbortSignal): AsyncGenerator<InventoryUpdate, void, void> {
    const { watched, timing } = this;
    let saidHealth: EngineHealth | undefined;
    let bookmarkAt = 0;
    while (!signal.aborted) {
      const { state, health } = watched;
      const isNews = state !== undefined && state !== this.given;
      const byDigest = isNews && this.isToldByDigest(state, wish);
      if (isNews && !byDigest) yield* updatesTo(this.given, state);
      else if (byDigest || health !== saidHealth || timing.now() >= bookmarkAt) {
        bookmarkAt = timing.now() + wish.heartbeatMs * (0.9 + 0.2 * timing.random());
        saidHealth = health;
        yield bookmarkOf(state, watched.streamId, health);
      } else {
        await watched.changed.wait(bookmarkAt - timing.now(), signal);
      }
      if (!isNews) continue;
      this.given = state;
      this.taken();
    }
  }

  /** Whether the digest alone may be enough: at the beginning, and where a new stream shows the same set. */
  private isToldByDigest(state: InventoryState, { bookmarkFirst, adoptsBookmarks }: WatchWish): boolean {
    const { given } = this;
    if (given === undefined) return bookmarkFirst;
    return adoptsBookmarks && given.streamId !== state.streamId && given.setDigest === state.setDigest;
  }
}
