import { LeaseLostError } from './run-ports.js';

/** How long a lease lasts, and after how long it is renewed, in milliseconds. */
export const LEASE_MS = 15_000;
export const RENEW_EVERY_MS = 5_000;

/**
 * Holds a lease by renewing it.
 *
 * Invariant: `signal` is aborted once the lease is known to be lost, or has not been renewed for as long as it lasts by a
 * clock that does not jump.
 */
export class Lease {
  private readonly lost = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private renewedAt: number;

  /** @param renew throws LeaseLostError where it has another owner @param monotonic milliseconds of a clock that does not jump */
  constructor(
    private readonly renew: () => Promise<void>,
    private readonly monotonic: () => number,
    everyMs = RENEW_EVERY_MS,
  ) {
    this.renewedAt = monotonic();
    this.timer = setInterval(() => void this.tryRenew(), everyMs).unref();
  }

  get signal(): AbortSignal {
    return this.lost.signal;
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async tryRenew(): Promise<void> {
    const begun = this.monotonic();
    if (begun - this.renewedAt >= LEASE_MS) return this.lose();
    try {
      await this.renew();
      this.renewedAt = begun;
    } catch (error) {
      if (error instanceof LeaseLostError) this.lose();
    }
  }

  private lose(): void {
    this.end();
    this.lost.abort();
  }
}
