/** Figures of one series, in milliseconds. */
export interface Series {
  readonly p50: number;
  readonly p99: number;
  readonly n: number;
}

export function seriesOf(samples: readonly number[]): Series {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), n: sorted.length };
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/**
 * Runs several works in turn, so that what else the machine does falls on all alike; every other round backwards, so
 * that what one leaves behind falls on each of the others alike.
 * @returns the times of each by its name, in milliseconds
 */
export async function interleaved<K extends string>(
  rounds: number,
  works: Readonly<Record<K, (round: number) => Promise<unknown>>>,
  warmUp = Math.floor(rounds / 10),
): Promise<Record<K, number[]>> {
  const names = Object.keys(works) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const time = await timed(() => works[name](round));
      if (round >= 0) samples[name].push(time);
    }
  }
  return samples;
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const times = (value: number): string => `${value.toFixed(2)}x`;
