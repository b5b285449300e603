/** Time that one turn may take before the next host gets its own all the same, in milliseconds. */
const LONGEST_TURN_MS = 60_000;

/** A host's place in the queue, then its turn. */
export interface Turn {
  /** It is done, or no longer wanted. May be called at any time, and again. */
  end(): void;
}

/**
 * Lets a few hosts at a time do what costs memory or the disk, in the order in which they began to wait: ten thousand may
 * come at once.
 *
 * Invariants: no more turns are open than the limit says; a turn that has ended never begins; each ends once.
 */
export class TurnGate {
  private open = 0;
  /** In order; a turn that ends while it waits leaves. */
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly most: number,
    private readonly longestMs = LONGEST_TURN_MS,
  ) {}

  /** @param begin called at once where there is room */
  queue(begin: () => void): Turn {
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
