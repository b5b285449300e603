/** The same numbers for the same seed: mulberry32, good enough for ids that only have to differ. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ids as engines make them: 64 hexadecimal digits. */
export function idMaker(random: () => number): () => string {
  return () => Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
}
