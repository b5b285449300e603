/** Snapshots of how many hosts may be on their way at once. One is 40 KB on the wire and several times that in memory. */
const MOST_SNAPSHOTS = 8;
/** Time that one snapshot may take before the next host gets its turn all the same, in milliseconds. */
const LONGEST_TURN_MS = 60_000;

/** A host's place in the queue, then its snapshot. */
export interface SnapshotTurn {
  /** It is whole, broken, or no longer wanted. May be called at any time, and again. */
  end(): void;
}

/**
 * Lets hosts send their snapshots a few at a time, in the order in which they began to wait: ten thousand that come at
 * once would fill the memory with what the database has not taken yet.
 *
 * Invariants: no more turns are open than the limit says; a turn that has ended never begins; each ends once.
 */
export class SnapshotGate {
  private open = 0;
  /** In order; a turn that ends while it waits leaves. */
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly most = MOST_SNAPSHOTS,
    private readonly longestMs = LONGEST_TURN_MS,
  ) {}

  /** @param begin asks for the snapshot; called at once where there is room */
  queue(begin: () => void): SnapshotTurn {
    let end = (): void => void this.waiting.delete(start);
    const start = (): void => {
      this.open += 1;
      const timer = setTimeout(() => end(), this.longestMs).unref();
      end = () => {
        clearTimeout(timer);
        end = () => undefined;
        this.open -= 1;
        this.next();
      };
      begin();
    };
    this.waiting.add(start);
    this.next();
    return { end: () => end() };
  }

  private next(): void {
    for (const start of this.waiting) {
      if (this.open >= this.most) return;
      this.waiting.delete(start);
      start();
    }
  }
}
