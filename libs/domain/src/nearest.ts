/** The word of `known` that is fewest edits away from `text`; empty where none is known. For "did you mean …?". */
export const nearest = (text: string, known: readonly string[]): string =>
  [...known].sort((a, b) => distance(text, a) - distance(text, b))[0] ?? '';

/** Edits that lead from one text to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
