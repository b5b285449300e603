import type { EngineEvent } from '../port.js';
import { isDown } from './faults.js';

interface Subscriber {
  readonly event: (event: EngineEvent) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Events to all who follow, at once and in the order of what happened; never to who follows later. Events can be lost
 * on purpose, as engines lose them: without a word, on a stream that stays open.
 */
export class EventBus {
  private readonly subscribers = new Set<Subscriber>();
  private toDrop = 0;

  emit(event: EngineEvent): void {
    if (this.toDrop > 0) {
      this.toDrop -= 1;
      return;
    }
    for (const subscriber of this.subscribers) subscriber.event(event);
  }

  drop(count: number): void {
    this.toDrop = count;
  }

  /** Resolves when `signal` aborts, rejects at `breakAll`. */
  follow(
    handlers: { readonly opened: () => void; readonly event: (event: EngineEvent) => void },
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const subscriber = { event: handlers.event, fail: reject };
      this.subscribers.add(subscriber);
      const stop = (): void => {
        this.subscribers.delete(subscriber);
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
      handlers.opened();
    });
  }

  /** The engine stops: every stream ends. */
  breakAll(): void {
    const broken = [...this.subscribers];
    this.subscribers.clear();
    for (const { fail } of broken) fail(isDown());
  }
}
