import { formatDuration } from '@fairlead/domain';
import type { Terminal } from '../terminal.js';

/** Silence before anything is said: quick work needs no words. */
const QUIET_MS = 1000;

/**
 * Says on standard error that something takes its time: one line rewritten each second for a person, one plain line
 * otherwise. Invariants: the timer runs only between `start` and `stop`; after `stop` the line is empty again.
 */
export class Progress {
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private shown = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number,
    /** Said anew at each tick. */
    private readonly what: () => string,
  ) {}

  start(): void {
    this.startedAt = this.now();
    this.timer = setInterval(() => this.tick(), 1000);
    this.timer.unref();
  }

  tick(): void {
    const elapsed = this.now() - this.startedAt;
    if (elapsed < QUIET_MS) return;
    if (this.terminal.interactive) this.terminal.warn(`\r\u001b[K${this.what()} … ${formatDuration(elapsed)}`);
    else if (!this.shown) this.terminal.warn(`${this.what()} …\n`);
    this.shown = true;
  }

  /** Empties the line before something else is printed; the next tick writes it again. */
  clearFor(print: () => void): void {
    if (this.shown && this.terminal.interactive) this.terminal.warn('\r\u001b[K');
    print();
  }

  stop(): void {
    clearInterval(this.timer);
    this.clearFor(() => undefined);
    this.shown = false;
  }
}

/** Runs work under a progress line. What the work prints goes to the terminal it is given, clear of that line. */
export async function withProgress<T>(
  { terminal, now }: { readonly terminal: Terminal; readonly now: () => number },
  what: string | (() => string),
  work: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const progress = new Progress(terminal, now, typeof what === 'string' ? () => what : what);
  progress.start();
  try {
    return await work({
      ...terminal,
      write: (text) => progress.clearFor(() => terminal.write(text)),
      warn: (text) => progress.clearFor(() => terminal.warn(text)),
    });
  } finally {
    progress.stop();
  }
}
