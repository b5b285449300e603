import { setImmediate } from 'node:timers';

export type Random = () => number;

export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

/** Never resolves: what a process that has died waits for. */
export const never = (): Promise<never> => new Promise(() => undefined);

/** Lets whatever is ready go on. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Due {
  readonly at: number;
  readonly happen: () => void;
}

/**
 * The order of what happens: a count of steps, each of them a boundary at which any process may die, any link break.
 *
 * Invariant: what is due at a step has happened before whoever took that step goes on.
 */
export class World {
  private steps = 0;
  private due: Due[] = [];
  /** Milliseconds since the epoch. */
  time = 1_795_000_000_000;

  constructor(readonly random: Random) {}

  /** At the step `from` now on. */
  after(steps: number, happen: () => void): void {
    this.due = [...this.due, { at: this.steps + steps, happen }].sort((a, b) => a.at - b.at);
  }

  /** One boundary. Never resolves for a process that does not live then. */
  async step(lives: () => boolean = () => true): Promise<void> {
    this.steps += 1;
    while ((this.due[0]?.at ?? Infinity) <= this.steps) this.due.shift()?.happen();
    if (!lives()) await never();
  }

  /** Where nobody takes a step any more, time goes on to the next thing that is due. @returns false where nothing is */
  hurry(): boolean {
    const next = this.due.shift();
    next?.happen();
    return next !== undefined;
  }

  /** Whether nothing more is to happen by itself. */
  get isCalm(): boolean {
    return this.due.length === 0;
  }

  get taken(): number {
    return this.steps;
  }
}
