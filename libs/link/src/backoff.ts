/** How a session ended, as far as the next attempt cares. */
export interface SessionEnd {
  readonly reason: string;
  /** How long the session was open: from the controller's Welcome to its end; 0 where there was none. */
  readonly healthyMs: number;
  /** The controller, or the size of what we send, asked us to stay away for longer. */
  readonly exhausted: boolean;
  /** The controller says that our certificate has expired. */
  readonly expired?: boolean;
}

const FIRST_MS = 100;
const LONGEST_MS = 30_000;
const EXHAUSTED_MS = 60_000;
const HEALTHY_MS = 30_000;

/**
 * Time until the next attempt to dial: full jitter (0 to 100 ms, doubling up to 30 s), so that a fleet does not come
 * back at one instant; 30 to 60 s where the other side is exhausted. A session of 30 s begins the count anew.
 */
export class Backoff {
  private attempt = 0;

  constructor(private readonly random: () => number) {}

  next({ healthyMs, exhausted }: SessionEnd): number {
    if (healthyMs >= HEALTHY_MS) this.attempt = 0;
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.attempt++);
    return Math.round(exhausted ? EXHAUSTED_MS * (0.5 + this.random() / 2) : ceiling * this.random());
  }
}
