import { Mutex } from './database/mutex.js';

/**
 * A mutex for each key: work under one key takes turns, work under different keys does not meet.
 *
 * Invariant: holds a mutex only for keys that somebody works under or waits for.
 */
export class KeyedMutex {
  private readonly turns = new Map<string, { readonly mutex: Mutex; users: number }>();

  async run<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const turn = this.turns.get(key) ?? { mutex: new Mutex(), users: 0 };
    this.turns.set(key, turn);
    turn.users += 1;
    try {
      return await turn.mutex.run(work);
    } finally {
      turn.users -= 1;
      if (turn.users === 0) this.turns.delete(key);
    }
  }
}
