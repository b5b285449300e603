/** How much the journal keeps when it is rewritten. */
export interface RetentionLimits {
  readonly maxAgeMs: number;
  /** The newest this many operations are kept whatever their age. */
  readonly operations: number;
  /** What the rewritten file may hold at most. */
  readonly bytes: number;
}

/** An operation as far as keeping it is concerned. */
export interface Retained {
  readonly at: number;
  readonly bytes: number;
  /** Of the records of networks that it removed. */
  readonly removalBytes: number;
  /** It began and nobody knows yet what became of it. */
  readonly open: boolean;
}

/** All of an operation, only the records of what it removed, or nothing. */
export type Kept = 'all' | 'removals' | 'none';

/**
 * What to keep of each operation, given oldest first. Open ones are kept always; the records of removed networks
 * longest, because networks are restored from them; the rest while it is young or among the newest.
 */
export function choose(operations: readonly Retained[], now: number, limits: RetentionLimits): Kept[] {
  const firstNew = operations.length - limits.operations;
  const kept = operations.map(({ at, open }, index): Kept => {
    return open || index >= firstNew || now - at <= limits.maxAgeMs ? 'all' : 'removals';
  });
  const sizeOf = (index: number): number => {
    const operation = operations[index];
    if (operation === undefined || kept[index] === 'none') return 0;
    return kept[index] === 'all' ? operation.bytes : operation.removalBytes;
  };
  let total = kept.reduce((sum, _, index) => sum + sizeOf(index), 0);
  for (const less of ['removals', 'none'] as const) {
    for (const [index, operation] of operations.entries()) {
      if (total <= limits.bytes) return kept;
      if (operation.open || kept[index] === 'none') continue;
      const before = sizeOf(index);
      kept[index] = less;
      total -= before - sizeOf(index);
    }
  }
  return kept;
}
