/** Numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** Numbers that repeat themselves for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number below `end`. */
export const below = (random: Random, end: number): number => Math.floor(random() * end);

/** @throws Error for no items */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new Error('There is nothing to choose from');
  return item;
}

/** 32 bits that two numbers always give, and near ones as well as never. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul((b + 0x7f4a7c15) | 0, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * Hexadecimal digits, a multiple of 8, that a seed and a key always give. Each 8 of them are mixed from both anew, so
 * that two of millions are never the same.
 */
export function digitsOf(seed: number, key: number, digits: number): string {
  let text = '';
  for (let lane = 0; text.length < digits; lane++) {
    text += mix(mix(seed, lane), key).toString(16).padStart(8, '0');
  }
  return text;
}
