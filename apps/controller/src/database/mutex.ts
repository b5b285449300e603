/**
 * Lets one holder in at a time, in the order of asking.
 *
 * Invariant: whoever acquired must call the release function once, in a `finally`; a second call does nothing.
 */
export class Mutex {
  private tail: Promise<void> = Promise.resolve();

  /** Resolves with the release function when all earlier holders have released. */
  async acquire(): Promise<() => void> {
    const before = this.tail;
    let release!: () => void;
    this.tail = new Promise((resolve) => (release = resolve));
    await before;
    return release;
  }

  async run<T>(work: () => T | Promise<T>): Promise<T> {
    const release = await this.acquire();
    try {
      return await work();
    } finally {
      release();
    }
  }
}
