/**
 * How soon to dial again. `later`: too many dial at once, and who comes again at once is sent away again. `long`: the
 * controller, or the size of what we send, asks us to stay away.
 */
export type Pause = 'soon' | 'later' | 'long';

/** How a session ended, as far as the next attempt cares. */
export interface SessionEnd {
  readonly reason: string;
  /** How long the session was open: from the controller's Welcome to its end; 0 where there was none. */
  readonly healthyMs: number;
  readonly pause: Pause;
  /** The controller says that our certificate has expired. */
  readonly expired?: boolean;
}

const FIRST_MS = 100;
const LONGEST_MS = 30_000;
/** The time in which a controller takes in some thousands of agents. */
const LATER_MS = 20_000;
const LONG_MS = 60_000;
const HEALTHY_MS = 30_000;

/**
 * Time until the next attempt to dial: full jitter (0 to 100 ms, doubling up to 30 s), so that a fleet does not come
 * back at one instant; 0 to 20 s at least where too many do; 30 to 60 s where the other side is exhausted. A session of
 * 30 s begins the count anew.
 */
export class Backoff {
  private attempt = 0;

  constructor(private readonly random: () => number) {}

  next({ healthyMs, pause }: SessionEnd): number {
    if (healthyMs >= HEALTHY_MS) this.attempt = 0;
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.attempt++);
    if (pause === 'long') return Math.round(LONG_MS * (0.5 + this.random() / 2));
    return Math.round(Math.max(ceiling, pause === 'later' ? LATER_MS : 0) * this.random());
  }
}
