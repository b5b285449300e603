/** A jump beyond that is noted, in milliseconds. The slewing of NTP stays far below it. */
const MOST_MS = 60_000;

export interface ClockJump {
  /** By how much the clock was set, forward or back (negative), in milliseconds. */
  readonly ms: number;
  /** For how long it may have been so: the time since the last look, in milliseconds. */
  readonly sinceMs: number;
}

/**
 * Tells when the clock on the wall was set, by a clock that does not jump.
 *
 * Invariant: a jump is told of at each look until it is noted.
 */
export class ClockWatch {
  private last: { readonly wall: number; readonly monotonic: number } | undefined;

  /** @returns undefined where the clock has not jumped since the last look */
  look(wall: number, monotonic: number): ClockJump | undefined {
    const last = this.last ?? { wall, monotonic };
    const sinceMs = monotonic - last.monotonic;
    const ms = Math.round(wall - last.wall - sinceMs);
    if (Math.abs(ms) > MOST_MS) return { ms, sinceMs: Math.ceil(sinceMs) };
    this.noted(wall, monotonic);
    return undefined;
  }

  noted(wall: number, monotonic: number): void {
    this.last = { wall, monotonic };
  }
}
