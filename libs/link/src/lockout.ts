import type { SteadyClock } from './call-scope.js';

/** Sources remembered at once; what comes beyond pushes out the oldest. */
const MAX_SOURCES = 10_000;

/**
 * Counts failures of each source, and shuts it out for a time after too many of them.
 *
 * Invariants: at most `MAX_SOURCES` are remembered; failures are forgotten `forMs` after the last one.
 */
export class Lockout {
  private readonly failures = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly limit: number,
    private readonly forMs: number,
    private readonly clock: SteadyClock,
  ) {}

  /** Milliseconds for which the source is shut out; 0 where it is not. */
  remainingMs(source: string): number {
    const entry = this.failures.get(source);
    if (entry === undefined) return 0;
    const left = entry.until - this.clock();
    if (left <= 0) this.failures.delete(source);
    return entry.count >= this.limit ? Math.max(0, left) : 0;
  }

  failed(source: string): void {
    const count = (this.remainingMs(source), this.failures.get(source)?.count ?? 0) + 1;
    this.failures.delete(source);
    const [oldest] = this.failures.keys();
    if (this.failures.size >= MAX_SOURCES && oldest !== undefined) this.failures.delete(oldest);
    this.failures.set(source, { count, until: this.clock() + this.forMs });
  }
}
