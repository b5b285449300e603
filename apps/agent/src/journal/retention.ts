/** How much the journal keeps when it is rewritten. */
export interface RetentionLimits {
  readonly maxAgeMs: number;
  /** The newest this many operations are kept whatever their age. */
  readonly operations: number;
  /** What the rewritten file is to hold at most; the outcomes of young operations are kept beyond it. */
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

/**
 * All of an operation; all but the records of what it removed; only those records; or nothing. With the first two it is
 * still known what became of it.
 */
export type Kept = 'all' | 'outcome' | 'removals' | 'none';

export const keepsOutcome = (kept: Kept): boolean => kept === 'all' || kept === 'outcome';

/**
 * What to keep of each operation, given oldest first. Open ones are kept always, and the outcome of young ones too,
 * however large that gets: an operation whose outcome was dropped cannot be told from a new one, so that dropping
 * fresh ones would mean to refuse new ones. Of old ones the records of removed networks are kept longest, because
 * networks are restored from them.
 */
export function choose(operations: readonly Retained[], now: number, limits: RetentionLimits): Kept[] {
  const firstNew = operations.length - limits.operations;
  const isYoung = ({ at }: Retained): boolean => now - at <= limits.maxAgeMs;
  const kept = operations.map((operation, index): Kept => {
    return operation.open || index >= firstNew || isYoung(operation) ? 'all' : 'removals';
  });
  let total = operations.reduce((sum, operation, index) => sum + sizeOf(operation, kept[index]), 0);
  const cut = (less: (operation: Retained, before: Kept) => Kept): void => {
    for (const [index, operation] of operations.entries()) {
      if (total <= limits.bytes) return;
      const before = kept[index];
      if (operation.open || before === undefined) continue;
      const after = less(operation, before);
      kept[index] = after;
      total -= sizeOf(operation, before) - sizeOf(operation, after);
    }
  };
  cut((operation, before) => (isYoung(operation) ? before : 'removals'));
  cut((operation) => (isYoung(operation) ? 'outcome' : 'none'));
  return kept;
}

function sizeOf({ bytes, removalBytes }: Retained, kept: Kept = 'none'): number {
  return { all: bytes, outcome: bytes - removalBytes, removals: removalBytes, none: 0 }[kept];
}
