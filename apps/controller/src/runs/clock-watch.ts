import { type ClockJump } from '../inventory/clock-jump.js';

/** A jump beyond that is noted, in milliseconds. The slewing of NTP stays far below it. */
const MOST_MS = 60_000;

/** Both clocks at one instant, in milliseconds. */
interface Look {
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * Tells when the clock on the wall was set, by a clock that does not jump.
 *
 * Invariants: a jump is told of at each look until it is noted; what is from before the first look never moves further
 * back than jumps have moved it forward, since the clock may be right only now.
 */
export class ClockWatch {
  private first: Look | undefined;
  private last: Look | undefined;
  /** By how much jumps have moved forward what is from before the first look. */
  private earlierMs = 0;

  /** @returns undefined where the clock has not jumped since the last look */
  look(wall: number, monotonic: number): ClockJump | undefined {
    const look = { wall, monotonic };
    const first = (this.first ??= look);
    const last = this.last ?? look;
    const sinceMs = monotonic - last.monotonic;
    const ms = Math.round(wall - last.wall - sinceMs);
    if (Math.abs(ms) <= MOST_MS) {
      this.last = look;
      return undefined;
    }
    const beganAt = Math.floor(wall - ms - (monotonic - first.monotonic));
    return { ms, earlierMs: Math.max(ms, -this.earlierMs), beganAt, sinceAt: Math.floor(wall - sinceMs) };
  }

  noted({ earlierMs }: ClockJump, wall: number, monotonic: number): void {
    this.last = { wall, monotonic };
    this.earlierMs += earlierMs;
  }
}
