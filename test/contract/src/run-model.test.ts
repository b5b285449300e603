import { describe, expect, it } from '@jest/globals';
import { history, type Tale } from './support/run-model/history.js';

/** `MODEL_RUNS=100000` for the figure of docs/faults.md. */
const HISTORIES = Number(process.env['MODEL_RUNS'] ?? 1_000);
const FIRST = Number(process.env['MODEL_SEED'] ?? 1);

describe('a run whose parts die, break and repeat themselves', () => {
  it(`removes nothing twice, nothing beside its plan, and tells the truth of each network, over ${HISTORIES} histories`, async () => {
    const tales: Tale[] = [];
    for (let seed = FIRST; seed < FIRST + HISTORIES; seed += 1) {
      const tale = await history(seed).catch((error: unknown) => {
        throw new Error(`history ${seed}: ${String(error)}`, { cause: error });
      });
      expect({ seed, ...tale.wrong }).toEqual({ seed });
      tales.push(tale);
    }
    // The histories reach all that can happen.
    const seen = new Set(tales.flatMap(({ outcomes }) => outcomes));
    expect([...seen].sort()).toEqual(expect.arrayContaining(['failed', 'kept', 'removed', 'skipped', 'undone']));
    const faults = new Set(tales.flatMap((tale) => tale.faults));
    expect(faults.size).toBe(8);
    expect(tales.some(({ settled }) => settled > 0)).toBe(true);
  }, 3_600_000);
});
