/** Time that only grows, and chance; passed in, so that tests decide both. */
export interface Timing {
  /** Milliseconds, untouched by a clock that is set. */
  now(): number;
  /** 0 (included) to 1 (excluded). */
  random(): number;
  /** Acts once after `ms`. Returns what takes it back. */
  after(ms: number, act: () => void): () => void;
}

/** The longest time that Node's timers can count, in milliseconds: 24.8 days. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemTiming: Timing = {
  now: () => performance.now(),
  random: () => Math.random(),
  after: (ms, act) => {
    const timer = setTimeout(act, Math.min(ms, LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
