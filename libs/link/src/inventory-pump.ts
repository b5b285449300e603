import { FairleadError } from '@fairlead/domain';
import type { SteadyClock } from './call-scope.js';
import { CallScope } from './call-scope.js';
import type { NetworkServiceHandlers } from './contract.js';
import type { InventoryUpdate } from './generated/fairlead/agent/v1/InventoryUpdate.js';

/**
 * Carries the handlers' inventory watch to a session.
 *
 * Invariants: one watch at a time, the next begins when the last has returned; the next update is asked for when
 * `send` has taken the last one; after `restart` or `stop` nothing of the old watch is sent.
 */
export class InventoryPump {
  private watch: CallScope | undefined;
  private stopped = false;

  constructor(
    private readonly handlers: NetworkServiceHandlers,
    private readonly clock: SteadyClock,
    private readonly send: (update: InventoryUpdate) => Promise<void> | void,
  ) {}

  /**
   * Runs until `stop`. Rejects with what the handler or `send` throws, and when the watch ends by itself.
   * @param bookmarkFirst as the receiver has said: the first watch begins with a bookmark; those that it asks for later
   * begin with a snapshot
   */
  async run(heartbeatMs: number, bookmarkFirst: boolean): Promise<void> {
    const wish = { heartbeatMs, adoptsBookmarks: bookmarkFirst };
    for (let first = bookmarkFirst; !this.stopped; first = false) {
      const watch = (this.watch = new CallScope(Infinity, this.clock));
      const { signal } = watch.context;
      try {
        for await (const update of this.handlers.WatchInventory({ ...wish, bookmarkFirst: first }, watch.context)) {
          if (signal.aborted) break;
          await this.send(update);
          // What has been sent may have made the other side ask anew: the handler would not be told of that in time.
          if (signal.aborted) break;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      if (!signal.aborted) throw new FairleadError('internal', 'the inventory watch ended by itself');
    }
  }

  /** Begins a new watch, and so sends a new snapshot. */
  restart(): void {
    this.watch?.abort('a snapshot is asked for');
  }

  stop(): void {
    this.stopped = true;
    this.watch?.abort('the session ended');
  }
}
