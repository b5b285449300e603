import type { Timing } from '../concurrency/timing.js';

interface Alarm {
  readonly at: number;
  readonly act: () => void;
}

/** Lets all that is ready run: promises, and the callbacks that they lead to. */
export async function untilQuiet(rounds = 5): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Time that a test moves. */
export class ManualTiming implements Timing {
  private time = 1_000;
  private readonly alarms = new Set<Alarm>();
  /** What `random` gives. */
  chance = 0.5;

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  after(ms: number, act: () => void): () => void {
    const alarm = { at: this.time + ms, act };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Alarms that have been set and not yet gone off. */
  get pending(): number {
    return this.alarms.size;
  }

  /** Moves on, letting everything happen that is due on the way, in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await untilQuiet();
    for (let next = this.next(end); next; next = this.next(end)) {
      this.alarms.delete(next);
      this.time = next.at;
      next.act();
      await untilQuiet();
    }
    this.time = end;
    await untilQuiet();
  }

  private next(end: number): Alarm | undefined {
    return [...this.alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
