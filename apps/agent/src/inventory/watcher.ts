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

/**
 * One consumer of the inventory.
 *
 * Invariants: it holds no more than the state that it is giving and the one before, however slowly its consumer reads;
 * `given` is what the consumer has taken whole, which is known when it asks for the next message; every delta applies
 * to `given`.
 */
export class Watcher {
  given: InventoryState | undefined;

  /** @param taken is called each time `given` has changed */
  constructor(
    private readonly watched: Watched,
    private readonly timing: Timing,
    private readonly taken: () => void,
  ) {}

  /** A snapshot, then deltas, and bookmarks every `heartbeatMs` ± 10 % and at each change of health. */
  async *updates(heartbeatMs: number, signal: AbortSignal): AsyncGenerator<InventoryUpdate, void, void> {
    const { watched, timing } = this;
    let saidHealth: EngineHealth | undefined;
    let bookmarkAt = 0;
    while (!signal.aborted) {
      const { state, health } = watched;
      if (state !== undefined && state !== this.given) {
        yield* updatesTo(this.given, state);
        this.given = state;
        this.taken();
      } else if (health !== saidHealth || timing.now() >= bookmarkAt) {
        bookmarkAt = timing.now() + heartbeatMs * (0.9 + 0.2 * timing.random());
        saidHealth = health;
        yield bookmarkOf(state, watched.streamId, health);
      } else {
        await watched.changed.wait(bookmarkAt - timing.now(), signal);
      }
    }
  }
}
