/**
 * Tells when nothing was heard for too long.
 *
 * Invariants: calls `onSilent` at most once, never after `stop`, and never while held. A process that was stopped or
 * busy for longer than the limit first reads what has come in meanwhile.
 */
export class SilenceTimer {
  private readonly timer: NodeJS.Timeout;
  private heardSince = false;
  private held = false;
  private stopped = false;

  constructor(
    limitMs: number,
    private readonly onSilent: () => void,
  ) {
    this.timer = setTimeout(() => this.listenOnceMore(), limitMs);
  }

  heard(): void {
    this.heardSince = true;
    if (!this.stopped) this.timer.refresh();
  }

  /** While we do not read, silence is our own. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.heard();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Timers run before input is read: two turns of the event loop let waiting input speak first. */
  private listenOnceMore(): void {
    this.heardSince = false;
    setImmediate(() => setImmediate(() => this.judge()));
  }

  private judge(): void {
    if (this.stopped || this.held || this.heardSince) return;
    this.stopped = true;
    this.onSilent();
  }
}
