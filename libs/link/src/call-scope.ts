import type { CallContext } from './contract.js';

/** The longest time that Node's timers and grpc-js's deadlines can count, in milliseconds: 24.8 days. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Milliseconds that only ever grow, untouched by a clock that is set. */
export type SteadyClock = () => number;

export const steadyClock: SteadyClock = () => performance.now();

/**
 * The life of one call on the agent's side.
 *
 * Invariants: `context.signal` aborts at most once, by `abort` or by the deadline; after `abort` or `close` the timer is gone.
 */
export class CallScope {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  readonly context: CallContext;

  /** @param deadlineMs time left, by this machine's steady clock; Infinity for none */
  constructor(deadlineMs: number, clock: SteadyClock = steadyClock) {
    const end = clock() + deadlineMs;
    this.context = { signal: this.controller.signal, remainingMs: () => Math.max(0, end - clock()) };
    if (deadlineMs <= LONGEST_WAIT_MS) this.timer = setTimeout(() => this.abort('the deadline passed'), deadlineMs);
  }

  abort(reason: string): void {
    this.close();
    this.controller.abort(new Error(reason));
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
