/** A jump beyond that is noted, in milliseconds. The slewing of NTP stays far below it. */
const MOST_MS = 60_000;

/** Tells when the clock on the wall was set, by a clock that does not jump. */
export class ClockWatch {
  private last: { readonly wall: number; readonly monotonic: number } | undefined;

  /** @returns by how much the clock has jumped since the last look, forward or back (negative); undefined: it has not */
  look(wall: number, monotonic: number): number | undefined {
    const { last } = this;
    this.last = { wall, monotonic };
    if (last === undefined) return undefined;
    const jump = wall - last.wall - (monotonic - last.monotonic);
    return Math.abs(jump) > MOST_MS ? Math.round(jump) : undefined;
  }
}
